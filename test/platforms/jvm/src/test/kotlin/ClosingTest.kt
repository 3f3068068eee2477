/** Whoever signs out is gone: a session that was closed stays closed, whatever comes back to the SDK afterwards. */
package com.example.rooms

import io.ably.lib.realtime.ConnectionEvent
import io.ably.lib.realtime.ConnectionState
import io.ably.lib.types.AblyException
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CountDownLatch
import java.util.concurrent.ExecutionException
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

class ClosingTest {
    private val ada = Stage.somebody("ada")
    private val standings = LinkedBlockingQueue<Standing>()
    private val opened = mutableListOf<AblySession>()

    @AfterEach
    fun closeAll() = opened.forEach { it.close() }

    private fun session(place: Place, accessToken: () -> String? = { Stage.token(ada) }) =
        AblySession(place.authUrl, accessToken, { standings.put(it) }, place.clientOptions()).also { opened += it }

    private fun next() = standings.poll(WAIT_SECONDS, TimeUnit.SECONDS)

    private fun AblySession.closesAfter(action: () -> Unit) {
        val closed = CountDownLatch(1)
        realtime.connection.on(ConnectionEvent.closed) { closed.countDown() }
        action()
        assertTrue(closed.await(WAIT_SECONDS, TimeUnit.SECONDS))
    }

    private fun AblySession.isGone() {
        assertEquals(ConnectionState.closed, realtime.connection.state)
        isNotThere()
    }

    private fun isNotThere() {
        assertEquals(emptyList<String>(), Stage.connections(ada))
        assertTrue(standings.isEmpty())
    }

    private fun AblySession.asking() = CompletableFuture.supplyAsync { ask("room:2") }

    private fun CompletableFuture<Boolean>.fails() {
        val error = assertThrows(ExecutionException::class.java) { get(WAIT_SECONDS, TimeUnit.SECONDS) }
        assertEquals(AblyException::class.java, error.cause?.javaClass)
    }

    @Test
    fun `stays closed when the answer to an ask comes afterwards`() {
        val session = session(Stage.steady)
        assertEquals(Standing.CONNECTED, next())
        Stage.hold(ada)
        val asking = session.asking()
        Stage.untilHeld(ada)
        session.closesAfter { session.close() }
        Stage.release(ada)
        asking.fails()
        session.isGone()
    }

    @Test
    fun `stays closed when the access token for an ask comes afterwards`() {
        val inside = CountDownLatch(1)
        val goOn = CountDownLatch(1)
        var slow = false
        val session = session(Stage.steady) {
            if (slow) {
                inside.countDown()
                goOn.await(WAIT_SECONDS, TimeUnit.SECONDS)
            }
            Stage.token(ada)
        }
        assertEquals(Standing.CONNECTED, next())
        slow = true
        val asking = session.asking()
        assertTrue(inside.await(WAIT_SECONDS, TimeUnit.SECONDS))
        session.closesAfter { session.close() }
        goOn.countDown()
        asking.fails()
        session.isGone()
    }

    @Test
    fun `closes while a renewal has no answer`() {
        val session = session(Stage.hasty)
        assertEquals(Standing.CONNECTED, next())
        Stage.hold(ada)
        Stage.untilHeld(ada)
        session.closesAfter { session.close() }
        Stage.release(ada)
        session.isGone()
    }

    @Test
    fun `closes while the first request has no answer`() {
        Stage.hold(ada)
        val session = session(Stage.steady)
        Stage.untilHeld(ada)
        session.closesAfter { session.close() }
        Stage.release(ada)
        // ably-java says DISCONNECTED once more after CLOSED, and leaves it at that.
        isNotThere()
        assertEquals(1, Stage.requests(ada))
    }

    @Test
    fun `closes again when the SDK connects once more with the token that it has`() {
        val session = session(Stage.steady)
        assertEquals(Standing.CONNECTED, next())
        session.closesAfter { session.close() }
        session.closesAfter { session.realtime.connect() }
        session.isGone()
    }

    @Test
    fun `asks for nothing once it is closed`() {
        val session = session(Stage.steady)
        assertEquals(Standing.CONNECTED, next())
        session.closesAfter { session.close() }
        val requests = Stage.requests(ada)
        assertThrows(AblyException::class.java) { session.ask("room:2") }
        assertEquals(requests, Stage.requests(ada))
        session.isGone()
    }

    @Test
    fun `closes by itself when it is refused at a renewal, and nobody else`() {
        val session = session(Stage.hasty)
        assertEquals(Standing.CONNECTED, next())
        val bob = Stage.somebody("bob")
        val other = session(Stage.steady) { Stage.token(bob) }
        assertEquals(Standing.CONNECTED, next())
        session.closesAfter { Stage.fail(ada, "banned") }
        assertEquals(Standing.REFUSED, next())
        session.isGone()
        assertEquals(listOf(other.realtime.connection.id), Stage.connections(bob))
    }
}
