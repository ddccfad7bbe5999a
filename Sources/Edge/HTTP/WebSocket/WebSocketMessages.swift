package import NIOCore
package import NIOWebSocket

/// Frames become messages (RFC 6455 sections 5.4 to 5.6): the rules, without a channel.
package struct WebSocketMessages: ~Copyable {
    /// What a frame means.
    package enum Action: Equatable {
        /// The frame completes nothing yet, or says nothing.
        case none
        /// A whole message, unmasked; text is valid UTF-8.
        case message(ByteBuffer)
        /// The client asks for an answer with the same bytes.
        case pong(ByteBuffer)
        /// The client ends the conversation; the code that it gave, if any.
        case closed(WebSocketErrorCode?)
        /// The client breaks the rules; the code to tell it.
        case refuse(WebSocketErrorCode)
    }

    private var fragments: ByteBuffer?
    private var isText = false
    private let maximumBytes: Int

    /// - `maximumBytes`: The longest message, all its fragments together.
    package init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Takes the next frame of a client.
    package mutating func received(_ frame: WebSocketFrame) -> Action {
        // A client masks, and without extensions no reserved bit means anything (sections 5.1, 5.2).
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else { return .refuse(.protocolError) }
        let data = frame.unmaskedData
        switch frame.opcode {
        case .ping: return .pong(data)
        case .pong: return .none
        case .connectionClose: return Self.closed(data)
        case .text, .binary:
            guard self.fragments == nil else { return .refuse(.protocolError) }
            self.isText = frame.opcode == .text
            return self.append(data, isLast: frame.fin)
        case .continuation:
            guard self.fragments != nil else { return .refuse(.protocolError) }
            return self.append(data, isLast: frame.fin)
        default: return .refuse(.protocolError)
        }
    }

    private mutating func append(_ data: ByteBuffer, isLast: Bool) -> Action {
        var message = self.fragments ?? ByteBuffer()
        guard message.readableBytes + data.readableBytes <= self.maximumBytes else { return .refuse(.messageTooLarge) }
        if message.readableBytes == 0 { message = data } else { message.writeImmutableBuffer(data) }
        guard isLast else {
            self.fragments = message
            return .none
        }
        self.fragments = nil
        if self.isText, !message.isValidUTF8 { return .refuse(.dataInconsistentWithMessage) }
        return .message(message)
    }

    /// Whether a close frame may have a code: those that are defined for it, and those of libraries and applications (section 7.4).
    private static func isCode(_ number: UInt16) -> Bool {
        switch number {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    private static func closed(_ data: ByteBuffer) -> Action {
        var data = data
        switch data.readableBytes {
        case 0: return .closed(nil)
        case 1: return .refuse(.protocolError)
        default:
            guard let number = data.getInteger(at: data.readerIndex, as: UInt16.self), Self.isCode(number),
                let code = data.readWebSocketErrorCode(), data.isValidUTF8
            else { return .refuse(.protocolError) }
            return .closed(code)
        }
    }
}

extension ByteBuffer {
    var isValidUTF8: Bool {
        self.withUnsafeReadableBytes { bytes in
            (try? UTF8Span(validating: Span(_unsafeBytes: bytes))) != nil
        }
    }
}
