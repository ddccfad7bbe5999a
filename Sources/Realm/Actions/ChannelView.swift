package import Chat
import IRC

/// A channel as somebody may see it.
package struct ChannelView {
    package let state: ChannelState
    /// Whether who looks is in it.
    package let isMember: Bool
    private let seesHidden: Bool

    init(_ replica: ChannelReplica, for session: Session) { self.init(replica.state, for: session) }

    init(_ state: ChannelState, for session: Session) {
        self.state = state
        self.isMember = state.members[session.id] != nil
        self.seesHidden = session.requester.may(.seeHidden)
    }

    package var name: String { self.state.name.raw }

    /// Whether who looks may know that it is there.
    package var isVisible: Bool { self.isMember || self.seesHidden || !self.state.modes.contains(.secret) }

    /// Whether who looks may know what it is about and who is in it (IRCX draft 4.2).
    package var isOpen: Bool { self.isMember || self.seesHidden || !self.state.isHidden }

    /// The members that who looks may know of.
    package var members: [Member] {
        guard self.isOpen else { return [] }
        if self.isMember || self.seesHidden { return Array(self.state.members.values) }
        return self.state.members.values.filter { !$0.user.modes.contains(.invisible) }
    }

    /// The modes with their parameters; the key only for those who may know it.
    package var modeParameters: [String] { self.state.modeParameters(showingKey: self.isMember || self.seesHidden) }

    /// Whether who looks may see a list: who may come in in spite of a ban, or uninvited, is for those who run the channel.
    package func mayList(_ list: ListMode, _ session: Session) -> Refusal? {
        if list != .ban, self.state.members[session.id]?.modes.isHost != true, !self.seesHidden {
            return Refusal(.hostNeeded, self.name)
        }
        return self.isVisible ? nil : Refusal(.notOnChannel, self.name)
    }
}
