// Who may use rights against whom: nobody against who has more of them. What a session has as an operator stands in its record, so that
// all shards know it.

package import Chat
import IRC

extension SessionRecord {
    /// What its user is at this moment.
    var standing: Role { Role.standing(self.user, as: self.role) }
}

extension Session {
    /// What its user is at this moment, wherever that was proved.
    package var standing: Role { Role.standing(self.user, as: self.role) }

    /// What it has to be left alone by, who has fewer rights: also before it asked for them.
    var shield: Rights { self.standing.rights.union(self.login?.role.rights ?? []) }
}

extension Role {
    /// - `role`: what the store has; an earlier version wrote nothing, and knew only administrators.
    fileprivate static func standing(_ user: User, as role: Role?) -> Role {
        user.modes.contains(.operator) ? role ?? .admin : .user
    }
}

extension FoundUser {
    /// What they are at this moment.
    package var standing: Role {
        switch self {
        case .here(let session): session.standing
        case .elsewhere(let other): other.record.standing
        }
    }
}

extension Actor {
    /// Goes on if the actor's rights reach somebody.
    func check(_ right: Rights, against found: FoundUser) throws(Refusal) {
        guard self.may(right) else { throw Refusal(.rightNeeded) }
        guard self.rights.reach(found.standing.rights) else {
            throw Refusal(.rightNeeded, text: "\(found.nick) has rights that you lack")
        }
    }
}

extension NetworkBan {
    /// Whether it holds for who has some rights: not for those who could have set it as well.
    func holds(against rights: Rights) -> Bool { self.role.rights.reach(rights) && rights != self.role.rights }
}
