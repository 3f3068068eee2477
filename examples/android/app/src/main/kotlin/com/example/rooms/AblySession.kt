/**
 * One person's connection to Ably: asks the auth endpoint for credentials, tells its refusals apart, asks for channels.
 *
 * Nothing of Android is in here. When somebody else signs in, close this one and make another: to Ably a connection
 * keeps its clientId, and a credential of somebody else ends it (40102). Once closed it stays closed, and says no more.
 */
package com.example.rooms

import com.google.gson.Gson
import com.google.gson.JsonParser
import io.ably.lib.realtime.AblyRealtime
import io.ably.lib.realtime.ConnectionState
import io.ably.lib.rest.Auth
import io.ably.lib.types.AblyException
import io.ably.lib.types.ClientOptions
import io.ably.lib.types.ErrorInfo
import okhttp3.FormBody
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.Response
import java.util.concurrent.TimeUnit

enum class Standing {
    CONNECTED,

    /** No network, or no answer at the moment. The SDK goes on by itself. */
    TRYING_AGAIN,

    /** Let the person sign in again, then call `realtime.connect()`. */
    SIGNED_OUT,

    /** For good. The session has closed itself: at a renewal the SDK would leave the connection open. */
    REFUSED,
}

/** The most that the endpoint reads of one request. */
private const val MAX_CHANNELS = 100

/**
 * @param accessToken of this person and of nobody else, refreshed when need be; null when there is none. May wait for
 *     the network: it is called on a thread of the SDK, again for each credential
 * @param onStanding called on a thread of the SDK
 */
class AblySession(
    private val authUrl: String,
    private val accessToken: () -> String?,
    private val onStanding: (Standing) -> Unit,
    options: ClientOptions = ClientOptions(),
) : AutoCloseable {
    /** Below the SDK's ten seconds. A redirect is not followed: it would carry the access token to another host. */
    private val http = OkHttpClient.Builder().callTimeout(9, TimeUnit.SECONDS).followRedirects(false).build()

    /** The newest go along with each request: an endpoint that remembers nothing needs the whole list each time. */
    private val wanted = linkedSetOf<String>()

    @Volatile
    private var lastRefusal: Standing? = null
    private var standing: Standing? = null

    @Volatile
    private var closed = false

    val realtime = AblyRealtime(
        options.apply {
            authCallback = Auth.TokenCallback { fetchCredential() }
            autoConnect = false
        },
    )

    init {
        realtime.connection.on { change ->
            when (change.current) {
                // The SDK connects again when an authorize that was under way comes back after the close.
                ConnectionState.connecting -> if (closed) close()
                ConnectionState.connected -> if (closed) close() else become(Standing.CONNECTED)
                ConnectionState.disconnected, ConnectionState.suspended -> become(lastRefusal ?: Standing.TRYING_AGAIN)
                ConnectionState.failed -> become(Standing.REFUSED)
                else -> Unit
            }
        }
        realtime.connect()
    }

    /**
     * Asks for one more channel on the open connection, and waits for the answer: not on the main thread. False when it
     * was refused; what one has already stays. After true attach it, again if it had failed. Beyond a hundred channels
     * the oldest is let go, at the next renewal.
     *
     * @throws AblyException when there was no new credential; the rights are as before
     */
    fun ask(channel: String): Boolean {
        val known = synchronized(wanted) { wanted.remove(channel).also { wanted += channel } }
        try {
            realtime.auth.authorize(null, null)
        } catch (error: AblyException) {
            // What the endpoint cannot read would fail each renewal from now on.
            if (!known) synchronized(wanted) { wanted -= channel }
            throw error
        }
        return synchronized(wanted) { channel in wanted }
    }

    override fun close() {
        closed = true
        // The SDK closes only when a renewal that is under way has its answer.
        http.dispatcher.cancelAll()
        realtime.close()
    }

    /** What is thrown in here is tried again by the SDK, but an AblyException with statusCode 403. */
    private fun fetchCredential(): Any {
        lastRefusal = null
        val token = accessToken() ?: throw refusal(Standing.SIGNED_OUT, "Nobody is signed in.", 401, 40101)
        val resources = synchronized(wanted) { Gson().toJson(wanted.toList().takeLast(MAX_CHANNELS)) }
        val request = Request.Builder()
            .url(authUrl)
            .header("Authorization", "Bearer $token")
            .post(FormBody.Builder().add("resources", resources).build())
            .build()
        insistOnOpen()
        val credential = http.newCall(request).execute().use(::readAnswer)
        insistOnOpen()
        return credential
    }

    private fun insistOnOpen() {
        // Not 403: a client that is closed would say FAILED.
        if (closed) throw refusal(null, "The session is closed.", 401, 40170)
    }

    private fun readAnswer(response: Response): Any {
        val body = response.body.string()
        val type = response.header("Content-Type").orEmpty()
        val isJson = type.startsWith("application/json")
        val code = response.header("X-Ably-ErrorCode")
        if (response.code == 200 && (isJson || type.startsWith("application/jwt"))) {
            forget(response.header("X-Ably-Auth-Refused"))
            return when {
                !isJson -> body
                JsonParser.parseString(body).asJsonObject.has("issued") -> Auth.TokenDetails.fromJson(body)
                else -> Auth.TokenRequest.fromJson(body)
            }
        }
        val said = "The auth endpoint answered ${response.code} ($code)."
        throw when {
            // Not as a page: that is a captive portal's or a firewall's, and goes away.
            response.code == 403 && isJson -> refusal(Standing.REFUSED, said, 403, 40300)
            // 40160, 42910: signed in all the same, and worth another try later.
            response.code == 401 && isJson && code in setOf(null, "40101") -> refusal(Standing.SIGNED_OUT, said, 401, 40101)
            else -> refusal(null, said, 401, 40170)
        }
    }

    private fun refusal(means: Standing?, message: String, statusCode: Int, code: Int): AblyException {
        lastRefusal = means
        // A connection that is up stays up until its token ends; the app hears of it now.
        if (means != null) become(means)
        return AblyException.fromErrorInfo(ErrorInfo(message, statusCode, code))
    }

    /** Names of channels; after a long list a number says how many more. */
    private fun forget(refused: String?) {
        val names = JsonParser.parseString(refused ?: "[]").asJsonArray.filter { it.asJsonPrimitive.isString }
        synchronized(wanted) { wanted -= names.map { it.asString }.toSet() }
    }

    private fun become(next: Standing) {
        synchronized(this) {
            if (closed || next == standing) return
            standing = next
            onStanding(next)
        }
        if (next == Standing.REFUSED) close()
    }
}
