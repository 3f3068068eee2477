/**
 * ably-java by itself, with `authUrl`: what it makes of each answer of ours, and of those that are not ours. The facts of
 * docs/clients.md about Android and Java are these.
 */
package com.example.rooms

import io.ably.lib.realtime.AblyRealtime
import io.ably.lib.realtime.Channel
import io.ably.lib.realtime.ChannelState
import io.ably.lib.realtime.CompletionListener
import io.ably.lib.realtime.ConnectionState
import io.ably.lib.rest.Auth
import io.ably.lib.types.AblyException
import io.ably.lib.types.ClientOptions
import io.ably.lib.types.ErrorInfo
import io.ably.lib.types.Param
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.CsvSource
import org.junit.jupiter.params.provider.ValueSource
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit

class AuthUrlTest {
    private val opened = mutableListOf<AblyRealtime>()

    @AfterEach
    fun closeAll() = opened.forEach { it.close() }

    private fun client(
        url: String,
        accessToken: String?,
        method: String = "GET",
        place: Place = Stage.steady,
        more: (ClientOptions) -> Unit = {},
    ): AblyRealtime {
        val options = place.clientOptions().apply {
            authUrl = url
            authMethod = method
            authHeaders = accessToken?.let { arrayOf(Param("Authorization", "Bearer $it")) }
            autoConnect = false
        }
        return AblyRealtime(options.also(more)).also { opened += it }
    }

    private fun AblyRealtime.endsIn(numbers: String, expected: String) {
        val states = States(this)
        val state = if (expected == "stops") ConnectionState.failed else ConnectionState.disconnected
        assertEquals(numbers, states.until(ConnectionState.failed, ConnectionState.disconnected).run {
            assertEquals(state, current)
            reason.numbers()
        })
        if (expected == "tries again") states.until(ConnectionState.disconnected)
    }

    @ParameterizedTest
    @ValueSource(strings = ["GET", "POST"])
    fun `connects, and renews on the same connection when Ably asks`(method: String) {
        val ada = Stage.somebody("ada")
        val client = client(Stage.hasty.authUrl, Stage.token(ada), method, Stage.hasty)
        val states = States(client)
        states.until(ConnectionState.connected)
        val id = client.connection.id
        // Two updates a renewal: the SDK tells of it when it sends the token, and when Ably has taken it.
        repeat(4) { assertEquals(null, states.until(ConnectionState.connected).reason) }
        assertEquals(ada, client.auth.clientId)
        assertEquals(listOf(id), Stage.connections(ada))
    }

    @ParameterizedTest
    @CsvSource(
        "no-rule, 80019/403, stops",
        "banned, 80019/403, stops",
        "no-credential, 80019/401, tries again",
        "bad-credential, 80019/401, tries again",
        "expired-credential, 80019/401, tries again",
        "signed-out, 80019/401, tries again",
        "requested-capability-empty, 80019/401, tries again",
        "ably-limit, 80019/401, tries again",
        "rate-limited, 80019/401, tries again",
        "malformed-request, 80019/400, stops",
        "method-not-allowed, 80019/405, stops",
        "key-unavailable, 80019/503, tries again",
        "internal, 80019/500, tries again",
    )
    fun `does with a refusal of ours`(reason: String, numbers: String, expected: String) {
        val ada = Stage.somebody("ada")
        Stage.fail(ada, reason)
        client(Stage.steady.authUrl, Stage.token(ada)).endsIn(numbers, expected)
    }

    @Test
    fun `is refused for good without a rule, for now without a token`() {
        val eve = Stage.somebody("eve")
        client(Stage.steady.authUrl, Stage.token(eve, plan = "none")).endsIn("80019/403", "stops")
        client(Stage.steady.authUrl, null).endsIn("80019/401", "tries again")
        client(Stage.steady.authUrl, Stage.token(eve)) { it.clientId = "bob" }.endsIn("80019/403", "stops")
    }

    @ParameterizedTest
    @CsvSource(
        "too-many, 80019/429, stops",
        "bad-request, 80019/400, stops",
        "not-found, 80019/404, stops",
        "bad-gateway, 80019/502, tries again",
        "unavailable, 80019/503, tries again",
        "gateway-refusal, 80019/403, stops",
        "portal-refusal, 80019/403, stops",
        "portal-page, 80019/406, stops",
        "portal-redirect, 80019/406, stops",
        "quoted-token, 80019/406, stops",
        "nothing, 80019/401, tries again",
        // WWW-Authenticate: Bearer is not understood; the numbers of those errors are the wrong way round.
        "challenge, 80019/40000, tries again",
        "challenge-bearer, 500/50000, tries again",
        "challenge-basic, 80019/401, tries again",
    )
    fun `does with an answer that is not ours`(name: String, numbers: String, expected: String) {
        client(Stage.foreign(name, Stage.somebody("url")), "an.access.token").endsIn(numbers, expected)
    }

    @Test
    fun `follows a redirect to wherever it leads`() {
        val ada = Stage.somebody("ada")
        client(Stage.foreign("portal-redirect", ada), "an.access.token").endsIn("80019/406", "stops")
        assertEquals(1, Stage.foreignCount("portal-page", ada))
    }

    @ParameterizedTest
    @CsvSource("signed-out, 401", "ably-limit, 401", "malformed-request, 400", "key-unavailable, 503")
    fun `stays connected when a renewal fails`(reason: String, statusCode: Int) {
        val ada = Stage.somebody("ada")
        val client = client(Stage.hasty.authUrl, Stage.token(ada), place = Stage.hasty)
        val states = States(client)
        states.until(ConnectionState.connected)
        Stage.fail(ada, reason)
        while (true) if (states.until(ConnectionState.connected).reason?.statusCode == statusCode) break
        assertEquals(null, attach(client.channels.get("lobby")))
        assertEquals(1, Stage.connections(ada).size)
    }

    @Test
    fun `says failed when a renewal is refused for good, but its connection is open until it is closed`() {
        val ada = Stage.somebody("ada")
        val client = client(Stage.hasty.authUrl, Stage.token(ada), place = Stage.hasty)
        val states = States(client)
        states.until(ConnectionState.connected)
        Stage.fail(ada, "banned")
        assertEquals("80019/403", states.until(ConnectionState.failed).reason.numbers())
        assertEquals(null, attach(client.channels.get("lobby")))
        assertEquals(1, Stage.connections(ada).size)
        client.close()
        states.until(ConnectionState.closed)
        assertEquals(emptyList<String>(), Stage.connections(ada))
    }

    @Test
    fun `asks for a channel with authParams, which it keeps`() {
        val ada = Stage.somebody("ada")
        val client = client(Stage.steady.authUrl, Stage.token(ada))
        States(client).until(ConnectionState.connected)
        assertEquals("40160/401", attach(client.channels.get("room:2")))
        val asking = Auth.AuthOptions().apply {
            authUrl = Stage.steady.authUrl
            authHeaders = arrayOf(Param("Authorization", "Bearer ${Stage.token(ada)}"))
            authParams = arrayOf(Param("resources", """["room:2"]"""))
        }
        client.auth.authorize(null, asking)
        assertEquals(null, attach(client.channels.get("room:2")))
        client.auth.authorize(null, null)
        assertEquals(ChannelState.attached, client.channels.get("room:2").state)
        Stage.fail(ada, "key-unavailable")
        assertThrows(AblyException::class.java) { client.auth.authorize(null, null) }
        assertEquals(ChannelState.attached, client.channels.get("room:2").state)
    }
}

/** null, or the numbers of what the attach was refused with. */
fun attach(channel: Channel): String? {
    val result = CompletableFuture<String?>()
    channel.attach(object : CompletionListener {
        override fun onSuccess() { result.complete(null) }
        override fun onError(reason: ErrorInfo) { result.complete(reason.numbers()) }
    })
    return result.get(WAIT_SECONDS, TimeUnit.SECONDS)
}
