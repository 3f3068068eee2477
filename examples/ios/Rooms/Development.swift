/// The local server that `npm start` runs, as the app meets it while it is being developed: signs in at its identity
/// provider, and finds the Ably beside it. Your own sign-in takes its place; nothing of it belongs in a release.
import Ably
import Foundation

struct Development {
  let server: URL

  /// Takes anybody's word for it.
  func signIn(_ name: String) async throws -> String {
    var request = URLRequest(url: server.appendingPathComponent("demo/provider-login"))
    request.httpMethod = "POST"
    request.setValue("same-origin", forHTTPHeaderField: "Sec-Fetch-Site")
    request.httpBody = try JSONEncoder().encode(["name": name])
    return try JSONDecoder().decode(SignedIn.self, from: await fetch(request)).accessToken
  }

  /// Without an API key the server runs an Ably of its own, on another port; with one, the client finds Ably itself.
  func clientOptions() async throws -> ARTClientOptions {
    let request = URLRequest(url: server.appendingPathComponent("demo/info"))
    let ably = try JSONDecoder().decode(Info.self, from: await fetch(request)).ably
    let options = ARTClientOptions()
    guard let host = ably.endpoint, let port = ably.port, let tls = ably.tls else { return options }
    options.restHost = host
    options.realtimeHost = host
    options.port = port
    options.tls = tls
    return options
  }

  private func fetch(_ request: URLRequest) async throws -> Data {
    let (data, response) = try await URLSession.shared.data(for: request)
    guard (response as? HTTPURLResponse)?.statusCode == 200 else { throw URLError(.badServerResponse) }
    return data
  }

  private struct SignedIn: Decodable {
    let accessToken: String
  }

  private struct Info: Decodable {
    struct Ably: Decodable {
      let endpoint: String?
      let port: Int?
      let tls: Bool?
    }

    let ably: Ably
  }
}
