// What events do to a channel. Total and without judgement: that was done when they were decided.

import IRC

extension ChannelState {
    /// Applies what happened.
    ///
    /// Total: any event fits any state, so that a replica never stops following its log.
    package mutating func evolve(_ event: ChannelEvent) {
        switch event {
        case .joined(let member, let founding):
            if let founding { (self.name, self.created) = (founding.name, founding.created) }
            self.members.insert(member)
            self.invited.remove(member.session)
            if !self.awaited.isEmpty { self.awaited[AwaitedRank.identity(of: member.user)] = nil }
        case .parted(let session, _, _), .quit(let session, _, _), .kicked(let session, _, _, _):
            self.members.remove(session)
            self.invited.remove(session)
        case .modes(let changes, _):
            for change in changes { self.evolve(change) }
        case .topic(let topic, _):
            self.topic = topic
        case .changed(let session, let change, _, let number):
            guard var user = self.members[session]?.user else { return }
            user.apply(change)
            self.adopt(user, of: session, changes: number)
        case .invited(let session, _, _):
            if let lapsing = self.lapsingInvitation(for: session) { self.invited.remove(lapsing) }
            self.invited.insert(session)
        case .raid(let raid, _, _): self.raid = raid
        case .metadata(let changes, _): self.metadata.apply(changes)
        case .registration(let changes, _):
            for change in changes { self.evolve(change) }
            if self.registration != nil { self.awaited = [:] }
        case .renamed(let name, _, _):
            if name.folded == self.name.folded {
                self.name = name
            } else {
                (self.members, self.invited, self.awaited) = (MemberTable(), [], [:])
            }
        case .awaited(let ranks, let gone):
            for identity in gone { self.awaited[identity] = nil }
            for rank in ranks { self.awaited[rank.identity] = rank }
        case .message, .redacted, .knocked, .continued, .restored:
            break
        }
    }

    /// A member as it is after its change of this number, if that is not known yet.
    package mutating func adopt(_ user: User, of session: SessionID, changes number: UInt32) {
        guard var member = self.members[session], member.lacks(number) else { return }
        (member.user, member.changes) = (user, number)
        self.members.insert(member)
    }

    private mutating func evolve(_ change: ModeChange) {
        switch change {
        case .flag(let mode, let on):
            if on { self.modes.insert(mode) } else { self.modes.remove(mode) }
        case .key(let key): self.key = key
        case .limit(let limit): self.limit = limit
        case .value(let mode, let value): self.values[mode] = value
        case .list(let list, let entry, let on):
            self.lists[list, default: []].removeAll { $0.mask == entry.mask }
            if on {
                self.lists[list, default: []].append(entry)
                self.lists[list]?.sort { ($0.time, $0.mask) < ($1.time, $1.mask) }
            }
            if self.lists[list]?.isEmpty == true { self.lists[list] = nil }
        case .rank(let mode, let session, _, let on):
            guard var member = self.members[session] else { return }
            if on { member.modes.insert(mode) } else { member.modes.remove(mode) }
            self.members.insert(member)
        }
    }
}
