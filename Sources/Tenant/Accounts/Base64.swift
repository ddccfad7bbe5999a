// The encoding of stored hashes and login messages.

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Base64 (RFC 4648 section 4), strict when reading.
enum Base64 {
    static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        // Foundation takes any number of padding characters, and bits that belong to no byte.
        Data(base64Encoded: String(text)).map { [UInt8]($0) }.flatMap { Self.encode($0) == text ? $0 : nil }
    }

    static func encodeUnpadded(_ bytes: [UInt8]) -> String { String(Self.encode(bytes).prefix { $0 != "=" }) }

    static func decodeUnpadded(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.contains("=") else { return nil }
        return Self.decode(text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4))
    }
}
