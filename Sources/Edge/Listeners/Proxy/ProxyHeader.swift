package import NIOCore
package import Tenant

/// What a proxy says of the connection that it passes on: HAProxy's PROXY protocol, versions 1 and 2
/// (https://www.haproxy.org/download/2.9/doc/proxy-protocol.txt, section 2).
package struct ProxyHeader: Hashable, Sendable {
    /// The client; `nil` if the proxy speaks for itself (`LOCAL`) or did not know, and the socket's own address holds.
    package var source: IPAddress?
    /// The hostname that the client asked for (`PP2_TYPE_AUTHORITY`), as the client wrote it.
    package var authority: String?
    /// Whether the client reached the proxy over TLS (`PP2_TYPE_SSL`).
    package var isSecure: Bool

    package init(source: IPAddress? = nil, authority: String? = nil, isSecure: Bool = false) {
        self.source = source
        self.authority = authority
        self.isSecure = isSecure
    }

    /// What became of an attempt to read a header.
    package enum Parse: Hashable, Sendable {
        /// So far it may be one.
        case incomplete
        /// It is none, and no further bytes make it one.
        case invalid
        /// A header and how many bytes it takes.
        case header(ProxyHeader, length: Int)
    }

    /// The longest header of version 1, its CR LF included (section 2.1).
    package static let maximumVersion1Bytes = 107
    /// The longest header of version 2 that is taken; the format itself would allow 64 KiB.
    package static let maximumVersion2Bytes = 4096

    static let version1Signature = Array("PROXY ".utf8)
    static let version2Signature: [UInt8] = [
        0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A,
    ]

    /// Reads a header from the first bytes of a connection; consumes nothing.
    package static func parse(_ buffer: ByteBuffer) -> Parse {
        let bytes = buffer.readableBytesView
        guard let first = bytes.first else { return .incomplete }
        let isText = first == Self.version1Signature[0]
        let signature = isText ? Self.version1Signature : Self.version2Signature
        guard zip(bytes, signature).allSatisfy({ $0 == $1 }) else { return .invalid }
        guard bytes.count >= signature.count else { return .incomplete }
        return isText ? Self.parseVersion1(bytes) : Self.parseVersion2(buffer)
    }

    /// Section 2.1: one line of text.
    private static func parseVersion1(_ bytes: ByteBufferView) -> Parse {
        guard let end = bytes.prefix(Self.maximumVersion1Bytes).firstIndex(of: UInt8(ascii: "\n")) else {
            return bytes.count < Self.maximumVersion1Bytes ? .incomplete : .invalid
        }
        let length = end - bytes.startIndex + 1
        guard length >= 2, bytes[end - 1] == UInt8(ascii: "\r") else { return .invalid }
        let line = bytes[bytes.startIndex..<(end - 1)]
        guard line.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return .invalid }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
        // After UNKNOWN the rest of the line is to be ignored.
        if words[1] == "UNKNOWN" { return .header(ProxyHeader(), length: length) }
        guard words.count == 6, words[1] == "TCP4" || words[1] == "TCP6" else { return .invalid }
        let isVersion4 = words[1] == "TCP4"
        guard let source = IPAddress(words[2]), IPAddress(words[3]) != nil,
            words[2].contains(":") != isVersion4, words[3].contains(":") != isVersion4,
            Self.isPort(words[4]), Self.isPort(words[5])
        else { return .invalid }
        return .header(ProxyHeader(source: source), length: length)
    }

    private static func isPort(_ text: Substring) -> Bool {
        guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return false
        }
        return UInt16(text) != nil && (text == "0" || text.first != "0")
    }
}
