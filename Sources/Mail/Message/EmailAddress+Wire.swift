// Addresses in the form in which most servers take them.

import CIDNA
package import Tenant

extension EmailAddress {
    /// What stands before the @.
    package var local: Substring { self.text[..<(self.text.lastIndex(of: "@") ?? self.text.endIndex)] }

    /// What stands behind the @, with labels that are not ASCII as A-labels (RFC 5890), where there are such.
    package var wireDomain: String {
        let domain = String(self.text[self.local.endIndex...].dropFirst())
        guard !domain.utf8.allSatisfy({ $0 < 0x80 }) else { return domain }
        let encoded = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.longest) { bytes in
            let count = idna_to_ascii(domain, Int32(clamping: domain.utf8.count), bytes.baseAddress, Int32(bytes.count))
            return String(decoding: bytes.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        return encoded.isEmpty ? domain : encoded
    }

    /// The address as it goes into envelope and headers: ASCII, unless the local part is not.
    ///
    /// Then only servers that know SMTPUTF8 (RFC 6531) take it, and libcurl asks for that by itself.
    package var wire: String { "\(self.local)@\(self.wireDomain)" }
}
