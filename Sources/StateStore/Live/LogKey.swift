package import Tenant

/// Names one log of the live store.
///
/// The tenant always comes first, so no key of one tenant can be reached with the id of another.
package struct LogKey: Hashable, Sendable, CustomStringConvertible {
    /// What a log is about.
    ///
    /// The store treats all kinds alike, counts and lists them apart.
    package enum Kind: String, Sendable, CaseIterable {
        /// A channel: its members, modes and topic as fields, its messages as entries.
        case channel = "c"
        /// A session: its record as fields, its inbox as entries.
        case user = "u"
        /// A nickname: who holds it as a field, comings and goings as entries (MONITOR follows these).
        case nick = "n"
        /// An account: the session that it has, as a field.
        case account = "a"
        /// A shard's hold on a session that outlives its connections, for as long as its pod lives.
        case hold = "h"
        /// Who logged in lately: a sealed field for each account (``RememberedLogins``).
        case logins = "l"
        /// The tenant as a whole: announcements to everybody.
        case tenant = "t"
        /// What the cell's edges are to serve, under ``TenantID/cell``: tenants and certificates as fields, each change
        /// as an entry.
        case projection = "p"
    }

    /// A key is made once for a channel or session, and copied and looked up for every message: so it is one
    /// reference, and its hash is computed once.
    private final class Parts: Sendable {
        let tenant: TenantID
        let kind: Kind
        let name: String
        let hash: Int

        init(_ tenant: TenantID, _ kind: Kind, _ name: String) {
            self.tenant = tenant
            self.kind = kind
            self.name = name
            var hasher = Hasher()
            hasher.combine(tenant)
            hasher.combine(kind)
            hasher.combine(name)
            self.hash = hasher.finalize()
        }
    }

    private let parts: Parts

    package init(_ tenant: TenantID, _ kind: Kind, _ name: String) { self.parts = Parts(tenant, kind, name) }

    package var tenant: TenantID { self.parts.tenant }
    package var kind: Kind { self.parts.kind }
    /// The folded name of the channel, nickname or account, the id of the session, or empty for the tenant's own log.
    package var name: String { self.parts.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.parts.hash) }

    package static func == (left: LogKey, right: LogKey) -> Bool {
        if left.parts === right.parts { return true }
        return left.parts.hash == right.parts.hash && left.name == right.name && left.kind == right.kind
            && left.tenant == right.tenant
    }

    /// `tenant:kind:name`.
    ///
    /// Unambiguous: neither a tenant nor a kind contains a colon.
    package var description: String { "\(self.tenant.text):\(self.kind.rawValue):\(self.name)" }
}
