import Chat
import DequeModule

/// What is known here of users' latest changes, whichever log brought it first.
///
/// A NICK, QUIT or AWAY stands in the log of each of the user's channels, and those logs arrive one by one. A client has one
/// picture of a user for all of them; so a change holds in all channels here as soon as one log has brought it, is told then,
/// once, and is nothing new where it comes later. What is older and comes late is shown with what is known by now.
struct UserNews {
    private enum News {
        /// The user as of its latest change.
        case changed(Member)
        case gone
    }

    /// How many users are remembered: copies come one behind the other, later only after a repair.
    private static let limit = 1024
    private var news: [SessionID: News] = [:]
    private var order: Deque<SessionID> = []

    /// Whether a change is not known yet.
    func isNew(_ number: UInt32, of id: SessionID) -> Bool {
        switch self.news[id] {
        case nil: true
        case .changed(let known): known.lacks(number)
        case .gone: false
        }
    }

    /// Whether somebody has left the network.
    func isGone(_ id: SessionID) -> Bool { if case .gone? = self.news[id] { true } else { false } }

    /// A member as it is known by now.
    func latest(_ member: Member) -> Member {
        guard case .changed(let known)? = self.news[member.session], member.lacks(known.changes) else { return member }
        var member = member
        (member.user, member.changes) = (known.user, known.changes)
        return member
    }

    /// The state of a channel with what is known of its members by now: it may have been read before that.
    func latest(_ state: ChannelState) -> ChannelState {
        var state = state
        for (id, news) in self.news where state.members.contains(id) {
            switch news {
            case .changed(let known): state.adopt(known.user, of: id, changes: known.changes)
            case .gone: state.evolve(.quit(id, by: Author(session: id, prefix: "", account: nil), reason: ""))
            }
        }
        return state
    }

    mutating func changed(_ member: Member) { self.set(.changed(member), member.session) }

    mutating func quit(_ id: SessionID) { self.set(.gone, id) }

    private mutating func set(_ news: News, _ id: SessionID) {
        if self.news.updateValue(news, forKey: id) == nil {
            self.order.append(id)
            if self.order.count > Self.limit, let oldest = self.order.popFirst() { self.news[oldest] = nil }
        }
    }
}
