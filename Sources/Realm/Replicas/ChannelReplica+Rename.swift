package import Chat
package import IRC
import StateStore

/// A channel that goes on under another name, on its way to who is in it.
package struct ChannelRename {
    /// The name as it was spelled.
    package let old: String
    package let new: ChannelName
    package let author: Author
    package let reason: String?
    /// Milliseconds since 1970.
    package let time: Int64
    /// What led to it just now, if it is here.
    let cause: (any Attachment)?
    /// The numbers of those who know the session to be in it under the old name.
    var told: Set<UInt32> = []
}

/// What replicas do when a channel is renamed: see ``Network/renameChannel(_:to:reason:by:_:)``.
extension ChannelReplica {
    /// The channel has another name: here, or in another log, to which everybody here goes.
    func renamed(to name: ChannelName, by author: Author, reason: String?, _ entry: Entry) {
        if name.folded == self.key.name {
            let event = ChannelEvent.renamed(name, by: author, reason: reason)
            // Told under the name that it has until then.
            self.announce(event, time: entry.time, from: entry.producer)
            return self.evolve(event, at: entry.position)
        }
        let member = author.session.flatMap { self.state.members[$0] }
        let acting = author.session.flatMap { self.network.sessions[$0] }
        let rename = ChannelRename(
            old: self.state.name.raw,
            new: name,
            author: member.map { Author($0.session, $0.user) } ?? author,
            reason: reason,
            time: entry.time,
            cause: acting?.acting(in: self.key, by: entry.producer)
        )
        let residents = self.network.sessions.all.filter { $0.isMember(of: self) }
        self.pins += 1
        self.early = []
        self.dropped()
        for session in residents {
            var rename = rename
            rename.told = Set(session.attachments.filter { self.has($0) }.map(\.number))
            self.exit(session)
            session.move(rename, from: self.key.name)
        }
        self.pins -= 1
        self.network.replicas.letGo(of: self)
    }

    /// A channel has come here with all that it had.
    func continued() {
        self.isArriving = true
        self.stale = Stale()
        self.load(attempt: 0)
    }
}
