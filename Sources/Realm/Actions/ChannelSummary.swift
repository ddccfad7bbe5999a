package import Chat
import IRC
import StateStore

/// What a list shows of a channel, read at no more cost than that.
package struct ChannelSummary {
    /// Without its members.
    package let state: ChannelState
    package let members: Int
    /// Whether who asks is in it.
    package let isMember: Bool

    /// Whether it is there for those alone whom a server's end took out of it.
    package var isDeserted: Bool { self.members == 0 && self.state.registration == nil }

    package init(_ view: ChannelView) {
        self.state = view.state
        self.members = view.state.members.count
        self.isMember = view.isMember
    }

    init?(_ excerpt: Excerpt, for session: SessionID) {
        guard excerpt.exists, let name = ChannelName(excerpt.log.name, under: Names.caseMapping) else { return nil }
        self.state = ChannelState(name: name, fields: excerpt.chatFields)
        self.members = excerpt.counts[.members] ?? 0
        self.isMember = self.state.members.contains(session)
    }

    static func request(for session: SessionID) -> Excerpt.Request {
        let fields = ChannelState.summaryFields + [ChannelState.memberField(session), ChannelRegistration.founderField]
        return Excerpt.Request(fields: fields.map(FieldName.init), counts: [.members])
    }
}
