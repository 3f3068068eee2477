// One person's connection to Ably: asks the auth endpoint for credentials, tells its refusals apart, asks for channels.
//
// When somebody else signs in, close this one and make another: to Ably a connection keeps its clientId, and a
// credential of somebody else ends it (40102). Once closed it stays closed, and says no more.

import 'dart:async';
import 'dart:convert';
import 'dart:math';

import 'package:ably_flutter/ably_flutter.dart' as ably;
import 'package:http/http.dart' as http;

enum Standing {
  connected,

  /// No network, or no answer at the moment. The SDK goes on by itself.
  tryingAgain,

  /// Let the person sign in again, then call `realtime.connect()`.
  signedOut,

  /// For good. The session has closed itself: what is thrown here does not reach the SDK beneath as 403, so it would go on.
  refused,
}

/// The most that the endpoint reads of one request.
const _maxChannels = 100;

class AblySession {
  /// [accessToken] is of this person and of nobody else, refreshed when need be; null when there is none. It is asked
  /// again for each credential.
  AblySession({
    required this.authUrl,
    required this.accessToken,
    required this.onStanding,
    required ably.ClientOptions options,
  }) {
    options
      ..autoConnect = false
      ..authCallback = (_) => _fetchCredential();
    realtime = ably.Realtime(options: options);
    realtime.connection.on().listen((change) {
      switch (change.current) {
        // The SDK connects again when an authorize that was under way comes back after the close.
        case ably.ConnectionState.connecting:
          if (_closed) unawaited(close());
        case ably.ConnectionState.connected:
          if (_closed) {
            unawaited(close());
          } else {
            _become(Standing.connected);
          }
        case ably.ConnectionState.disconnected || ably.ConnectionState.suspended:
          _become(_lastRefusal ?? Standing.tryingAgain);
        case ably.ConnectionState.failed:
          _become(Standing.refused);
        default:
      }
    });
    unawaited(realtime.connect());
  }

  final Uri authUrl;
  final Future<String?> Function() accessToken;
  final void Function(Standing) onStanding;
  late final ably.Realtime realtime;
  final _http = http.Client();

  /// The newest go along with each request: an endpoint that remembers nothing needs the whole list each time.
  final _wanted = <String>{};
  Standing? _lastRefusal;
  Standing? _standing;
  var _closed = false;

  /// Asks for one more channel on the open connection. False when it was refused; what one has already stays. After true
  /// attach it, again if it had failed. Beyond a hundred channels the oldest is let go, at the next renewal.
  ///
  /// Throws when there was no new credential; the rights are as before.
  Future<bool> ask(String channel) async {
    final known = _wanted.remove(channel);
    _wanted.add(channel);
    try {
      await realtime.auth.authorize();
    } catch (_) {
      // What the endpoint cannot read would fail each renewal from now on.
      if (!known) _wanted.remove(channel);
      rethrow;
    }
    return _wanted.contains(channel);
  }

  Future<void> close() async {
    _closed = true;
    // On Android the SDK beneath closes only when a renewal that is under way has its answer.
    _http.close();
    await realtime.close();
  }

  /// What is thrown in here is tried again by the SDK, always. Never answers null, for which Android waits for ever.
  Future<Object> _fetchCredential() async {
    _lastRefusal = null;
    final token = await accessToken();
    if (token == null) throw _refusal(Standing.signedOut, 'Nobody is signed in.');
    // A redirect is not followed: it would carry the access token to another host.
    final request = http.Request('POST', authUrl)
      ..followRedirects = false
      ..headers['Authorization'] = 'Bearer $token'
      ..bodyFields = {'resources': jsonEncode(_wanted.skip(max(0, _wanted.length - _maxChannels)).toList())};
    _insistOnOpen();
    // Below the SDK's ten seconds.
    final response = await _http.send(request).then(http.Response.fromStream).timeout(const Duration(seconds: 9));
    final credential = _readAnswer(response);
    _insistOnOpen();
    return credential;
  }

  void _insistOnOpen() {
    if (_closed) throw _refusal(null, 'The session is closed.');
  }

  Object _readAnswer(http.Response response) {
    final type = response.headers['content-type'] ?? '';
    final isJson = type.startsWith('application/json');
    final code = response.headers['x-ably-errorcode'];
    final said = 'The auth endpoint answered ${response.statusCode} ($code).';
    if (response.statusCode == 200 && (isJson || type.startsWith('application/jwt'))) {
      _forget(response.headers['x-ably-auth-refused']);
      // Not `response.body`: where no charset is said, package:http has taken it for Latin-1.
      final body = utf8.decode(response.bodyBytes);
      if (!isJson) return body;
      final fields = jsonDecode(body) as Map<String, dynamic>;
      // A token alone, not TokenDetails: on iOS the plugin takes its expiry from another field.
      return fields.containsKey('issued') ? fields['token'] as String : ably.TokenRequest.fromMap(fields);
    }
    // Not as a page: that is a captive portal's or a firewall's, and goes away.
    if (response.statusCode == 403 && isJson) throw _refusal(Standing.refused, said);
    // 40160, 42910: signed in all the same, and worth another try later.
    if (response.statusCode == 401 && isJson && const [null, '40101'].contains(code)) {
      throw _refusal(Standing.signedOut, said);
    }
    throw _refusal(null, said);
  }

  Exception _refusal(Standing? means, String message) {
    _lastRefusal = means;
    // A connection that is up stays up until its token ends; the app hears of it now.
    if (means != null) _become(means);
    return Exception(message);
  }

  /// Names of channels; after a long list a number says how many more.
  void _forget(String? refused) {
    final names = jsonDecode(refused ?? '[]') as List<dynamic>;
    _wanted.removeAll(names.whereType<String>());
  }

  void _become(Standing next) {
    if (_closed || next == _standing) return;
    _standing = next;
    onStanding(next);
    if (next == Standing.refused) unawaited(close());
  }
}
