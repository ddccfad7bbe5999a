// The encoding of stored hashes and login messages, and the comparison that tells nothing by its time.

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

/// Comparison that takes equally long wherever two byte sequences differ, so that its time tells nothing.
package enum ConstantTime {
    package static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
