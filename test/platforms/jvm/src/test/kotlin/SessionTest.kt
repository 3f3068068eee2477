/** The example's own class, as it is copied: who one is, over renewals and sign-ins, and what its refusals mean. */
package com.example.rooms

import io.ably.lib.realtime.ConnectionEvent
import io.ably.lib.realtime.ConnectionState
import io.ably.lib.types.AblyException
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.io.IOException
import java.util.concurrent.CountDownLatch
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

class SessionTest {
    private val standings = LinkedBlockingQueue<Standing>()
    private val opened = mutableListOf<AblySession>()
    private val asked = AtomicInteger()

    @AfterEach
    fun closeAll() = opened.forEach { it.close() }

    private fun session(place: Place, authUrl: String = place.authUrl, accessToken: () -> String?) =
        AblySession(authUrl, { asked.incrementAndGet(); accessToken() }, { standings.put(it) }, place.clientOptions())
            .also { opened += it }

    private fun next() = standings.poll(WAIT_SECONDS, TimeUnit.SECONDS)

    private fun CountDownLatch.happens() = assertTrue(await(WAIT_SECONDS, TimeUnit.SECONDS))

    private fun untilAsked(times: Int) = until { asked.get() >= times }

    @ParameterizedTest
    @ValueSource(strings = ["steady", "jwt", "ably-token"])
    fun `connects as the person of the access token, whatever form the credential has`(name: String) {
        val ada = Stage.somebody("ada")
        val session = session(Stage.placeOf(name)) { Stage.token(ada) }
        assertEquals(Standing.CONNECTED, next())
        assertEquals(ada, session.realtime.auth.clientId)
        assertEquals(listOf(session.realtime.connection.id), Stage.connections(ada))
    }

    @Test
    fun `connects as somebody whose name is not ASCII`() {
        val zoe = Stage.somebody("zoë-😀")
        val session = session(Stage.steady) { Stage.token(zoe) }
        assertEquals(Standing.CONNECTED, next())
        assertEquals(zoe, session.realtime.auth.clientId)
    }

    @Test
    fun `keeps the person and the connection over renewals, and asks for the access token each time`() {
        val ada = Stage.somebody("ada")
        val session = session(Stage.hasty) { Stage.token(ada) }
        assertEquals(Standing.CONNECTED, next())
        val id = session.realtime.connection.id
        untilAsked(4)
        assertEquals(ada, session.realtime.auth.clientId)
        assertEquals(listOf(id), Stage.connections(ada))
        assertTrue(standings.isEmpty())
    }

    @Test
    fun `stays who it is when the access token is suddenly somebody else's`() {
        val ada = Stage.somebody("ada")
        val bob = Stage.somebody("bob")
        val session = session(Stage.steady) { Stage.token(if (asked.get() == 1) ada else bob) }
        assertEquals(Standing.CONNECTED, next())
        val error = assertThrows(AblyException::class.java) { session.ask("room:2") }
        assertEquals("40101/401", error.errorInfo.numbers())
        assertEquals(1, Stage.connections(ada).size)
        assertEquals(emptyList<String>(), Stage.connections(bob))
    }

    @Test
    fun `is ended by Ably when a JWT is suddenly somebody else's`() {
        val ada = Stage.somebody("ada")
        val bob = Stage.somebody("bob")
        val session = session(Stage.placeOf("jwt")) { Stage.token(if (asked.get() == 1) ada else bob) }
        assertEquals(Standing.CONNECTED, next())
        assertThrows(AblyException::class.java) { session.ask("room:2") }
        assertEquals(Standing.REFUSED, next())
        assertEquals("40102/401", session.realtime.connection.reason.numbers())
        assertEquals(emptyList<String>(), Stage.connections(bob))
    }

    @Test
    fun `makes room for the next person when it is closed`() {
        val ada = Stage.somebody("ada")
        val bob = Stage.somebody("bob")
        val first = session(Stage.steady) { Stage.token(ada) }
        assertEquals(Standing.CONNECTED, next())
        val closed = CountDownLatch(1)
        first.realtime.connection.on(ConnectionEvent.closed) { closed.countDown() }
        first.close()
        closed.happens()
        val second = session(Stage.steady) { Stage.token(bob) }
        assertEquals(Standing.CONNECTED, next())
        assertEquals(bob, second.realtime.auth.clientId)
        assertEquals(emptyList<String>(), Stage.connections(ada))
    }

    @Test
    fun `says signed out when there is no access token, and connects at once after a sign-in`() {
        val ada = Stage.somebody("ada")
        var token: String? = null
        val session = session(Stage.steady) { token }
        assertEquals(Standing.SIGNED_OUT, next())
        untilAsked(3)
        token = Stage.token(ada)
        session.realtime.connect()
        assertEquals(Standing.CONNECTED, next())
    }

    @Test
    fun `no longer says signed out when the network is gone as well`() {
        var offline = false
        val session = session(Stage.steady) { if (offline) throw IOException("no network") else null }
        assertEquals(Standing.SIGNED_OUT, next())
        offline = true
        session.realtime.connect()
        assertEquals(Standing.TRYING_AGAIN, next())
    }

    @Test
    fun `says signed out when the access token has expired`() {
        val ada = Stage.somebody("ada")
        session(Stage.steady) { Stage.token(ada, seconds = if (asked.get() == 1) -120 else 7_200) }
        assertEquals(Standing.SIGNED_OUT, next())
        assertEquals(Standing.CONNECTED, next())
    }

    @Test
    fun `says so at the renewal when somebody is signed out meanwhile, and stays up until the token ends`() {
        val ada = Stage.somebody("ada")
        val session = session(Stage.hasty) { Stage.token(ada) }
        assertEquals(Standing.CONNECTED, next())
        Stage.fail(ada, "signed-out")
        assertEquals(Standing.SIGNED_OUT, next())
        assertEquals(ConnectionState.connected, session.realtime.connection.state)
        assertEquals(1, Stage.connections(ada).size)
    }

    @Test
    fun `stops for good when it is refused`() {
        val eve = Stage.somebody("eve")
        val session = session(Stage.steady) { Stage.token(eve, plan = "none") }
        assertEquals(Standing.REFUSED, next())
        until { session.realtime.connection.state in listOf(ConnectionState.failed, ConnectionState.closed) }
        assertThrows(AblyException::class.java) { session.ask("room:2") }
        assertEquals(1, Stage.requests(eve))
    }

    @ParameterizedTest
    @ValueSource(strings = ["key-unavailable", "misconfigured", "rate-limited", "malformed-request", "internal"])
    fun `tries again after what will pass, and connects when it has passed`(reason: String) {
        val ada = Stage.somebody("ada")
        Stage.fail(ada, reason)
        session(Stage.steady) { Stage.token(ada) }
        assertEquals(Standing.TRYING_AGAIN, next())
        untilAsked(3)
        Stage.mend(ada)
        assertEquals(Standing.CONNECTED, next())
    }

    @Test
    fun `keeps the connection and its rights through an outage at the renewal`() {
        val ada = Stage.somebody("ada")
        val session = session(Stage.hasty) { Stage.token(ada) }
        assertEquals(Standing.CONNECTED, next())
        val id = session.realtime.connection.id
        Stage.fail(ada, "store-unavailable")
        untilAsked(asked.get() + 1)
        assertEquals(listOf(id), Stage.connections(ada))
        assertEquals(ConnectionState.connected, session.realtime.connection.state)
        assertTrue(standings.isEmpty())
    }

    @ParameterizedTest
    @ValueSource(
        strings = [
            "portal-login", "portal-refusal", "portal-page", "portal-redirect", "too-many", "not-found", "bad-gateway",
            "nothing",
        ],
    )
    fun `tries again after an answer that is not the endpoint's`(name: String) {
        val ada = Stage.somebody("ada")
        session(Stage.steady, Stage.foreign(name, ada)) { "an.access.token" }
        assertEquals(Standing.TRYING_AGAIN, next())
        untilAsked(2)
    }

    @Test
    fun `does not carry the access token where a redirect leads`() {
        val ada = Stage.somebody("ada")
        session(Stage.steady, Stage.foreign("portal-redirect", ada)) { "an.access.token" }
        assertEquals(Standing.TRYING_AGAIN, next())
        assertEquals(0, Stage.foreignCount("portal-page", ada))
    }

    @Test
    fun `stops when a gateway before the endpoint refuses`() {
        session(Stage.steady, Stage.foreign("gateway-refusal", Stage.somebody("ada"))) { "an.access.token" }
        assertEquals(Standing.REFUSED, next())
    }

    @ParameterizedTest
    @ValueSource(strings = ["challenge", "challenge-bearer", "challenge-basic"])
    fun `says signed out when a gateway before the endpoint challenges`(name: String) {
        session(Stage.steady, Stage.foreign(name, Stage.somebody("ada"))) { "an.access.token" }
        assertEquals(Standing.SIGNED_OUT, next())
    }

    @Test
    fun `tries again when nobody listens`() {
        session(Stage.steady, "http://127.0.0.1:9/api/ably-auth") { "an.access.token" }
        assertEquals(Standing.TRYING_AGAIN, next())
        untilAsked(2)
    }

    @Test
    fun `connects through the server of npm start`() {
        val development = Development(Stage.local)
        val token = development.signIn("ada")
        AblySession("${Stage.local}/auth", { token }, { standings.put(it) }, development.clientOptions()).use {
            assertEquals(Standing.CONNECTED, next())
            assertNotEquals(null, it.realtime.auth.clientId)
        }
    }
}
