/// One screen: sign in, see where one stands, ask for a channel and listen there, sign out.
import Ably
import SwiftUI

/// This machine, as the simulator calls it. A phone takes another address, a release `https`: see README.md.
private let server = URL(string: "http://localhost:3000")!

@main
struct RoomsApp: App {
  var body: some Scene {
    WindowGroup { RoomsView() }
  }
}

@MainActor
final class Rooms: ObservableObject {
  @Published private(set) var lines: [String] = []
  private let development = Development(server: server)
  private var session: AblySession?

  /// Whoever was signed in before leaves: the next person is a new client.
  func signIn(_ name: String) async throws {
    let token = try await development.signIn(name)
    let options = try await development.clientOptions()
    signOut()
    session = AblySession(
      authURL: server.appendingPathComponent("auth"),
      options: options,
      // Yours asks its identity provider's library, which refreshes the token of this person when need be.
      accessToken: { token },
      onStanding: { [weak self] standing in self?.show("\(name): \(standing)") }
    )
  }

  func signOut() {
    session?.close()
    session = nil
  }

  func listen(to name: String) async throws {
    guard let session else { return show("Sign in first.") }
    guard try await session.ask(name) else { return show("\(name) stays closed.") }
    let channel = session.realtime.channels.get(name)
    // Attaches as well, again where it had failed before.
    channel.subscribe { [weak self] message in
      self?.show("\(name): \(String(describing: message.data))")
    }
  }

  func run(_ action: @escaping @MainActor () async throws -> Void) {
    Task {
      do { try await action() } catch { show("\(error)") }
    }
  }

  private func show(_ line: String) {
    lines.insert(line, at: 0)
  }
}

struct RoomsView: View {
  @StateObject private var rooms = Rooms()
  @State private var name = "ada"
  @State private var channel = "room:7"

  var body: some View {
    VStack(alignment: .leading) {
      TextField("Name", text: $name)
      Button("Sign in") { rooms.run { try await rooms.signIn(name) } }
      Button("Sign out") { rooms.signOut() }
      TextField("Channel", text: $channel)
      Button("Ask and listen") { rooms.run { try await rooms.listen(to: channel) } }
      List(rooms.lines, id: \.self) { Text($0) }
    }
    .padding()
  }
}
