import HTTPTypes
import Hummingbird
import Observability

/// Measures how long requests take until their answer begins, by route.
///
/// Nothing that a client writes becomes a label: a route is one that the router has, a method one that is known.
struct RequestTimes<Context: RequestContext>: RouterMiddleware {
    private static var methods: [HTTPRequest.Method] { [.get, .head, .post, .put, .patch, .delete, .options] }

    private let times: HistogramFamily

    /// - Parameter times: See ``Latencies/request``.
    init(_ times: HistogramFamily) { self.times = times }

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let began = ContinuousClock.now
        // What is thrown from here is answered so.
        var status = HTTPResponse.Status.internalServerError
        defer {
            self.times.observe(
                ContinuousClock.now - began,
                Self.methods.contains(request.method) ? request.method.rawValue : "other",
                context.endpointPath ?? "NotFound",
                String(status.code)
            )
        }
        let response = try await next(request, context)
        status = response.status
        return response
    }
}
