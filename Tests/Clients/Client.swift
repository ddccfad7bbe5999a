package import NIOCore
import NIOPosix
package import NIOSSL

/// A client on a real socket.
package struct Client {
    /// How a client secures its connection.
    package struct TLS {
        package var context: NIOSSLContext
        package var serverName: String?

        /// States whom to trust and whom to ask for.
        ///
        /// - Parameters:
        ///   - roots: What the client trusts, in PEM form; nil trusts everybody.
        ///   - serverName: The server that it names.
        ///   - protocols: What it would speak, in ALPN; none for nothing said of it.
        ///   - identity: A certificate of its own and its key, in PEM form, if it has one.
        /// - Throws: What NIOSSL says.
        package init(
            roots: String?,
            serverName: String?,
            protocols: [String] = [],
            identity: (certificate: String, key: String)? = nil
        ) throws {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = protocols
            if let roots {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(roots.utf8)))
            } else {
                configuration.certificateVerification = .none
            }
            if let identity {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
                    .map { .certificate($0) }
                configuration.privateKey = .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem)
                )
            }
            self.context = try NIOSSLContext(configuration: configuration)
            self.serverName = serverName
        }
    }

    /// What a body talks through.
    package struct Conversation {
        fileprivate var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        package private(set) var heard: [UInt8] = []

        fileprivate init(
            _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
            _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
        ) {
            self.inbound = inbound.makeAsyncIterator()
            self.outbound = outbound
        }

        package func send(_ text: String) async throws { try await self.send(Array(text.utf8)) }

        package func send(_ bytes: [UInt8]) async throws { try await self.outbound.write(ByteBuffer(bytes: bytes)) }

        /// Says that nothing more is said; the other side may go on.
        package func finish() { self.outbound.finish() }

        /// Everything heard so far, once it holds some text or the connection has ended.
        package mutating func hear(until text: String) async throws -> String {
            while true {
                let all = String(decoding: self.heard, as: UTF8.self)
                if all.contains(text) { return all }
                guard let bytes = try await self.inbound.next(isolation: #isolation) else { return all }
                self.heard += bytes.readableBytesView
            }
        }

        /// Everything until the connection has ended.
        package mutating func hearAll() async throws -> [UInt8] {
            while let bytes = try await self.inbound.next(isolation: #isolation) {
                self.heard += bytes.readableBytesView
            }
            return self.heard
        }
    }

    /// Connects, talks, and hangs up; `prefix` goes before TLS, as a proxy's header does.
    package static func talk<Value: Sendable>(
        to server: any Channel,
        tls: TLS? = nil,
        prefix: [UInt8] = [],
        _ body: (inout Conversation) async throws -> Value
    ) async throws -> Value {
        guard let address = server.localAddress else { throw ChannelError.unknownLocalAddress }
        return try await Self.talk(at: address, tls: tls, prefix: prefix, body)
    }

    /// The same with a server that another process is.
    package static func talk<Value: Sendable>(
        at address: SocketAddress,
        tls: TLS? = nil,
        prefix: [UInt8] = [],
        _ body: (inout Conversation) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(to: address) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let operations = channel.pipeline.syncOperations
                    if !prefix.isEmpty { try operations.addHandler(Prefix(prefix)) }
                    if let tls {
                        try operations.addHandler(
                            NIOSSLClientHandler(context: tls.context, serverHostname: tls.serverName)
                        )
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var conversation = Conversation(inbound, outbound)
            return try await body(&conversation)
        }
    }
}

private final class Prefix: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.bytes)), promise: nil)
        context.fireChannelActive()
    }
}

/// The first message of a TLS client (RFC 8446 section 4.1.2), as small as a server must understand it.
package enum ClientHello {
    /// Its bytes; without a `serverName` the client names none, without `protocols` it says nothing of them.
    package static func bytes(serverName: String?, protocols: [String]? = nil) -> [UInt8] {
        var extensions: [UInt8] = []
        if let protocols {
            let list = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
            extensions = [0, 16] + Self.two(list.count + 2) + Self.two(list.count) + list
        }
        if let serverName {
            let name = Array(serverName.utf8)
            let entry = [0] + Self.two(name.count) + name
            let list = Self.two(entry.count) + entry
            extensions += [0, 0] + Self.two(list.count) + list
        }
        var body: [UInt8] = [3, 3] + Array(repeating: 7, count: 32) + [0, 0, 2, 0x13, 0x01, 1, 0]
        body += Self.two(extensions.count) + extensions
        let message = [1, 0] + Self.two(body.count) + body
        return [22, 3, 1] + Self.two(message.count) + message
    }

    private static func two(_ number: Int) -> [UInt8] { [UInt8(number >> 8), UInt8(number & 0xFF)] }
}
