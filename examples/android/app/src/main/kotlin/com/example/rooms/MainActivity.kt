/** One screen: sign in, see where one stands, ask for a channel and listen there, sign out. */
package com.example.rooms

import android.app.Activity
import android.os.Bundle
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import io.ably.lib.realtime.Channel
import java.util.concurrent.Executors

/** This machine, as the emulator calls it. A phone takes another address, a release `https`: see README.md. */
private const val SERVER = "http://10.0.2.2:3000"

class MainActivity : Activity() {
    /** What waits for the network runs here, one after the other: never on the main thread. */
    private val network = Executors.newSingleThreadExecutor()
    private val development = Development(SERVER)
    private var session: AblySession? = null
    private lateinit var log: TextView

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        val name = EditText(this).apply { setText("ada") }
        val channel = EditText(this).apply { setText("room:7") }
        log = TextView(this)
        setContentView(
            LinearLayout(this).apply {
                orientation = LinearLayout.VERTICAL
                addView(name)
                addView(button("Sign in") { signIn(name.text.toString()) })
                addView(button("Sign out") { signOut() })
                addView(channel)
                addView(button("Ask and listen") { listenTo(channel.text.toString()) })
                addView(log)
            },
        )
    }

    override fun onDestroy() {
        super.onDestroy()
        network.execute { signOut() }
        network.shutdown()
    }

    /** Whoever was signed in before leaves: the next person is a new client. */
    private fun signIn(name: String) {
        val token = development.signIn(name)
        val options = development.clientOptions()
        signOut()
        session = AblySession(
            authUrl = "$SERVER/auth",
            // Yours asks its identity provider's library, which refreshes the token of this person when need be.
            accessToken = { token },
            onStanding = { standing -> show("$name: $standing") },
            options = options,
        )
    }

    private fun signOut() {
        session?.close()
        session = null
    }

    private fun listenTo(name: String) {
        val session = session ?: return show("Sign in first.")
        if (!session.ask(name)) return show("$name stays closed.")
        val channel: Channel = session.realtime.channels.get(name)
        // Attaches as well, again where it had failed before.
        channel.subscribe { message -> show("$name: ${message.data}") }
    }

    private fun button(label: String, action: () -> Unit) = Button(this).apply {
        text = label
        setOnClickListener { network.execute { runCatching(action).onFailure { show("$label: ${it.message}") } } }
    }

    private fun show(line: String) = runOnUiThread { log.text = "$line\n${log.text}" }
}
