// What proves an account is as good as its password to who can try passwords against it. In the live store it is sealed: the
// store's disk, its backups and who may read it have nothing of it.

package import Crypto
import FoundationEssentials
package import Tenant

/// Seals what is remembered of a tenant's log-ins, and opens it.
///
/// A box is a version (1 byte), when the account was confirmed (8 bytes, milliseconds since 1970, big-endian), and AES-256-GCM's
/// nonce, ciphertext and tag (NIST SP 800-38D) over the account as JSON. All that stands before the nonce is authenticated with
/// it, and so are log, section and account: a box that was copied to another account or another tenant does not open.
package struct LoginSeal: Sendable {
    /// What of an account is kept: what a log-in is checked against, and nothing of what it may do.
    private struct Content: Codable {
        let name: String
        let passwordHash: String?
        let scram: String?
        let isAlwaysOn: Bool?
        let createdAt: Int64
        let updatedAt: Int64
    }

    private static let version: UInt8 = 1
    private static let headBytes = 9
    private let key: SymmetricKey
    private let tenant: TenantID

    /// Derives the tenant's key (HKDF, RFC 5869).
    ///
    /// - Parameters:
    ///   - secret: The installation's secret, the same on every edge.
    ///   - tenant: Whose log-ins.
    package init(from secret: SymmetricKey, tenant: TenantID) {
        self.key = HostCloak.tenantKey(from: secret, tenant: tenant, purpose: "remembered log-ins")
        self.tenant = tenant
    }

    /// Seals an account.
    ///
    /// - Parameters:
    ///   - account: As the database has it.
    ///   - time: When that was, in milliseconds since 1970.
    /// - Returns: The box, another one each time; nil if it cannot be made, which no account leads to.
    package func seal(_ account: Account, at time: Int64) -> [UInt8]? {
        let head = [Self.version] + withUnsafeBytes(of: time.bigEndian) { Array($0) }
        let content = Content(
            name: account.name,
            passwordHash: account.credentials.passwordHash,
            scram: account.credentials.scram,
            isAlwaysOn: account.isAlwaysOn,
            createdAt: account.createdAt,
            updatedAt: account.updatedAt
        )
        let place = self.place(of: account.folded, head)
        guard let json = try? JSONEncoder().encode(content),
            let box = try? AES.GCM.seal(json, using: self.key, authenticating: place).combined
        else { return nil }
        return head + box
    }

    /// Opens the box of an account.
    ///
    /// - Parameters:
    ///   - box: What stands in the account's field.
    ///   - folded: The account's name, folded.
    /// - Returns: The account as it was confirmed, a mere user whatever it was; nil if the box is of another place, key or
    ///   version, or was changed.
    package func open(_ box: [UInt8], of folded: String) -> Account? {
        guard Self.time(of: box) != nil else { return nil }
        let head = Array(box.prefix(Self.headBytes))
        guard let sealed = try? AES.GCM.SealedBox(combined: box.dropFirst(Self.headBytes)),
            let json = try? AES.GCM.open(sealed, using: self.key, authenticating: self.place(of: folded, head)),
            let content = try? JSONDecoder().decode(Content.self, from: json)
        else { return nil }
        return Account(
            tenant: self.tenant,
            name: content.name,
            folded: folded,
            credentials: .init(passwordHash: content.passwordHash, scram: content.scram),
            isAlwaysOn: content.isAlwaysOn,
            createdAt: content.createdAt,
            updatedAt: content.updatedAt
        )
    }

    /// When the account of a box was confirmed, in milliseconds since 1970; nil if the box is none, or of another version.
    ///
    /// That nobody changed it shows when the box is opened.
    package static func time(of box: [UInt8]) -> Int64? {
        guard box.count > self.headBytes, box[0] == self.version else { return nil }
        return Int64(bitPattern: box[1..<self.headBytes].reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// Neither a tenant nor a section has a colon, and the head is always as long: so no two places are alike.
    private func place(of folded: String, _ head: [UInt8]) -> [UInt8] {
        let log = RememberedLogins.log(of: self.tenant).description
        return head + Array(log.utf8) + [RememberedLogins.section.byte] + Array(folded.utf8)
    }
}
