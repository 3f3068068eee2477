/// One person's connection to Ably: asks the auth endpoint for credentials, tells its refusals apart, asks for channels.
///
/// When somebody else signs in, close this one and make another: to Ably a connection keeps its clientId, and a
/// credential of somebody else ends it (40102). Once closed it stays closed, and says no more.
import Ably
import Foundation

enum Standing {
  case connected
  /// No network, or no answer at the moment. The SDK goes on by itself.
  case tryingAgain
  /// Let the person sign in again, then call `realtime.connect()`.
  case signedOut
  /// For good. The session has closed itself.
  case refused
}

/// The most that the endpoint reads of one request.
private let maxChannels = 100

@MainActor
final class AblySession {
  private let authURL: URL
  private let accessToken: @MainActor () async throws -> String?
  private let onStanding: @MainActor (Standing) -> Void
  private let options: ARTClientOptions

  /// The newest go along with each request: an endpoint that remembers nothing needs the whole list each time.
  private var wanted: [String] = []
  private var lastRefusal: Standing?
  private var standing: Standing?
  private var closed = false

  private(set) lazy var realtime = makeClient()

  /// - Parameter accessToken: of this person and of nobody else, refreshed when need be; nil when there is none. Asked
  ///   again for each credential.
  init(
    authURL: URL,
    options: ARTClientOptions,
    accessToken: @escaping @MainActor () async throws -> String?,
    onStanding: @escaping @MainActor (Standing) -> Void
  ) {
    self.authURL = authURL
    self.options = options
    self.accessToken = accessToken
    self.onStanding = onStanding
    realtime.connect()
  }

  /// Asks for one more channel on the open connection. False when it was refused; what one has already stays. After true
  /// attach it, again if it had failed. Beyond a hundred channels the oldest is let go, at the next renewal.
  ///
  /// Throws when there was no new credential; the rights are as before.
  func ask(_ channel: String) async throws -> Bool {
    let known = wanted.contains(channel)
    wanted.removeAll { $0 == channel }
    wanted.append(channel)
    do {
      try await authorize()
    } catch {
      // What the endpoint cannot read would fail each renewal from now on.
      if !known { wanted.removeAll { $0 == channel } }
      throw error
    }
    return wanted.contains(channel)
  }

  func close() {
    closed = true
    realtime.close()
  }

  private func authorize() async throws {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, Error>) in
      realtime.auth.authorize(nil, options: nil) { _, error in
        if let error { done.resume(throwing: error) } else { done.resume() }
      }
    }
  }

  private func makeClient() -> ARTRealtime {
    options.autoConnect = false
    options.authCallback = { [weak self] _, callback in
      Task { @MainActor in
        do {
          guard let self else { throw CancellationError() }
          callback(try await self.fetchCredential(), nil)
        } catch {
          callback(nil, error)
        }
      }
    }
    let client = ARTRealtime(options: options)
    // On the main queue, as the SDK's callbacks are unless its options say otherwise.
    client.connection.on { [weak self] change in
      guard let self else { return }
      switch change.current {
      // The SDK connects again when an authorize that was under way comes back after the close.
      case .connecting: if self.closed { self.close() }
      case .connected: if self.closed { self.close() } else { self.become(.connected) }
      case .disconnected, .suspended: self.become(self.lastRefusal ?? .tryingAgain)
      case .failed: self.become(.refused)
      default: break
      }
    }
    return client
  }

  /// What is thrown in here is tried again by the SDK, but code 40300.
  private func fetchCredential() async throws -> ARTTokenDetailsCompatible {
    lastRefusal = nil
    guard let token = try await accessToken() else {
      throw refusal(.signedOut, "Nobody is signed in.", status: 401, code: 40101)
    }
    // Below the SDK's ten seconds.
    var request = URLRequest(url: authURL, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 9)
    request.httpMethod = "POST"
    request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    request.httpBody = try JSONEncoder().encode(["resources": Array(wanted.suffix(maxChannels))])
    try insistOnOpen()
    let (data, response) = try await URLSession.shared.data(for: request, delegate: StaysHere())
    guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
    let credential = try readAnswer(data, response)
    try insistOnOpen()
    return credential
  }

  private func insistOnOpen() throws {
    // Not 403: a client that is closed would say FAILED.
    if closed { throw refusal(nil, "The session is closed.", status: 401, code: 40170) }
  }

  private func readAnswer(_ data: Data, _ response: HTTPURLResponse) throws -> ARTTokenDetailsCompatible {
    let body = String(decoding: data, as: UTF8.self)
    let type = response.value(forHTTPHeaderField: "Content-Type") ?? ""
    let isJSON = type.hasPrefix("application/json")
    let code = response.value(forHTTPHeaderField: "X-Ably-ErrorCode")
    let said = "The auth endpoint answered \(response.statusCode) (\(code ?? "no code"))."
    switch response.statusCode {
    case 200 where isJSON || type.hasPrefix("application/jwt"):
      forget(response.value(forHTTPHeaderField: "X-Ably-Auth-Refused"))
      if !isJSON { return body as ARTTokenDetailsCompatible }
      let fields = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      if fields?["issued"] != nil { return try ARTTokenDetails.fromJson(body as ARTJsonCompatible) }
      return try ARTTokenRequest.fromJson(body as ARTJsonCompatible)
    // Not as a page: that is a captive portal's or a firewall's, and goes away.
    case 403 where isJSON:
      throw refusal(.refused, said, status: 403, code: 40300)
    // 40160, 42910: signed in all the same, and worth another try later.
    case 401 where isJSON && [nil, "40101"].contains(code):
      throw refusal(.signedOut, said, status: 401, code: 40101)
    default:
      throw refusal(nil, said, status: 401, code: 40170)
    }
  }

  private func refusal(_ means: Standing?, _ message: String, status: Int, code: Int) -> ARTErrorInfo {
    lastRefusal = means
    // A connection that is up stays up until its token ends; the app hears of it now.
    if let means { become(means) }
    return ARTErrorInfo.create(withCode: code, status: status, message: message)
  }

  /// Names of channels; after a long list a number says how many more.
  private func forget(_ refused: String?) {
    let names = try? JSONSerialization.jsonObject(with: Data((refused ?? "[]").utf8)) as? [Any]
    let refusedNames = (names ?? []).compactMap { $0 as? String }
    wanted.removeAll { refusedNames.contains($0) }
  }

  private func become(_ next: Standing) {
    if closed || next == standing { return }
    standing = next
    onStanding(next)
    if next == .refused { close() }
  }
}

/// A redirect is not followed: it would carry the access token to another host.
private final class StaysHere: NSObject, URLSessionTaskDelegate {
  func urlSession(
    _ session: URLSession,
    task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest
  ) async -> URLRequest? {
    nil
  }
}
