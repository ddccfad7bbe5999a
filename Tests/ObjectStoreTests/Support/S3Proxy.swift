import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

@testable import ObjectStore

/// An HTTP server before the store, which passes requests on or does not, as a test says.
final class S3Proxy: Sendable {
    /// A request that came.
    struct Request: Sendable {
        /// From 0.
        let number: Int
        let method: String
        let uri: String
        let headers: HTTPHeaders
        let body: ByteBuffer

        var isPart: Bool { self.uri.contains("partNumber=") }
        var isCompletion: Bool { self.method == "POST" && self.uri.contains("uploadId=") }
    }

    /// What becomes of a request.
    enum Fate: Sendable {
        case pass
        /// An answer without the store.
        case answer(Int, code: String, headers: [(String, String)] = [])
        /// Such an answer with a body of the test's own.
        case say(Int, String)
        /// The store is asked something else in its place, and its answer changed back.
        case translate(S3Store, S3Request)
        /// The connection ends without an answer, and the store hears nothing.
        case reset
        /// The store does it, and its answer is lost.
        case lose
        /// Nothing happens any more.
        case stall
        /// So many bytes of the body come, and then the connection ends.
        case cut(Int)
        /// One bit of the body is another.
        case flip
        /// An error with the status 200.
        case failInside(String)
    }

    typealias Judge = @Sendable (Request) -> Fate

    let port: Int
    private let target: Int
    private let judge: Judge
    private let http: HTTPClient
    private let listener: any Channel
    private let seen: Mutex<[Request]>

    /// The requests so far.
    var requests: [Request] { self.seen.withLock { $0 } }

    /// Starts to listen, and takes it back when the body is over.
    static func with(
        to target: Int,
        _ judge: @escaping Judge,
        _ body: (S3Proxy) async throws -> Void
    ) async throws {
        let proxy = try await S3Proxy(to: target, judge)
        do { try await body(proxy) } catch {
            await proxy.end()
            throw error
        }
        await proxy.end()
    }

    private init(to target: Int, _ judge: @escaping Judge) async throws {
        let box = Box()
        self.target = target
        self.judge = judge
        self.seen = Mutex([])
        self.http = HTTPClient(
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup,
            configuration: .init(redirectConfiguration: .disallow)
        )
        self.listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
                    try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(decoder))
                    try channel.pipeline.syncOperations.addHandler(Handler(box))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = self.listener.localAddress?.port ?? 0
        box.proxy.withLock { $0 = self }
    }

    private func end() async {
        try? await self.listener.close()
        try? await self.http.shutdown()
    }

    /// Connections may come before there is a proxy, and go behind it.
    private final class Box: Sendable {
        let proxy = Mutex<S3Proxy?>(nil)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart

        private let box: Box
        private var head: HTTPRequestHead?
        private var body = ByteBuffer()

        init(_ box: Box) { self.box = box }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch self.unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                self.body.clear()
            case .body(let bytes): self.body.writeImmutableBuffer(bytes)
            case .end:
                guard let head = self.head, let proxy = self.box.proxy.withLock({ $0 }) else { return }
                let (channel, body) = (context.channel, self.body)
                self.body = ByteBuffer()
                Task { await proxy.serve(head, body, channel) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private func serve(_ head: HTTPRequestHead, _ body: ByteBuffer, _ channel: any Channel) async {
        let request = self.seen.withLock { seen in
            let method = head.method.rawValue
            let next = Request(number: seen.count, method: method, uri: head.uri, headers: head.headers, body: body)
            seen.append(next)
            return next
        }
        let fate = self.judge(request)
        switch fate {
        case .stall: return
        case .reset: return channel.close(promise: nil)
        case .answer(let status, let code, let headers):
            let document = ByteBuffer(string: "<Error><Code>\(code)</Code><Message>as a test has it</Message></Error>")
            let isShown = request.method != "HEAD" && !code.isEmpty
            return self.write(status, HTTPHeaders(headers), isShown ? document : ByteBuffer(), on: channel, request)
        case .say(let status, let text):
            return self.write(status, [:], ByteBuffer(string: text), on: channel, request)
        case .translate(let store, let translated): return await self.translate(request, store, translated, channel)
        case .failInside(let code):
            let document = ByteBuffer(string: " <?xml version=\"1.0\"?><Error><Code>\(code)</Code></Error>")
            return self.write(200, [:], document, on: channel, request)
        case .pass, .lose, .cut, .flip: break
        }
        guard let (status, headers, bytes) = try? await self.forward(request) else {
            return channel.close(promise: nil)
        }
        switch fate {
        case .lose: channel.close(promise: nil)
        case .cut(let count): self.write(status, headers, bytes, on: channel, request, cutAt: count)
        case .flip:
            var changed = bytes
            changed.setInteger(
                (changed.getInteger(at: changed.readerIndex, as: UInt8.self) ?? 0) ^ 1,
                at: changed.readerIndex
            )
            self.write(status, headers, changed, on: channel, request)
        default: self.write(status, headers, bytes, on: channel, request)
        }
    }

    private func translate(
        _ request: Request,
        _ store: S3Store,
        _ translated: S3Request,
        _ channel: any Channel
    ) async {
        do throws(S3Failure) {
            let answer = try await store.client.open(translated)
            let isWhole = request.method == "GET" && translated.key != nil && answer.status == .ok
            guard let bytes = try? await answer.body.collect(upTo: 64 << 20) else { return channel.close(promise: nil) }
            let (headers, body) = GCSDouble.translated(answer.headers, bytes, isWhole: isWhole)
            self.write(Int(answer.status.code), headers, body, on: channel, request)
        } catch {
            guard case .fault(let fault) = error.failure else { return channel.close(promise: nil) }
            let body = ByteBuffer(string: "<Error><Code>\(fault.code)</Code></Error>")
            self.write(fault.status, [:], request.method == "HEAD" ? ByteBuffer() : body, on: channel, request)
        }
    }

    private func forward(_ request: Request) async throws -> (Int, HTTPHeaders, ByteBuffer) {
        var forwarded = HTTPClientRequest(url: "http://127.0.0.1:\(self.target)\(request.uri)")
        forwarded.method = HTTPMethod(rawValue: request.method)
        forwarded.headers = request.headers
        forwarded.headers.remove(name: "Content-Length")
        forwarded.headers.remove(name: "Transfer-Encoding")
        if request.body.readableBytes > 0 { forwarded.body = .bytes(request.body) }
        let response = try await self.http.execute(forwarded, deadline: .now() + .seconds(30))
        let body = try await response.body.collect(upTo: 64 << 20)
        return (Int(response.status.code), response.headers, body)
    }

    private func write(
        _ status: Int,
        _ headers: HTTPHeaders,
        _ body: ByteBuffer,
        on channel: any Channel,
        _ request: Request,
        cutAt count: Int? = nil
    ) {
        var bytes = ByteBuffer(string: "HTTP/1.1 \(status) Answer\r\n")
        for (name, value) in headers
        where !["connection", "transfer-encoding", "keep-alive"].contains(name.lowercased())
            && (request.method == "HEAD" || name.lowercased() != "content-length")
        {
            bytes.writeString("\(name): \(value)\r\n")
        }
        if request.method != "HEAD" { bytes.writeString("Content-Length: \(body.readableBytes)\r\n") }
        bytes.writeString("\r\n")
        if let count {
            bytes.writeImmutableBuffer(
                body.getSlice(at: body.readerIndex, length: min(count, body.readableBytes)) ?? body
            )
            channel.writeAndFlush(bytes).whenComplete { _ in channel.close(promise: nil) }
        } else {
            if request.method != "HEAD" { bytes.writeImmutableBuffer(body) }
            channel.writeAndFlush(bytes, promise: nil)
        }
    }
}
