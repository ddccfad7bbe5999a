// The text of a benchmark message carries all that its receiver must check, at fixed places:
//
//     ~IIIIIIII.CCCC.TTTTTTTTTTTTTTTT the rest is filler …
//
// I: number of the message in its channel or pair, C: the channel's or pair's index, T: when it was sent, in monotonic
// nanoseconds (0 where nobody asks); all hexadecimal. Every text has the same length, so a receiver finds it by counting
// from the end of the line.

import Glibc

/// Writes and reads the texts of benchmark messages.
enum Payload {
    /// The shortest text that holds the fields.
    static let minimumLength = 32

    static let firstByte = UInt8(ascii: "~")

    /// A text of `length` bytes with all fields zero.
    static func template(length: Int) -> [UInt8] {
        let fields = Array("~00000000.0000.0000000000000000 ".utf8)
        let words = Array("pack my box with five dozen liquor jugs, said the quick brown fox to the lazy dog ".utf8)
        var text = fields
        while text.count < length { text.append(words[(text.count - fields.count) % words.count]) }
        // A trailing space is what a server may trim.
        if text.count > fields.count { text[length - 1] = UInt8(ascii: ".") }
        return text
    }

    @inline(__always)
    static func setNumber(_ number: UInt32, in text: UnsafeMutableRawPointer) {
        putHexadecimal(UInt64(number), digits: 8, at: text + 1)
    }

    @inline(__always)
    static func setIndex(_ index: Int, in text: UnsafeMutableRawPointer) {
        putHexadecimal(UInt64(index), digits: 4, at: text + 10)
    }

    @inline(__always)
    static func setTime(_ nanoseconds: UInt64, in text: UnsafeMutableRawPointer) {
        putHexadecimal(nanoseconds, digits: 16, at: text + 15)
    }

    @inline(__always)
    static func number(in text: UnsafeRawPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: hexadecimal(digits: 8, at: text + 1))
    }

    @inline(__always)
    static func index(in text: UnsafeRawPointer) -> Int {
        Int(hexadecimal(digits: 4, at: text + 10))
    }

    @inline(__always)
    static func time(in text: UnsafeRawPointer) -> UInt64 {
        hexadecimal(digits: 16, at: text + 15)
    }

    @inline(__always)
    static func putHexadecimal(_ value: UInt64, digits: Int, at place: UnsafeMutableRawPointer) {
        var value = value
        for position in stride(from: digits &- 1, through: 0, by: -1) {
            let digit = UInt8(truncatingIfNeeded: value & 15)
            place.storeBytes(of: digit &+ (digit < 10 ? 48 : 87), toByteOffset: position, as: UInt8.self)
            value >>= 4
        }
    }

    @inline(__always)
    private static func hexadecimal(digits: Int, at place: UnsafeRawPointer) -> UInt64 {
        var value: UInt64 = 0
        for position in 0..<digits {
            let byte = place.load(fromByteOffset: position, as: UInt8.self)
            // '0'…'9' and 'a'…'f': the low four bits, and nine more for a letter.
            value = value << 4 | UInt64((byte & 15) &+ (byte >> 6) &* 9)
        }
        return value
    }
}

/// Nicks of benchmark clients: `b` and four hexadecimal digits, short enough for every server.
enum Nick {
    /// Bytes of a nick.
    static let length = 5

    static func bytes(of client: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: UInt8(ascii: "b"), count: length)
        bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            Payload.putHexadecimal(UInt64(client), digits: 4, at: base + 1)
        }
        return bytes
    }

    /// The client that a source or a name of a NAMES reply names; nil where it is none of ours.
    static func client(in name: some Collection<UInt8>) -> Int? {
        let nick = name.drop { $0 != UInt8(ascii: "b") }.dropFirst().prefix(4)
        guard nick.count == 4 else { return nil }
        var value = 0
        for byte in nick {
            switch byte {
            case 48...57: value = value << 4 | Int(byte - 48)
            case 97...102: value = value << 4 | Int(byte - 87)
            default: return nil
            }
        }
        return value
    }

    /// The first seven bytes of a line from `client` (`:bXXXX!`) as a number, to compare in one step.
    static func sourceKey(of client: Int) -> UInt64 {
        let source = [UInt8(ascii: ":")] + bytes(of: client) + [UInt8(ascii: "!")]
        return source.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The same seven bytes of a received line of at least eight.
    @inline(__always)
    static func sourceKey(in line: UnsafeRawPointer) -> UInt64 {
        line.loadUnaligned(as: UInt64.self) & 0x00ff_ffff_ffff_ffff
    }
}
