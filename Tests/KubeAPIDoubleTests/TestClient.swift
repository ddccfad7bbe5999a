// A client of few words for HTTP/1.1, so that what is tested is the server and not a client's convenience.

import Foundation
import KubeAPIDouble
import NIOCore
import NIOHTTP1
import NIOPosix

/// A response with its body read.
struct TestResponse: Sendable {
    let code: Int
    let headers: HTTPHeaders
    let body: DoubleJSON

    var reason: String? { body["reason"]?.string }
    var message: String { body["message"]?.string ?? "" }
    /// The fields that a refusal names.
    var causes: [String] { (body[at: "details.causes"]?.array ?? []).compactMap { $0["field"]?.string } }
    var retryAfter: Int? { headers.first(name: "Retry-After").flatMap(Int.init) }
    var revision: String { body[at: "metadata.resourceVersion"]?.string ?? "" }
}

/// Forms of a body.
enum BodyForm: String, Sendable {
    case json = "application/json"
    case merge = "application/merge-patch+json"
    case jsonPatch = "application/json-patch+json"
    case strategic = "application/strategic-merge-patch+json"
    case apply = "application/apply-patch+yaml"
    case text = "text/plain"
}

/// The methods of HTTP that the API knows.
enum Verb: String, Sendable {
    case GET, POST, PUT, PATCH, DELETE
}

/// Sends requests, each on a connection of its own.
struct TestClient: Sendable {
    typealias Channel = NIOAsyncChannel<HTTPClientResponsePart, HTTPPart<HTTPRequestHead, ByteBuffer>>

    let host: String
    let port: Int
    let token: String?
    var userAgent = "tester/1"

    init(baseURL: String, token: String? = nil) {
        let components = URLComponents(string: baseURL)
        host = components?.host ?? "127.0.0.1"
        port = components?.port ?? 80
        self.token = token
    }

    @discardableResult
    func send(
        _ method: Verb,
        _ path: String,
        _ body: DoubleJSON? = nil,
        _ form: BodyForm = .json
    ) async throws -> TestResponse {
        try await send(method, path, text: body?.text, form)
    }

    func send(_ method: Verb, _ path: String, text: String?, _ form: BodyForm) async throws -> TestResponse {
        try await open().executeThenClose { inbound, outbound in
            try await write(method, path, text, form, to: outbound)
            var code = 0
            var headers = HTTPHeaders()
            var bytes: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let head):
                    code = Int(head.status.code)
                    headers = head.headers
                case .body(let buffer): bytes += Array(buffer.readableBytesView)
                case .end:
                    let json = try? DoubleJSON(parsing: bytes)
                    let text = DoubleJSON.string(String(decoding: bytes, as: UTF8.self))
                    return TestResponse(code: code, headers: headers, body: json ?? text)
                }
            }
            throw ChannelError.inputClosed
        }
    }

    /// Watches, and hands the events over; the connection closes when the body returns.
    func watch<Result: Sendable>(
        _ path: String,
        _ body: (inout WatchEvents) async throws -> Result
    ) async throws -> Result {
        let (lines, continuation) = AsyncThrowingStream<DoubleJSON, any Error>.makeStream()
        let heads = AsyncStream<Int>.makeStream()
        let channel = try await open()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await pump(channel, path, continuation, heads.continuation)
                } catch {
                    continuation.finish(throwing: error)
                }
                heads.continuation.finish()
            }
            defer {
                channel.channel.close(promise: nil)
                group.cancelAll()
            }
            var codes = heads.stream.makeAsyncIterator()
            // What has answered is being watched: what happens from here on is seen.
            let code = await codes.next() ?? 0
            var events = WatchEvents(code: code, lines: lines.makeAsyncIterator())
            return try await body(&events)
        }
    }

    private func pump(
        _ channel: Channel,
        _ path: String,
        _ events: AsyncThrowingStream<DoubleJSON, any Error>.Continuation,
        _ heads: AsyncStream<Int>.Continuation
    ) async throws {
        try await channel.executeThenClose { inbound, outbound in
            try await write(.GET, path, nil, .json, to: outbound)
            var bytes: [UInt8] = []
            for try await part in inbound {
                switch part {
                case .head(let head): heads.yield(Int(head.status.code))
                case .body(let buffer):
                    bytes += Array(buffer.readableBytesView)
                    var rest = bytes[...]
                    while let end = rest.firstIndex(of: 0x0A) {
                        events.yield(try DoubleJSON(parsing: rest[..<end]))
                        rest = rest[(end + 1)...]
                    }
                    bytes = Array(rest)
                case .end:
                    events.finish()
                    return
                }
            }
            throw ChannelError.inputClosed
        }
    }

    private func open() async throws -> Channel {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connect(host: host, port: port) {
            channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(RequestParts())
                return try Channel(wrappingChannelSynchronously: channel)
            }
        }
    }

    private func write(
        _ method: Verb,
        _ path: String,
        _ text: String?,
        _ form: BodyForm,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPRequestHead, ByteBuffer>>
    ) async throws {
        var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method.rawValue), uri: path)
        head.headers.add(name: "Host", value: "\(host):\(port)")
        head.headers.add(name: "User-Agent", value: userAgent)
        if let token { head.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let text {
            head.headers.add(name: "Content-Type", value: form.rawValue)
            head.headers.add(name: "Content-Length", value: String(text.utf8.count))
        }
        try await outbound.write(.head(head))
        if let text { try await outbound.write(.body(ByteBuffer(string: text))) }
        try await outbound.write(.end(nil))
    }
}

/// Turns the parts of a request into what NIO's encoder takes.
private final class RequestParts: ChannelOutboundHandler {
    typealias OutboundIn = HTTPPart<HTTPRequestHead, ByteBuffer>
    typealias OutboundOut = HTTPClientRequestPart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPClientRequestPart =
            switch unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let buffer): .body(.byteBuffer(buffer))
            case .end(let trailers): .end(trailers)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}

/// The events of a watch, one by one.
struct WatchEvents {
    /// The response's status.
    let code: Int
    private var lines: AsyncThrowingStream<DoubleJSON, any Error>.AsyncIterator

    init(code: Int, lines: AsyncThrowingStream<DoubleJSON, any Error>.AsyncIterator) {
        self.code = code
        self.lines = lines
    }

    /// The next event.
    ///
    /// - Returns: nil when the server ended the watch.
    /// - Throws: when the connection broke.
    mutating func next() async throws -> DoubleJSON? { try await lines.next(isolation: #isolation) }

    /// The next event as a word: `ADDED a`.
    ///
    /// - Returns: nil when the server ended the watch.
    /// - Throws: when the connection broke.
    mutating func nextWord() async throws -> String? {
        guard let event = try await next() else { return nil }
        let type = event["type"]?.string ?? ""
        return "\(type) \(event[at: "object.metadata.name"]?.string ?? "")"
    }
}
