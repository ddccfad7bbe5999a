import Chat
import StateStore

/// What a log brings of a user holds in all channels here from then on, and each client that shares any of them hears of it once.
extension Network {
    /// A user as one log shows it: what is newer than elsewhere is told.
    ///
    /// The log that brings a change has all earlier ones of the user, those of other channels may still be on their way; so what
    /// is told in each is what makes the new user of the one that is known there.
    ///
    /// - `change`: the latest, if it comes just now.
    func tell(
        _ latest: Member,
        by change: UserChange? = nil,
        at time: Int64,
        from producer: ProducerID? = nil
    ) {
        let (id, number) = (latest.session, latest.changes)
        guard self.news.isNew(number, of: id) else { return }
        var told: Set<ObjectIdentifier> = []
        // Who is here may be about to be seen in channels that do not know of it yet.
        var isNews = self.sessions[id] != nil
        for replica in self.replicas.having(id) {
            guard let old = replica.state.members[id], old.lacks(number) else { continue }
            isNews = true
            told.formUnion(replica.tell(latest, insteadOf: old.user, at: time, from: producer, except: told))
        }
        if isNews { self.news.changed(latest) }
        self.sessions[id]?.changed(to: latest.user, number, by: change, at: time, from: producer)
    }

    /// A user has left the network.
    func tellQuit(_ event: Chat.ChannelEvent, of id: SessionID, at time: Int64, from producer: ProducerID?) {
        var told: Set<ObjectIdentifier> = []
        let replicas = self.replicas.having(id)
        for replica in replicas {
            replica.announce(event, time: time, from: producer) {
                $0.session?.id != id && told.insert(ObjectIdentifier($0)).inserted
            }
        }
        self.news.quit(id)
        for replica in replicas { replica.state.evolve(event) }
    }
}

extension ChannelReplica {
    /// - `told`: who knows it already.
    /// - Returns: who was told.
    fileprivate func tell(
        _ latest: Member,
        insteadOf old: User,
        at time: Int64,
        from producer: ProducerID?,
        except told: Set<ObjectIdentifier>
    ) -> Set<ObjectIdentifier> {
        let (id, number) = (latest.session, latest.changes)
        var (user, told, now) = (old, told, Set<ObjectIdentifier>())
        for change in old.changes(to: latest.user) {
            let event = Chat.ChannelEvent.changed(id, change, by: Author(id, user), number: number)
            self.announce(event, time: time, from: producer) {
                guard $0.session?.id != id, !told.contains(ObjectIdentifier($0)) else { return false }
                now.insert(ObjectIdentifier($0))
                return true
            }
            user.apply(change)
        }
        self.state.adopt(latest.user, of: id, changes: number)
        told = now
        return told
    }
}
