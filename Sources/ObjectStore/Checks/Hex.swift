// Bytes as text.

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Sequence<UInt8> {
    private static var digits: [UInt8] { Array("0123456789abcdef".utf8) }

    /// Two digits of base 16 for each byte, in small letters.
    var hex: String {
        let digits = Self.digits
        return String(decoding: self.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
    }

    /// As Base64 (RFC 4648, section 4).
    var base64: String { Data(self).base64EncodedString() }
}
