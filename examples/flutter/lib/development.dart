// The local server that `npm start` runs, as the app meets it while it is being developed: signs in at its identity
// provider, and finds the Ably beside it. Your own sign-in takes its place; nothing of it belongs in a release.

import 'dart:convert';

import 'package:ably_flutter/ably_flutter.dart' as ably;
import 'package:http/http.dart' as http;

class Development {
  const Development(this.server);

  final String server;

  /// Takes anybody's word for it.
  Future<String> signIn(String name) async {
    final response = await http.post(
      Uri.parse('$server/demo/provider-login'),
      headers: {'Sec-Fetch-Site': 'same-origin'},
      body: jsonEncode({'name': name}),
    );
    return _fields(response)['accessToken'] as String;
  }

  /// Without an API key the server runs an Ably of its own, on another port; with one, the client finds Ably itself.
  Future<ably.ClientOptions> clientOptions() async {
    final response = await http.get(Uri.parse('$server/demo/info'));
    final options = _fields(response)['ably'] as Map<String, dynamic>;
    return ably.ClientOptions(
      restHost: options['endpoint'] as String?,
      realtimeHost: options['endpoint'] as String?,
      port: options['port'] as int?,
      tls: options['tls'] as bool?,
    );
  }

  Map<String, dynamic> _fields(http.Response response) {
    if (response.statusCode != 200) throw Exception('The local server answered ${response.statusCode}.');
    return jsonDecode(utf8.decode(response.bodyBytes)) as Map<String, dynamic>;
  }
}
