import NIOCore
import NIOSSL
import NIOTLS

/// Reads the server name that begins a TLS connection, and either starts TLS with that name's certificate or refuses.
struct ServerNameGate {
    /// The bytes within which the ClientHello must end: a record and its header.
    static let maximumHelloBytes = 16_384 + 5

    /// The protocol that is spoken here: a client that names others alone is refused (ALPN, RFC 7301 section 3.2).
    let application: String
    /// Chooses a certificate for a name (`nil`: the client sent none); `nil` refuses.
    let choose: (String?) -> NIOSSLContext?
    /// Adds the handlers that follow TLS, given the name.
    let next: (String?, any Channel) throws -> Void

    /// Adds the reader; later bytes reach what ``next`` adds, decrypted.
    func install(on channel: any Channel) throws {
        let errors = ArrivalErrorHandler()
        let tap = ClientHelloTap()
        let reader = SNIHandler { result in
            var name: String?
            if case .hostname(let hostname) = result { name = hostname }
            guard let context = self.choose(name) else { return Self.refuse(channel, .unrecognizedName) }
            if let protocols = ApplicationProtocols(tap.bytes)?.names, !protocols.contains(self.application) {
                return Self.refuse(channel, .noApplicationProtocol)
            }
            do {
                channel.pipeline.syncOperations.removeHandler(tap, promise: nil)
                // Any certificate of a client will do: it is known by its fingerprint, whoever signed it. That the client has
                // its key the handshake proves.
                let handler = NIOSSLServerHandler(
                    context: context,
                    customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) },
                    configuration: TLSContexts.handlerConfiguration
                )
                channel.pipeline.syncOperations.removeHandler(errors, promise: nil)
                try channel.pipeline.syncOperations.addHandler(handler)
                try self.next(name, channel)
                return channel.eventLoop.makeSucceededVoidFuture()
            } catch {
                channel.close(promise: nil)
                return channel.eventLoop.makeFailedFuture(error)
            }
        }
        let decoder = ByteToMessageHandler(reader, maximumBufferSize: Self.maximumHelloBytes)
        try channel.pipeline.syncOperations.addHandlers([tap, decoder, errors])
    }

    /// Why TLS does not begin (RFC 8446 section 6).
    private enum Alert: UInt8 {
        /// RFC 6066 section 3.
        case unrecognizedName = 112
        /// RFC 7301 section 3.2.
        case noApplicationProtocol = 120
    }

    /// Sends a fatal alert and closes.
    ///
    /// In the clear, as nothing was agreed on yet. It is the same for every name that nobody has, and for bytes that are no
    /// TLS.
    private static func refuse(_ channel: any Channel, _ why: Alert) -> EventLoopFuture<Void> {
        let alert: [UInt8] = [21, 3, 3, 0, 2, 2, why.rawValue]
        channel.writeAndFlush(ByteBuffer(bytes: alert)).whenComplete { _ in channel.close(promise: nil) }
        // The reader stays until the channel closes: it swallows what comes.
        return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
    }
}

/// Closes connections whose first bytes are too many.
private final class ArrivalErrorHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
