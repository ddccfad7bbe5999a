package import Chat
import IRC
package import NIOCore

/// A channel as somebody may see it.
package struct ChannelView {
    package let state: ChannelState
    /// Whether who looks is in it.
    package let isMember: Bool
    private let seesHidden: Bool
    private let seesKey: Bool
    /// Who looks.
    private let looking: SessionID
    /// The channel as it goes on; nil if it is not followed here.
    private let replica: ChannelReplica?

    init(_ replica: ChannelReplica, for session: Session) {
        self.init(replica.state, for: session, following: replica.token == nil ? nil : replica)
    }

    init(_ state: ChannelState, for session: Session, following replica: ChannelReplica? = nil) {
        self.state = state
        self.replica = replica
        self.isMember = state.members.contains(session.id)
        self.seesHidden = session.requester.may(.seeHidden)
        self.seesKey = self.isMember || session.requester.may(.enterAnyChannel)
        self.looking = session.id
    }

    package var name: String { self.state.name.raw }

    /// Whether who looks may know that it is there.
    package var isVisible: Bool { self.isMember || self.seesHidden || !self.state.modes.contains(.secret) }

    /// Whether who looks may know what it is about and who is in it (IRCX draft 4.2).
    package var isOpen: Bool { self.isMember || self.seesHidden || !self.state.isHidden }

    private var seesAll: Bool { self.isMember || self.seesHidden }

    /// Whether who looks sees members with a rank only, and itself (mode `u`).
    private var seesRanksOnly: Bool {
        self.state.modes.contains(.auditorium) && !self.seesHidden
            && self.state.members.modes(of: self.looking)?.isHost != true
    }

    /// Whether who looks sees all members, as far as they are not invisible.
    var seesEverybody: Bool { !self.seesRanksOnly }

    /// Whether who looks may know that somebody is in it.
    func shows(_ session: SessionID, with ranks: MemberModes) -> Bool {
        !ranks.isEmpty || session == self.looking || !self.seesRanksOnly
    }

    /// The places of those that who looks may ask the names of.
    package var places: Range<Int> { self.isOpen ? self.state.members.indices : 0..<0 }

    /// How who looks is shown names.
    package func nameStyle(
        _ ranks: VisibleRanks,
        showingAll showsAllRanks: Bool,
        hosts showsHosts: Bool
    ) -> MemberTable.NameStyle {
        MemberTable.NameStyle(
            ranks: ranks,
            showsAllRanks: showsAllRanks,
            showsHosts: showsHosts,
            hidesInvisible: !self.seesAll,
            ranksOnlyFor: self.seesRanksOnly ? self.looking : nil
        )
    }

    /// Writes the name of a member as it is now; nothing if it has left or may not be known.
    package func writeName(at place: Int, _ style: MemberTable.NameStyle, to line: inout ByteBuffer) {
        // As below: not one table or the other.
        if let replica {
            replica.state.members.writeName(at: place, of: self.state.members, style, to: &line)
        } else {
            self.state.members.writeName(at: place, of: self.state.members, style, to: &line)
        }
    }

    /// The members that who looks may know of, each as it is when it is its turn: who has left by then is passed over.
    package var members: some Sequence<Member> {
        let (seesAll, ranksOnly, looking) = (self.seesAll, self.seesRanksOnly, self.looking)
        let (members, replica) = (self.isOpen ? self.state.members : MemberTable(), self.replica)
        return members.sessions.lazy
            .compactMap { session in
                // Not one state or the other: that would copy it for each member.
                if let replica { replica.state.members[session] } else { members[session] }
            }
            .filter { member in
                (seesAll || !member.user.modes.contains(.invisible))
                    && (!ranksOnly || !member.modes.isEmpty || member.session == looking)
            }
    }

    /// The modes with their parameters; the key only for those who may know it.
    package var modeParameters: [String] { self.state.modeParameters(showingKey: self.seesKey) }

    /// Whether who looks may see a list: who may come in in spite of a ban, or uninvited, is for those who run the channel.
    package func mayList(_ list: ListMode, _ session: Session) -> Refusal? {
        if list != .ban, self.state.members.modes(of: session.id)?.isHost != true, !self.seesHidden {
            return Refusal(.hostNeeded, self.name)
        }
        return self.isVisible ? nil : Refusal(.notOnChannel, self.name)
    }
}
