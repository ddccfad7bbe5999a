// Those who give out credentials are asked rarely, over connections that are closed again.

import AsyncHTTPClient
import Backoff
import NIOCore
import NIOHTTP1

/// Asks for credentials over HTTP.
struct CredentialClient: Sendable {
    /// How often one is asked.
    private static let attempts = 3
    private static let answerBytes = 256 << 10
    private static let limit: Duration = .seconds(5)

    let time: StoreTime
    let firstPause: Duration

    init(time: StoreTime, firstPause: Duration = .milliseconds(100)) {
        self.time = time
        self.firstPause = firstPause
    }

    /// Sends a request, again where it may go well then.
    ///
    /// - Parameters:
    ///   - who: Who is asked, for errors.
    ///   - request: What is sent; nothing of it is in an error.
    /// - Returns: The status and the answer.
    /// - Throws: ``ObjectStoreError/unavailable(_:)``
    func send(_ who: String, _ request: HTTPClientRequest) async throws(ObjectStoreError) -> (Int, ByteBuffer) {
        let http = HTTPClient.forCredentials()
        var backoff = Backoff(first: self.firstPause)
        var attempt = 1
        while true {
            let result = await self.once(who, request, http)
            if case .failure(let error) = result, attempt < Self.attempts, error.isTransient {
                attempt += 1
                if (try? await self.time.sleep(backoff.failed())) != nil { continue }
            }
            try? await http.shutdown()
            return try result.get()
        }
    }

    private func once(
        _ who: String,
        _ request: HTTPClientRequest,
        _ http: HTTPClient
    ) async -> Result<(Int, ByteBuffer), ObjectStoreError> {
        do {
            let (status, body) = try await self.time.within(Self.limit) {
                let response = try await http.execute(request, deadline: .now() + TimeAmount(Self.limit))
                return (Int(response.status.code), try await response.body.collect(upTo: Self.answerBytes))
            }
            if status >= 500 || status == 429 { return .failure(.unavailable("\(who) answers \(status)")) }
            return .success((status, body))
        } catch {
            switch S3Client.failure(error) {
            case .broken(let reason): return .failure(.unavailable("\(who): \(reason)"))
            case .final(let error): return .failure(error)
            case .timedOut, .fault: return .failure(.unavailable("\(who) did not answer in time"))
            }
        }
    }
}
