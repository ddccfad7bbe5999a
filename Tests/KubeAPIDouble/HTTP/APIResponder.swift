// HTTP on the outside: authentication, faults, and answers turned into responses.

import HTTPTypes
import Hummingbird
import NIOCore

/// What a request knows of its connection.
struct APIRequestContext: InitializableFromSource, Sendable {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }
}

/// Answers every request.
struct APIResponder: HTTPResponder {
    typealias Context = APIRequestContext

    let double: KubeAPIDouble

    func respond(to request: Request, context: APIRequestContext) async throws -> Response {
        double.note(context.channel)
        do {
            return try await answer(request, context)
        } catch let status as KubeStatus {
            return Self.response(.status(status), retryAfter: status.retryAfter)
        }
    }

    private func answer(_ request: Request, _ context: APIRequestContext) async throws -> Response {
        if let token = double.requiredToken, request.headers[.authorization] != "Bearer \(token)" {
            throw KubeStatus.unauthorized
        }
        let user = try double.withState { try $0.user(bearing: request.headers[.authorization]) }
        let accept = request.headers[.accept] ?? "*/*"
        let known = ["*/*", "application/*", "application/json", "application/yaml"]
        guard accept.isEmpty || known.contains(where: accept.contains) else {
            throw KubeStatus(
                code: 406,
                reason: "NotAcceptable",
                message: "only the following media types are accepted: application/json",
                details: [:]
            )
        }
        let path = request.uri.path
        guard let apiPath = APIPath(path) else {
            let found = double.withState { $0.discover(path) }
            return Self.response(found ?? .text(code: 404, "404 page not found\n"))
        }
        let contentType = (request.headers[.contentType] ?? "").split(separator: ";").first.map(String.init) ?? ""
        let query = APIQuery(request.uri.query)
        let isWatch = query.flag("watch") && apiPath.name.isEmpty && request.method == .get
        var body: [UInt8] = []
        // A watch's request is left unread: its end is how a client's going is noticed.
        if !isWatch {
            body = Array(buffer: try await request.body.collect(upTo: 4 << 20))
        }
        let apiRequest = APIRequest(
            method: request.method,
            path: apiPath,
            query: query,
            contentType: contentType,
            userAgent: request.headers[.userAgent] ?? "",
            body: body,
            user: user
        )
        let answer = try await double.carryOut(apiRequest, channel: context.channel)
        if case .watch(let stream, let id, let resource, let timeout) = answer {
            return watchResponse(request, context, stream, id: id, resource: resource, timeout: timeout)
        }
        return Self.response(answer)
    }

    private func watchResponse(
        _ request: Request,
        _ context: APIRequestContext,
        _ stream: AsyncStream<WatchChunk>,
        id: Int,
        resource: String,
        timeout: Int?
    ) -> Response {
        let double = double
        let channel = context.channel
        // The real server picks between half an hour and an hour where the client says nothing.
        let expiry = channel.eventLoop.scheduleTask(in: .seconds(Int64(timeout ?? 1_800))) {
            double.withState { $0.expire(watch: id, of: resource) }
        }
        let body = ResponseBody { writer in
            let forget: @Sendable () -> Void = {
                expiry.cancel()
                double.withState { $0.forget(watch: id, of: resource) }
            }
            defer { forget() }
            // The head goes out at once, before there is an event.
            try await writer.write(ByteBuffer())
            try await Self.send(stream, to: &writer, of: request, channel: channel, onGone: forget)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "application/json"], body: body)
    }

    private static func send(
        _ stream: AsyncStream<WatchChunk>,
        to writer: inout any ResponseBodyWriter,
        of request: Request,
        channel: any Channel,
        onGone: @escaping @Sendable () -> Void
    ) async throws {
        try await request.body.consumeWithInboundCloseHandler { _ in
            for await chunk in stream {
                switch chunk {
                case .event(let bytes): try await writer.write(ByteBuffer(bytes: bytes))
                case .cut:
                    channel.close(promise: nil)
                    throw ChannelError.ioOnClosedChannel
                }
            }
        } onInboundClosed: {
            onGone()
        }
    }

    private static func response(_ answer: APIAnswer, retryAfter: Int? = nil) -> Response {
        switch answer {
        case .json(let code, let bytes, let warnings):
            var headers: HTTPFields = [.contentType: "application/json"]
            if let retryAfter { headers[.retryAfter] = String(retryAfter) }
            for warning in warnings {
                headers.append(HTTPField(name: .warning, value: "299 - \(DoubleJSON.string(warning).text)"))
            }
            return Response(
                status: HTTPResponse.Status(code: code),
                headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            )
        case .text(let code, let text):
            return Response(
                status: HTTPResponse.Status(code: code),
                headers: [.contentType: "text/plain; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text))
            )
        case .watch:
            // A watch has been answered before it comes here.
            return Response(status: .internalServerError)
        }
    }
}

extension HTTPField.Name {
    /// RFC 7234, section 5.5: how the server speaks of unknown fields.
    fileprivate static var warning: HTTPField.Name {
        HTTPField.Name("Warning") ?? .server
    }
}
