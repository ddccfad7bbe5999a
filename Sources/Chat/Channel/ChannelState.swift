package import IRC

/// A channel as the rules see it: what every replica agrees on after the same entries.
///
/// Changed by ``evolve(_:)`` alone; what may change is decided in the `ChannelState+…` files.
package struct ChannelState: Hashable, Sendable {
    package internal(set) var name: ChannelName
    /// When it was made, milliseconds since 1970.
    package var created: Int64
    /// When it came here from another name, milliseconds since 1970: what was said before stands elsewhere.
    package var moved: Int64?
    /// The names under which that was, the last one last.
    package internal(set) var former: [FormerName] = []
    package var modes: ChannelModes = .initial
    /// Letters of switches that a later version knows; they are kept as they are.
    var laterModes = ""
    package var key: String?
    package var limit: Int?
    /// What other modes with a value are set to.
    package var values: [ValueMode: String] = [:]
    package var topic: Topic?
    package internal(set) var members = MemberTable()
    /// In the order in which they were set.
    package var lists: [ListMode: [ListEntry]] = [:]
    /// ACCESS entries by level and mask, as the store has them; the rules for them come with the ACCESS command.
    package var access: [String: [UInt8]] = [:]
    /// PROP values by name, likewise.
    package var properties: [String: String] = [:]
    /// Who may come in once although the channel is for the invited only.
    package var invited: Set<SessionID> = []
    /// What those who run the channel say of it by keys.
    package var metadata = Metadata()
    /// Why and until when it is closed to guests; what has ended stays until the next.
    package internal(set) var raid: ChannelRaid?
    /// To whom it belongs; nil if it goes with its last member.
    package internal(set) var registration: ChannelRegistration?
    /// Ranks that are kept for those whom a server's end took out of it, by who they are.
    package internal(set) var awaited: [String: AwaitedRank] = [:]
    /// Invitations that nobody follows are forgotten once there are more than this.
    package static let maximumInvitations = 100

    package init(name: ChannelName, created: Int64) {
        self.name = name
        self.created = created
    }

    package func member(nick: Nickname) -> Member? { self.members.named(nick) }

    /// Whether people outside may know of the channel.
    package var isHidden: Bool { !self.modes.isDisjoint(with: [.secret, .private]) }

    /// Whether members without a rank do not see each other (mode `u`), and this is one of them.
    package func hides(_ ranks: MemberModes) -> Bool {
        self.modes.contains(.auditorium) && ranks.isEmpty
    }

    /// Whose invitation lapses with a new one, since there are too many.
    ///
    /// Any but the new one would do: the session's number decides, so that all replicas agree.
    func lapsingInvitation(for session: SessionID) -> SessionID? {
        guard self.invited.count >= Self.maximumInvitations, !self.invited.contains(session) else { return nil }
        return self.invited.min { $0.rawValue < $1.rawValue }
    }
}
