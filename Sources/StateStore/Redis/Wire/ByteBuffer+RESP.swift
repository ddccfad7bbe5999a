import NIOCore

// Commands as Redis reads them: an array of bulk strings. Nothing is formatted through `String`.

extension ByteBuffer {
    /// A whole command.
    static func redis(_ words: [String]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeRedisArray(words.count)
        for word in words { buffer.writeRedisBulk(word) }
        return buffer
    }

    /// A call of a function that names no keys: `FCALL name 0 …`.
    static func redis(_ function: RedisLibrary.Function, _ arguments: [String] = []) -> ByteBuffer {
        .redis(["FCALL", function.name, "0"] + arguments)
    }

    /// The same with some bytes as its last argument, or without.
    static func redis(_ function: RedisLibrary.Function, _ arguments: [String], carrying bytes: [UInt8]?) -> ByteBuffer
    {
        guard let bytes else { return .redis(function, arguments) }
        let words = ["FCALL", function.name, "0"] + arguments
        var buffer = ByteBuffer()
        buffer.writeRedisArray(words.count + 1)
        for word in words { buffer.writeRedisBulk(word) }
        buffer.writeRedisBulkHead(bytes.count)
        buffer.writeBytes(bytes)
        buffer.writeStaticString("\r\n")
        return buffer
    }

    mutating func writeRedisArray(_ count: Int) {
        self.writeInteger(UInt8(ascii: "*"))
        self.writeDecimal(count)
        self.writeStaticString("\r\n")
    }

    mutating func writeRedisBulkHead(_ length: Int) {
        self.writeInteger(UInt8(ascii: "$"))
        self.writeDecimal(length)
        self.writeStaticString("\r\n")
    }

    mutating func writeRedisBulk(_ text: String) {
        self.writeRedisBulkHead(text.utf8.count)
        self.writeString(text)
        self.writeStaticString("\r\n")
    }

    /// Puts a number that is not negative in the place of sixteen bytes, with zeros before it.
    mutating func setPaddedDecimal(_ number: Int64, at index: Int) {
        var rest = number
        for place in (index..<index + Self.paddedLength).reversed() {
            self.setInteger(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), at: place)
            rest /= 10
        }
    }

    /// How many digits ``setPaddedDecimal(_:at:)`` writes.
    static var paddedLength: Int { 16 }

    /// Writes a number that is not negative.
    mutating func writeDecimal(_ number: Int) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var start = digits.count
            var rest = number
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            self.writeBytes(UnsafeRawBufferPointer(rebasing: digits[start...]))
        }
    }
}
