/** The stage of test/platforms/jvm/stage.ts, as these tests use it: where things are, who is told what, and waiting. */
package com.example.rooms

import com.google.gson.JsonObject
import com.google.gson.JsonParser
import io.ably.lib.realtime.AblyRealtime
import io.ably.lib.realtime.ConnectionState
import io.ably.lib.realtime.ConnectionStateListener.ConnectionStateChange
import io.ably.lib.types.ClientOptions
import io.ably.lib.types.ErrorInfo
import okhttp3.OkHttpClient
import okhttp3.Request
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger

class Place(val authUrl: String, private val host: String, private val port: Int) {
    /** The SDK's own, but for where Ably is and how long it waits before it tries again. */
    fun clientOptions() = ClientOptions().also {
        it.restHost = host
        it.realtimeHost = host
        it.port = port
        it.tls = false
        it.disconnectedRetryTimeout = 300
        it.suspendedRetryTimeout = 300
        it.logLevel = 8
    }
}

object Stage {
    private val url = checkNotNull(System.getProperty("stage.url")) { "Run these through vitest, which starts the stage." }
    private val http = OkHttpClient()
    private val places = ask("/places")
    private val people = AtomicInteger()

    /** TokenRequests whose tokens live an hour. `jwt` and `ably-token` are the same with other credentials. */
    val steady = placeOf("steady")

    /** A renewal is asked for every second. */
    val hasty = placeOf("hasty")

    /** The server of `npm start`. */
    val local: String = places.get("local").asString

    /** Somebody whom no other test knows. */
    fun somebody(name: String) = "$name-${people.incrementAndGet()}"

    fun token(subject: String, plan: String = "member", seconds: Int = 7_200): String =
        ask("/token?sub=$subject&plan=$plan&seconds=$seconds").get("token").asString

    /** From now on the endpoint refuses this subject with a reason of its closed table. */
    fun fail(subject: String, reason: String) = ask("/fail?sub=$subject&reason=$reason")

    fun mend(subject: String) = ask("/mend?sub=$subject")

    /** How many requests of this subject the endpoint has seen. */
    fun requests(subject: String) = ask("/requests?sub=$subject").get("count").asInt

    /** From now on the endpoint has this subject's requests and does not answer them. */
    fun hold(subject: String) = ask("/hold?sub=$subject")

    fun untilHeld(subject: String) = until { ask("/held?sub=$subject").get("count").asInt > 0 }

    fun release(subject: String) = ask("/release?sub=$subject")

    /** Ids of this subject's open connections, as Ably sees them. */
    fun connections(subject: String): List<String> =
        ask("/connections?sub=$subject").getAsJsonArray("open").map { it.asJsonObject.get("id").asString }

    /** The URL of an answer that is not the endpoint's. */
    fun foreign(name: String, id: String) = "$url/foreign/$name/$id"

    fun foreignCount(name: String, id: String) = ask("/foreign-count/$name/$id").get("count").asInt

    fun placeOf(name: String) = places.getAsJsonObject(name).let {
        Place(it.get("authUrl").asString, it.get("host").asString, it.get("port").asInt)
    }

    private fun ask(path: String): JsonObject =
        http.newCall(Request.Builder().url(url + path).build()).execute().use { response ->
            val body = response.body.string()
            check(response.isSuccessful) { body }
            JsonParser.parseString(body).asJsonObject
        }
}

/** Every state of a connection, in order, with its reason; updates too. */
class States(client: AblyRealtime) {
    private val changes = LinkedBlockingQueue<ConnectionStateChange>()

    init {
        client.connection.on { changes.put(it) }
        client.connect()
    }

    fun until(vararg wanted: ConnectionState): ConnectionStateChange {
        while (true) {
            val change = checkNotNull(changes.poll(WAIT_SECONDS, TimeUnit.SECONDS)) { "never ${wanted.toList()}" }
            if (change.current in wanted) return change
        }
    }
}

const val WAIT_SECONDS = 20L

fun until(condition: () -> Boolean) {
    val deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS)
    while (!condition()) {
        check(System.nanoTime() < deadline) { "It did not happen within $WAIT_SECONDS seconds." }
        Thread.sleep(20)
    }
}

/** Code and status, as the facts are told. */
fun ErrorInfo?.numbers() = this?.let { "$code/$statusCode" }
