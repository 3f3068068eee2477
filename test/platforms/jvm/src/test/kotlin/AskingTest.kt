/** Asking for one more channel on an open connection, with the example's own class. */
package com.example.rooms

import io.ably.lib.realtime.ChannelState
import io.ably.lib.types.AblyException
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import java.util.concurrent.CompletableFuture
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

class AskingTest {
    private val standings = LinkedBlockingQueue<Standing>()
    private val ada = Stage.somebody("ada")
    private lateinit var session: AblySession
    private lateinit var id: String

    private fun open(place: Place) {
        session = AblySession(place.authUrl, { Stage.token(ada) }, { standings.put(it) }, place.clientOptions())
        assertEquals(Standing.CONNECTED, standings.poll(WAIT_SECONDS, TimeUnit.SECONDS))
        id = session.realtime.connection.id
    }

    @BeforeEach
    fun openSteady() = open(Stage.steady)

    @AfterEach
    fun close() = session.close()

    private fun channel(name: String) = session.realtime.channels.get(name)

    @Test
    fun `a channel that failed is open after asking, on the same connection`() {
        assertEquals("40160/401", attach(channel("room:2")))
        assertEquals(ChannelState.failed, channel("room:2").state)
        assertTrue(session.ask("room:2"))
        assertEquals(null, attach(channel("room:2")))
        assertEquals(listOf(id), Stage.connections(ada))
    }

    @Test
    fun `a refusal costs nothing that one has already`() {
        assertEquals(null, attach(channel("lobby")))
        assertTrue(session.ask("room:4"))
        assertEquals(null, attach(channel("room:4")))
        assertFalse(session.ask("room:3"))
        assertEquals("40160/401", attach(channel("room:3")))
        assertEquals(ChannelState.attached, channel("lobby").state)
        assertEquals(ChannelState.attached, channel("room:4").state)
        assertEquals(listOf(id), Stage.connections(ada))
    }

    @Test
    fun `what was asked for stays over renewals`() {
        assertTrue(session.ask("room:6"))
        assertEquals(null, attach(channel("room:6")))
        session.realtime.auth.authorize(null, null)
        assertEquals(ChannelState.attached, channel("room:6").state)
    }

    @Test
    fun `an outage is no refusal, asking again after it succeeds`() {
        assertEquals(null, attach(channel("lobby")))
        Stage.fail(ada, "policy-unavailable")
        val error = assertThrows(AblyException::class.java) { session.ask("room:8") }
        assertEquals("80019/401", error.errorInfo.numbers())
        assertEquals(ChannelState.attached, channel("lobby").state)
        Stage.mend(ada)
        assertTrue(session.ask("room:8"))
        assertEquals(null, attach(channel("room:8")))
        assertEquals(listOf(id), Stage.connections(ada))
    }

    @Test
    fun `what the endpoint cannot read is not asked for again`() {
        val error = assertThrows(AblyException::class.java) { session.ask("room:" + "0".repeat(100_000)) }
        assertEquals("80019/401", error.errorInfo.numbers())
        session.realtime.auth.authorize(null, null)
        assertTrue(session.ask("room:2"))
    }

    @Test
    fun `the newest hundred stay`() {
        val names = (0..100).map { "room:${2 * it}" }
        for (name in names) assertTrue(session.ask(name))
        assertEquals("40160/401", attach(channel(names.first())))
        assertEquals(null, attach(channel(names.last())))
        assertTrue(session.ask(names.first()))
        assertEquals(null, attach(channel(names.first())))
        assertEquals("40160/401", attach(channel(names[1])))
    }

    @Test
    fun `messages go both ways on a channel that was asked for`() {
        assertTrue(session.ask("room:0"))
        val received = CompletableFuture<String>()
        channel("room:0").subscribe { message -> received.complete("${message.clientId}: ${message.data}") }
        assertEquals(null, attach(channel("room:0")))
        channel("room:0").publish("greeting", "hello")
        assertEquals("$ada: hello", received.get(WAIT_SECONDS, TimeUnit.SECONDS))
    }
}
