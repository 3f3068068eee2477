// One screen: sign in, see where one stands, ask for a channel and listen there, sign out.

import 'dart:async';

import 'package:flutter/material.dart';

import 'ably_session.dart';
import 'development.dart';

/// This machine, as the Android emulator calls it; the simulator of iOS says localhost. A phone takes another address, a
/// release `https`: see README.md.
const server = 'http://10.0.2.2:3000';

void main() => runApp(const MaterialApp(home: Scaffold(body: SafeArea(child: RoomsPage()))));

class RoomsPage extends StatefulWidget {
  const RoomsPage({super.key});

  @override
  State<RoomsPage> createState() => _RoomsPageState();
}

class _RoomsPageState extends State<RoomsPage> {
  final _name = TextEditingController(text: 'ada');
  final _channel = TextEditingController(text: 'room:7');
  final _lines = <String>[];
  final _development = const Development(server);
  AblySession? _session;

  /// Whoever was signed in before leaves: the next person is a new client.
  Future<void> _signIn(String name) async {
    final token = await _development.signIn(name);
    final options = await _development.clientOptions();
    unawaited(_signOut());
    _session = AblySession(
      authUrl: Uri.parse('$server/auth'),
      options: options,
      // Yours asks its identity provider's library, which refreshes the token of this person when need be.
      accessToken: () async => token,
      onStanding: (standing) => _show('$name: ${standing.name}'),
    );
  }

  Future<void> _signOut() async {
    final session = _session;
    _session = null;
    await session?.close();
  }

  Future<void> _listenTo(String name) async {
    final session = _session;
    if (session == null) return _show('Sign in first.');
    if (!await session.ask(name)) return _show('$name stays closed.');
    final channel = session.realtime.channels.get(name);
    // Attaches as well, again where it had failed before.
    channel.subscribe().listen((message) => _show('$name: ${message.data}'));
  }

  Future<void> _run(Future<void> Function() action) async {
    try {
      await action();
    } catch (error) {
      _show('$error');
    }
  }

  void _show(String line) {
    if (mounted) setState(() => _lines.insert(0, line));
  }

  @override
  void dispose() {
    _run(_signOut);
    super.dispose();
  }

  @override
  Widget build(BuildContext context) => Column(
        children: [
          TextField(controller: _name),
          TextButton(onPressed: () => _run(() => _signIn(_name.text)), child: const Text('Sign in')),
          TextButton(onPressed: () => _run(_signOut), child: const Text('Sign out')),
          TextField(controller: _channel),
          TextButton(onPressed: () => _run(() => _listenTo(_channel.text)), child: const Text('Ask and listen')),
          Expanded(child: ListView(children: [for (final line in _lines) Text(line)])),
        ],
      );
}
