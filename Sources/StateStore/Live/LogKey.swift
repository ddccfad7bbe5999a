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
        /// The tenant as a whole: announcements to everybody.
        case tenant = "t"
    }

    package let tenant: TenantID
    package let kind: Kind
    /// The folded name of the channel or nickname, the id of the session, or empty for the tenant's own log.
    package let name: String
    /// Computed once: a key is made once for a channel or session and looked up for every message.
    private let hash: Int

    package init(_ tenant: TenantID, _ kind: Kind, _ name: String) {
        self.tenant = tenant
        self.kind = kind
        self.name = name
        var hasher = Hasher()
        hasher.combine(tenant)
        hasher.combine(kind)
        hasher.combine(name)
        self.hash = hasher.finalize()
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.hash) }

    package static func == (left: LogKey, right: LogKey) -> Bool {
        left.hash == right.hash && left.name == right.name && left.kind == right.kind && left.tenant == right.tenant
    }

    /// `tenant:kind:name`.
    ///
    /// Unambiguous: neither a tenant nor a kind contains a colon.
    package var description: String { "\(self.tenant.text):\(self.kind.rawValue):\(self.name)" }
}
