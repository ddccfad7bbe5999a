// Who may not be on the network at all: the same language as bans of channels, over all of it.

import IRC

/// A ban of the network: whom it means, why, by whom, since when and until when.
package struct NetworkBan: Hashable, Sendable {
    /// The longest reason, in bytes: as long as that of a KICK.
    package static let longestReason = Lengths.reason
    /// What the row is called that closes the network: a text that no ban has, since those of masks are in full form.
    package static let everybody = "*"

    /// What it does to whom it means.
    package enum Effect: String, Hashable, Sendable {
        /// They are not on the network.
        case refuse
        /// They are kept apart.
        case quarantine
        /// They say nothing.
        case mute
        /// The network is closed to who has no account: one row, of everybody.
        case raid
        /// They are on the network only when they have logged in.
        case demandLogin = "sasl"
    }

    package let effect: Effect
    /// Whom it means, as lists show it: a mask, or an extended ban of an account, an address, a real name or a
    /// certificate; ``everybody`` where the network is closed.
    package let mask: String
    package let reason: String
    /// The account of who set it.
    package let setter: String
    /// What they were.
    package let role: Role
    /// Milliseconds since 1970.
    package let time: Int64
    /// Likewise; nil if it holds for good.
    package let until: Int64?
    private let ban: Ban

    /// - Returns: nil if the text means nobody by what can be banned here; see ``mask(_:)``.
    package init?(
        mask text: String,
        _ effect: Effect = .refuse,
        reason: String,
        setter: String,
        role: Role = .admin,
        time: Int64,
        until: Int64?
    ) {
        guard let ban = Self.ban(text) else { return nil }
        self.ban = ban
        self.mask = effect == .raid ? Self.everybody : ban.text
        self.effect = effect
        (self.reason, self.setter, self.role, self.time, self.until) = (reason, setter, role, time, until)
    }

    /// How a text is shown that says whom a ban means: an address or a network by itself is one too.
    ///
    /// - Returns: nil if it says nothing that can be banned here.
    package static func mask(_ text: String) -> String? { self.ban(text)?.text }

    private static func ban(_ text: String) -> Ban? {
        let text = AddressRange(text) == nil ? text : "*!*@\(text)"
        guard let ban = Ban(text, seesAddresses: true), ban.effect == .everything else { return nil }
        switch ban.subject {
        case .channel: return nil
        case .mask, .account, .realname, .fingerprint, .address: return ban
        }
    }

    /// Whether it holds at a time.
    package func holds(at now: Int64) -> Bool { self.until.map { now < $0 } ?? true }

    /// Whether another one means the same people, however it is written.
    ///
    /// That the network is closed is another thing than a ban of everybody.
    package func meansSame(as other: NetworkBan) -> Bool {
        self.ban == other.ban && (self.effect == .raid) == (other.effect == .raid)
    }

    /// Whether it means one account, and not all of a pattern.
    package var isOfOneAccount: Bool { self.isOfAccounts && !self.mask.contains { "*?".contains($0) } }

    /// Whether it means people by their account, who have logged in.
    package var isOfAccounts: Bool { if case .account = self.ban.subject { true } else { false } }

    /// Whether whom it means depends on what USER says: a user name or a real name.
    package var isOfUsers: Bool {
        switch self.ban.subject {
        case .realname: true
        case .mask(let mask), .address(_, let mask): mask.namesUser
        case .account, .channel, .fingerprint: false
        }
    }

    /// Whether it means somebody.
    package func matches(_ requester: Requester) -> Bool { self.ban.matches(requester) }
}
