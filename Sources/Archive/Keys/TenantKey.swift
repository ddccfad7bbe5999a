import Crypto
package import FoundationEssentials
import ObjectStore
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
        self.id = SymmetricKey(size: .bits128).withUnsafeBytes { $0.prefix(8).hex }
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
