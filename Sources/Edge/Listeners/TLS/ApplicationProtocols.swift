package import NIOCore

/// The protocols that a client would speak, as its first message of TLS says (ALPN, RFC 7301; RFC 8446 section 4.1.2).
package struct ApplicationProtocols: Hashable, Sendable {
    /// In the client's order; `nil` if it says nothing of them.
    package let names: [String]?

    private static let handshake: UInt8 = 22
    private static let clientHello: UInt8 = 1
    /// `application_layer_protocol_negotiation`.
    private static let alpn: UInt16 = 16

    /// Reads the records that begin a connection.
    ///
    /// - Returns: `nil` if they are not a whole ClientHello.
    package init?(_ bytes: ByteBuffer) {
        guard var message = Self.message(in: bytes) else { return nil }
        // Version and random; session id; cipher suites; compression methods.
        guard message.readSlice(length: 34) != nil, message.readBlock(UInt8.self) != nil,
            message.readBlock(UInt16.self) != nil, message.readBlock(UInt8.self) != nil
        else { return nil }
        guard var extensions = message.readBlock(UInt16.self) else {
            self.names = nil
            return
        }
        var protocols: [String]?
        while extensions.readableBytes > 0 {
            guard let type = extensions.readInteger(as: UInt16.self), var body = extensions.readBlock(UInt16.self)
            else {
                return nil
            }
            guard type == Self.alpn else { continue }
            guard var list = body.readBlock(UInt16.self) else { return nil }
            var names: [String] = []
            while list.readableBytes > 0 {
                guard let name = list.readBlock(UInt8.self) else { return nil }
                names.append(String(buffer: name))
            }
            protocols = names
        }
        self.names = protocols
    }

    /// The first handshake message, which may come in several records (RFC 8446 section 5.1).
    private static func message(in bytes: ByteBuffer) -> ByteBuffer? {
        var (records, handshake) = (bytes, ByteBuffer())
        while true {
            if let header = handshake.getInteger(at: 0, as: UInt32.self) {
                guard header >> 24 == UInt32(Self.clientHello) else { return nil }
                let length = Int(header & 0xFF_FFFF)
                if let message = handshake.getSlice(at: 4, length: length) { return message }
            }
            guard records.readInteger(as: UInt8.self) == Self.handshake, records.readInteger(as: UInt16.self) != nil,
                let part = records.readBlock(UInt16.self), part.readableBytes > 0
            else { return nil }
            handshake.writeImmutableBuffer(part)
        }
    }
}

extension ByteBuffer {
    /// Bytes behind their own number.
    fileprivate mutating func readBlock<Length: FixedWidthInteger & UnsignedInteger>(_: Length.Type) -> ByteBuffer? {
        guard let length = self.readInteger(as: Length.self) else { return nil }
        return self.readSlice(length: Int(clamping: length))
    }
}

/// Keeps what a client sent first, for ``ApplicationProtocols``, and hands it on.
final class ClientHelloTap: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// At most what the reader of the server name takes.
    private(set) var bytes = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let some = self.unwrapInboundIn(data)
        let room = ServerNameGate.maximumHelloBytes - self.bytes.readableBytes
        if let part = some.getSlice(at: some.readerIndex, length: min(room, some.readableBytes)) {
            self.bytes.writeImmutableBuffer(part)
        }
        context.fireChannelRead(data)
    }
}
