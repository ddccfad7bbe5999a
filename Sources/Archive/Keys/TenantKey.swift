import Crypto
package import FoundationEssentials
package import Tenant

/// A tenant's key, which encrypts those of its segments.
package struct TenantKey: Sendable {
    package let tenant: TenantID
    /// Unique in the tenant: 16 hexadecimal digits.
    package let id: String
    let key: SymmetricKey

    /// A key as the bucket and the database have it: encrypted with one of the cell's.
    package struct Wrapped: Codable, Hashable, Sendable {
        package static let format = "roost-key/1"
        package var format = Self.format
        package var tenant: String
        package var key: String
        /// Which key of the cell opens it.
        package var master: String
        /// Nonce, ciphertext and tag of AES-256-GCM, with `tenant/key` authenticated.
        package var wrapped: Data
    }

    /// Makes a new key.
    package init(of tenant: TenantID) {
        self.tenant = tenant
        self.id = SymmetricKey(size: .bits128).withUnsafeBytes { Hexadecimal.text($0.prefix(8)) }
        self.key = SymmetricKey(size: .bits256)
    }

    /// Opens a key.
    ///
    /// - Throws: ``ArchiveError/keyMissing(_:)``, ``ArchiveError/damaged(_:)``
    package init(_ wrapped: Wrapped, with keys: CellKeys) throws(ArchiveError) {
        guard let tenant = TenantID(wrapped.tenant) else { throw .damaged("the key \(wrapped.key) is of no tenant") }
        let place = "\(wrapped.tenant)/\(wrapped.key)"
        let master = try keys.key(wrapped.master)
        guard let key = ArchiveSeal.unwrap(Array(wrapped.wrapped), with: master, place: place) else {
            throw .damaged("the key \(place) does not open with the cell's key \(wrapped.master)")
        }
        self.tenant = tenant
        self.id = wrapped.key
        self.key = key
    }

    /// The key for the bucket, encrypted with the cell's current key.
    package func wrapped(with keys: CellKeys) throws(ArchiveError) -> Wrapped {
        let place = "\(self.tenant.text)/\(self.id)"
        let bytes = try ArchiveSeal.wrap(self.key, with: try keys.key(keys.current), place: place)
        return Wrapped(tenant: self.tenant.text, key: self.id, master: keys.current, wrapped: Data(bytes))
    }
}

/// Bytes as hexadecimal digits.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The bytes that digits are of; nil if they are none.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
