// The proof of a tenant's end, beside all tenants in the bucket: what lay there of it, which keys opened it, and that both are gone.

package import ObjectStore
import StateStore
package import Tenant

/// What is signed of the erasure of a tenant's archive.
package struct ErasureCertificate: Codable, Hashable, Sendable {
    package static let format = "roost-erasure/1"
    /// The most that one, or a list of one, may have.
    package static let limit = 64 << 20
    /// How many locked versions are named.
    static let lockedNamed = 1000

    /// A list of what was destroyed, which is an object of its own.
    package struct List: Codable, Hashable, Sendable {
        package var object: String
        /// Of all its bytes, in hexadecimal digits.
        package var sha256: String
    }

    /// A version of an object, as lists have it, a line of JSON for each.
    package struct Entry: Codable, Hashable, Sendable {
        package var key: String
        /// nil where the bucket has no versions.
        package var version: String?
        package var bytes: Int
    }

    package var format = Self.format
    package var tenant: String
    package var namespace: String
    /// Of the tenant's object: another one of its name is another tenant.
    package var uid: String
    /// When everything was seen to be gone: ISO 8601.
    package var finished: String
    package var lists: [List]
    /// How many versions of objects were destroyed, delete markers included, and how many bytes they had.
    package var versions: Int
    package var bytes: Int
    /// The ids of the tenant's keys, of which none is left in the bucket or the database.
    package var keys: [String]
    /// Versions that a lock of the bucket keeps until it ends: nobody can read them, since their key is gone.
    package var locked: [Entry]
    /// How many those are, where not all are named.
    package var lockedVersions: Int
}

/// Where certificates lie.
package struct ErasurePaths: Hashable, Sendable {
    /// No tenant is called so.
    private let root: String

    package init(prefix: String) { self.root = "\(prefix)_erasures/" }

    /// What belongs to one erasure.
    func folder(_ tenant: String, _ uid: String) -> String { "\(self.root)\(tenant)/\(uid)/" }

    /// `_erasures/acme/UID/certificate.jsonl`.
    func certificate(_ erasure: ArchiveErasure) throws(ArchiveError) -> ObjectKey {
        try Self.key("\(self.folder(erasure.tenant.text, erasure.uid))certificate.jsonl")
    }

    /// `_erasures/acme/UID/list-000001.jsonl`.
    func list(_ erasure: ArchiveErasure, _ number: Int) throws(ArchiveError) -> ObjectKey {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        return try Self.key("\(self.folder(erasure.tenant.text, erasure.uid))list-\(padded).jsonl")
    }

    /// Whether an object is a list of an erasure.
    static func isList(_ key: ObjectKey) -> Bool {
        key.text.split(separator: "/").last?.hasPrefix("list-") ?? false
    }

    /// Whether an object is a certificate.
    package static func isCertificate(_ key: ObjectKey) -> Bool { key.text.hasSuffix("/certificate.jsonl") }

    /// All certificates of a tenant's name; nil is of all.
    package func certificates(of tenant: TenantID?) -> String {
        tenant.map { "\(self.root)\($0.text)/" } ?? self.root
    }

    private static func key(_ text: String) throws(ArchiveError) -> ObjectKey {
        guard let key = ObjectKey(text) else { throw .configuration("`\(text)` is no key of an object") }
        return key
    }
}
