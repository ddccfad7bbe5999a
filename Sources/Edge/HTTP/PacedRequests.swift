import HTTPTypes
import Hummingbird

/// Refuses requests of addresses that send too many (429, RFC 6585 section 4), and says when to come again.
struct PacedRequests: RouterMiddleware {
    private let pace: RequestPace

    init(_ pace: RequestPace) { self.pace = pace }

    func handle(
        _ request: Request,
        context: ClientRequestContext,
        next: @concurrent (Request, ClientRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let seconds = self.pace.wait(from: context.client(of: request)) else {
            return try await next(request, context)
        }
        return .tooMany(retryAfter: seconds)
    }
}

extension Response {
    /// Too many requests, and after how many seconds there may be another.
    static func tooMany(retryAfter seconds: Int) -> Response {
        .plain(.tooManyRequests, headers: [.retryAfter: "\(seconds)"])
    }
}
