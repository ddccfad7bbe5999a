import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import Observability

/// Hummingbird's routing and its HTTP/1.1 on channels of our own listeners.
///
/// Hummingbird's server would bind and accept by itself. Ours do, so that all of them are bound, report their port and
/// stop in the same way, and a connection stays on its shard's loop when it becomes a WebSocket connection.
struct HTTPServing: Sendable {
    private let responder: RouterResponder<ClientRequestContext>
    private let logger: Logger

    /// How long a connection may be silent between requests, or within one.
    static let idleTimeout = Duration.seconds(60)
    /// Bounds of what comes before a body.
    static let maximumHeaderBytes = 16 << 10
    static let maximumHeaderCount = 100

    init(_ router: Router<ClientRequestContext>, logger: Logger) {
        self.responder = router.buildResponder()
        self.logger = logger
    }

    /// What answers the requests of a connection.
    private func requests(from source: ClientRequestContext.Source) -> HTTP1Channel {
        HTTP1Channel { [responder, logger] request, writer, _ in
            var response: Response
            do {
                response = try await responder.respond(to: request, context: ClientRequestContext(source: source))
            } catch let error as HTTPParserError {
                throw error
            } catch {
                logger.error("request failed", metadata: ["error": "\(error)"])
                response = .plain(.internalServerError)
            }
            response.headers[.date] = UTCInstant.now.httpText
            if request.method == .head { response = response.createHeadResponse() }
            try await writer.write(response: response.head, body: response.body)
        }
    }

    /// Adds HTTP/1.1's codec.
    ///
    /// - Returns: Its handlers. The decoder is the last: what it still holds when it goes is handed on to those that are left.
    static func addCodec(to channel: any Channel) throws -> [any RemovableChannelHandler] {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = Self.maximumHeaderBytes
        limits.maxHeaderListSize = Self.maximumHeaderBytes
        limits.maxHeaderFieldCount = Self.maximumHeaderCount
        let encoder = HTTPResponseEncoder()
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
        )
        let targets = RequestTargets()
        try channel.pipeline.syncOperations.addHandlers([encoder, decoder, targets])
        return [encoder, targets, decoder]
    }

    /// Serves a connection that speaks HTTP from its first byte, until it is closed.
    func serve(_ channel: any Channel) throws {
        _ = try Self.addCodec(to: channel)
        try self.serveDecoded(channel, secure: false, peer: "", trusted: .none)
    }

    /// Serves a connection whose pipeline ends with the HTTP decoder.
    ///
    /// - Parameters:
    ///   - channel: The connection.
    ///   - secure: Whether it is encrypted.
    ///   - peer: The address that it comes from; empty if there is none, or nobody asks for it.
    ///   - trusted: Whose word on who a client is holds.
    /// - Throws: What the pipeline says.
    func serveDecoded(_ channel: any Channel, secure: Bool, peer: String, trusted: TrustedNetworks) throws {
        try channel.pipeline.syncOperations.addHandlers(
            PersistenceHandler(),
            HTTP1ToHTTPServerCodec(secure: secure),
            HTTPConnectionStateHandler(idleTimeout: Self.idleTimeout, logger: self.logger)
        )
        self.run(
            try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            ),
            ClientRequestContext.Source(logger: self.logger, peer: peer, trusted: trusted)
        )
    }

    /// The task ends when the connection does.
    private func run(
        _ channel: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>,
        _ source: ClientRequestContext.Source
    ) {
        let http = self.requests(from: source)
        Task { await http.handle(value: channel, logger: source.logger) }
    }
}
