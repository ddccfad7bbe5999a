import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// What anybody does with a URL that they were given.
enum URLs {
    /// Sends a request with nothing but the URL.
    ///
    /// - Returns: The answer's status.
    static func send(_ url: String, _ method: HTTPMethod, _ body: String? = nil) async throws -> Int {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        return Int(try await HTTPClient.shared.execute(request, timeout: .seconds(30)).status.code)
    }
}
