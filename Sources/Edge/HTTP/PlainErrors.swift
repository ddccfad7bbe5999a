import HTTPTypes
import Hummingbird
import NIOCore

/// Answers errors with a line of text, such as `404 Not Found`, which says nothing of what there is.
struct PlainErrors<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            return .plain(error.status)
        }
    }
}

extension Response {
    /// A status with its own name as text.
    static func plain(_ status: HTTPResponse.Status, headers: HTTPFields = [:]) -> Response {
        .text("\(status.code) \(status.reasonPhrase)\n", status: status, headers: headers)
    }

    /// Text, UTF-8.
    static func text(
        _ text: String,
        status: HTTPResponse.Status = .ok,
        type: String = "text/plain; charset=utf-8",
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
