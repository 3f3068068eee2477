/**
 * One person's connection to Ably: asks the auth endpoint for credentials, tells its refusals apart, asks for channels.
 *
 * Nothing of Android is in here. When somebody else signs in, close this one and make another: to Ably a connection
 * keeps its clientId, and a credential of somebody else ends it (40102).
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

    /** For good: the SDK has stopped, or will. Close the session. */
    REFUSED,
}

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

    /** Goes along with each request: an endpoint that remembers nothing needs the whole list each time. */
    private val wanted = linkedSetOf<String>()
    private var lastRefusal: Standing? = null
    private var standing: Standing? = null

    val realtime = AblyRealtime(
        options.apply {
            authCallback = Auth.TokenCallback { fetchCredential() }
            autoConnect = false
        },
    )

    init {
        realtime.connection.on { change ->
            when (change.current) {
                ConnectionState.connected -> become(Standing.CONNECTED)
                ConnectionState.disconnected, ConnectionState.suspended -> become(lastRefusal ?: Standing.TRYING_AGAIN)
                ConnectionState.failed -> become(Standing.REFUSED)
                else -> Unit
            }
        }
        realtime.connect()
    }

    /**
     * Asks for one more channel on the open connection, and waits for the answer: not on the main thread. False when it
     * was refused; what one has already stays. After true attach it, again if it had failed.
     *
     * @throws AblyException when there was no new credential; the rights are as before
     */
    fun ask(channel: String): Boolean {
        synchronized(wanted) { wanted += channel }
        realtime.auth.authorize(null, null)
        return synchronized(wanted) { channel in wanted }
    }

    override fun close() = realtime.close()

    /** What is thrown in here is tried again by the SDK, but an AblyException with statusCode 403. */
    private fun fetchCredential(): Any {
        val token = accessToken() ?: throw refusal(Standing.SIGNED_OUT, "Nobody is signed in.", 401, 40101)
        val resources = synchronized(wanted) { Gson().toJson(wanted) }
        val request = Request.Builder()
            .url(authUrl)
            .header("Authorization", "Bearer $token")
            .post(FormBody.Builder().add("resources", resources).build())
            .build()
        return http.newCall(request).execute().use(::readAnswer)
    }

    private fun readAnswer(response: Response): Any {
        val body = response.body.string()
        val type = response.header("Content-Type").orEmpty()
        val isJson = type.startsWith("application/json")
        val code = response.header("X-Ably-ErrorCode")
        if (response.code == 200 && (isJson || type.startsWith("application/jwt"))) {
            forget(response.header("X-Ably-Auth-Refused"))
            lastRefusal = null
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
            response.code == 401 && (code == null || code == "40101") -> refusal(Standing.SIGNED_OUT, said, 401, 40101)
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

    @Synchronized
    private fun become(next: Standing) {
        if (next == standing) return
        standing = next
        onStanding(next)
    }
}
