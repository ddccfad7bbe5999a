import Chat
import IRC

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
    private var news = Recent<SessionID, News>(limit: Self.limit)
    /// Who were the last two that were seen with a nickname, by folded nickname, of as many; either may be the later one.
    private var holders = Recent<String, (last: SessionID, other: SessionID?)>(limit: Self.limit)

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
        for (id, news) in self.news.all where state.members.contains(id) {
            switch news {
            case .changed(let known): state.adopt(known.user, of: id, changes: known.changes)
            case .gone: state.evolve(.quit(id, by: Author(session: id, prefix: "", account: nil), reason: ""))
            }
        }
        return state
    }

    mutating func changed(_ member: Member) {
        self.news.set(.changed(member), member.session)
        self.seen(member)
    }

    /// Somebody came with a nickname.
    mutating func seen(_ member: Member) {
        let (id, nick) = (member.session, member.user.nick.folded)
        let before = self.holders[nick]?.last
        if before != id { self.holders.set((id, before), nick) }
    }

    /// Who besides somebody was seen with a nickname and has not left, for all that is known.
    func namesake(_ nick: Nickname, of id: SessionID) -> SessionID? {
        guard let holders = self.holders[nick.folded] else { return nil }
        return [holders.last, holders.other].lazy.compactMap(\.self).first { $0 != id && !self.isGone($0) }
    }

    mutating func quit(_ id: SessionID) { self.news.set(.gone, id) }
}
