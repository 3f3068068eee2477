/** The local Ably service, as ably-java uses it: in JSON and in msgpack, over WebSocket and HTTP. */
package com.example.rooms

import io.ably.lib.realtime.AblyRealtime
import io.ably.lib.realtime.CompletionListener
import io.ably.lib.realtime.ConnectionState
import io.ably.lib.types.ErrorInfo
import io.ably.lib.types.Message
import io.ably.lib.types.Param
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import java.util.concurrent.CompletableFuture
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

class AblyServiceTest {
    private fun connected(subject: String, binary: Boolean, test: (AblyRealtime) -> Unit) {
        val options = Stage.steady.clientOptions().apply {
            authUrl = Stage.steady.authUrl
            authHeaders = arrayOf(Param("Authorization", "Bearer ${Stage.token(subject)}"))
            useBinaryProtocol = binary
            autoConnect = false
        }
        AblyRealtime(options).use { client ->
            States(client).until(ConnectionState.connected)
            test(client)
        }
    }

    private class Done : CompletionListener {
        private val result = CompletableFuture<String?>()
        override fun onSuccess() { result.complete(null) }
        override fun onError(reason: ErrorInfo) { result.complete(reason.numbers()) }
        fun well() = assertEquals(null, result.get(WAIT_SECONDS, TimeUnit.SECONDS))
    }

    @ParameterizedTest
    @ValueSource(booleans = [true, false])
    fun `carries text, JSON and bytes, and remembers them`(binary: Boolean) {
        val ada = Stage.somebody("ada")
        connected(ada, binary) { client ->
            val received = LinkedBlockingQueue<Message>()
            val channel = client.channels.get("lobby")
            channel.subscribe(ada) { received.put(it) }
            assertEquals(null, attach(channel))
            val bytes = byteArrayOf(0, 1, -1)
            for (data in listOf("caf\u00e9", bytes)) Done().also { channel.publish(ada, data, it) }.well()
            assertEquals("caf\u00e9", received.poll(WAIT_SECONDS, TimeUnit.SECONDS)?.data)
            assertArrayEquals(bytes, received.poll(WAIT_SECONDS, TimeUnit.SECONDS)?.data as ByteArray)
            val page = channel.history(arrayOf(Param("limit", "100")))
            assertEquals(setOf(ada), page.items().filter { it.name == ada }.map { it.clientId }.toSet())
            assertEquals(2, page.items().count { it.name == ada })
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = [true, false])
    fun `knows who is present`(binary: Boolean) {
        val ada = Stage.somebody("ada")
        connected(ada, binary) { client ->
            val presence = client.channels.get("lobby").presence
            Done().also { presence.enter("here", it) }.well()
            assertEquals(listOf("here"), presence.get(true).filter { it.clientId == ada }.map { it.data })
            Done().also { presence.leave("gone", it) }.well()
        }
    }
}
