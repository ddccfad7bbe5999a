// Bytes as text.

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Sequence<UInt8> {
    private static var digits: [UInt8] { Array("0123456789abcdef".utf8) }

    /// Two digits of base 16 (RFC 4648, section 8) for each byte, in small letters.
    package var hex: String {
        let digits = Self.digits
        return String(decoding: self.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
    }

    /// As Base64 (RFC 4648, section 4).
    var base64: String { Data(self).base64EncodedString() }
}

extension [UInt8] {
    /// The bytes that digits of base 16 are of; nil if they are none.
    package init?(hex text: String) {
        let digits = text.compactMap { $0.hexDigitValue.map(UInt8.init) }
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
