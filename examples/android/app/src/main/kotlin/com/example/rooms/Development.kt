/**
 * The local server that `npm start` runs, as the app meets it while it is being developed: signs in at its identity
 * provider, and finds the Ably beside it. Your own sign-in takes its place; nothing of it belongs in a release.
 */
package com.example.rooms

import com.google.gson.JsonParser
import io.ably.lib.types.ClientOptions
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody

/** Both functions wait for the network. */
class Development(private val server: String) {
    private val http = OkHttpClient()

    /** Takes anybody's word for it. */
    fun signIn(name: String): String {
        val request = Request.Builder()
            .url("$server/demo/provider-login")
            .header("Sec-Fetch-Site", "same-origin")
            .post("""{"name":"$name"}""".toRequestBody("application/json".toMediaType()))
            .build()
        return json(request).get("accessToken").asString
    }

    /** Without an API key the server runs an Ably of its own, on another port; with one, the client finds Ably itself. */
    fun clientOptions(): ClientOptions {
        val ably = json(Request.Builder().url("$server/demo/info").build()).getAsJsonObject("ably")
        return ClientOptions().apply {
            val host = ably.get("endpoint")?.asString ?: return@apply
            restHost = host
            realtimeHost = host
            port = ably.get("port").asInt
            tls = ably.get("tls").asBoolean
        }
    }

    private fun json(request: Request) = http.newCall(request).execute().use { response ->
        check(response.isSuccessful) { "The local server answered ${response.code}." }
        JsonParser.parseString(response.body.string()).asJsonObject
    }
}
