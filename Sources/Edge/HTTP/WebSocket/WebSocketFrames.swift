package import NIOCore
package import NIOWebSocket

/// Frames of a server (RFC 6455 section 5.2), written straight into a buffer: unmasked, never fragmented.
package enum WebSocketFrames {
    /// Turns IRC lines into one message each.
    ///
    /// - Parameters:
    ///   - lines: Lines, each with its CR LF; any number.
    ///   - opcode: `.text` or `.binary`.
    /// - Returns: The frames, one after the other.
    package static func encode(lines: ByteBuffer, opcode: WebSocketOpcode) -> ByteBuffer {
        let count = lines.readableBytes
        // A header of two bytes takes the place of CR LF; a longer one comes with 126 bytes or more.
        let bound = count + count / 32 + 16
        var frames = ByteBuffer()
        frames.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
            lines.withUnsafeReadableBytes { source in Self.encode(source, opcode: opcode, into: target) }
        }
        return frames
    }

    private static func encode(
        _ source: UnsafeRawBufferPointer,
        opcode: WebSocketOpcode,
        into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        let first = 0x80 | opcode.byte
        var read = 0
        var written = 0
        while read < source.count {
            let rest = source[read...]
            let newline = rest.firstIndex(of: UInt8(ascii: "\n")) ?? source.count
            var end = newline
            if end > read, source[end - 1] == UInt8(ascii: "\r") { end -= 1 }
            let length = end - read
            if length > 0 {
                target[written] = first
                if length < 126 {
                    target[written + 1] = UInt8(length)
                    written += 2
                } else if length <= UInt16.max {
                    target[written + 1] = 126
                    target.storeBytes(of: UInt16(length).bigEndian, toByteOffset: written + 2, as: UInt16.self)
                    written += 4
                } else {
                    target[written + 1] = 127
                    target.storeBytes(of: UInt64(length).bigEndian, toByteOffset: written + 2, as: UInt64.self)
                    written += 10
                }
                UnsafeMutableRawBufferPointer(rebasing: target[written..<(written + length)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[read..<end]))
                written += length
            }
            read = newline + 1
        }
        return written
    }

    /// A ping, pong or close frame.
    ///
    /// - Parameters:
    ///   - opcode: Which of them.
    ///   - payload: At most 125 bytes; what is longer is cut (section 5.5).
    /// - Returns: The frame.
    package static func control(_ opcode: WebSocketOpcode, payload: ByteBuffer = ByteBuffer()) -> ByteBuffer {
        let payload = payload.getSlice(at: payload.readerIndex, length: min(payload.readableBytes, 125)) ?? payload
        var frame = ByteBuffer()
        frame.writeInteger(0x80 | opcode.byte)
        frame.writeInteger(UInt8(payload.readableBytes))
        frame.writeImmutableBuffer(payload)
        return frame
    }

    /// A close frame with its status code (section 7.4.1).
    package static func close(_ code: WebSocketErrorCode) -> ByteBuffer {
        var payload = ByteBuffer()
        payload.write(webSocketErrorCode: code)
        return Self.control(.connectionClose, payload: payload)
    }
}

extension WebSocketOpcode {
    /// The four bits on the wire (section 11.8).
    fileprivate var byte: UInt8 { UInt8(truncatingIfNeeded: Int(webSocketOpcode: self)) }
}
