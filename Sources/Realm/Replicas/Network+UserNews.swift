package import Chat
import IRC
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
            let isRenamed = old.user.nick.folded != latest.user.nick.folded
            let namesake = isRenamed ? self.namesake(old.user.nick, of: id) : nil
            told.formUnion(replica.tell(latest, insteadOf: old, at: time, from: producer, except: told, namesake))
        }
        if isNews { self.news.changed(latest) }
        self.sessions[id]?.changed(to: latest.user, number, by: change, at: time, from: producer)
    }

    /// A user has left the network.
    ///
    /// - `member`: as it was known.
    func tellQuit(
        of member: Member,
        by author: Author,
        reason: String,
        at time: Int64,
        from producer: ProducerID?
    ) {
        let id = member.session
        var told: Set<ObjectIdentifier> = []
        let replicas = self.replicas.having(id)
        let namesake = self.namesake(member.user.nick, of: id)
        let event = Chat.ChannelEvent.quit(id, by: author, reason: reason)
        for replica in replicas {
            if let namesake {
                let parted = Chat.ChannelEvent.parted(id, by: author, reason: reason)
                replica.announce(parted, time: time, from: producer) {
                    namesake.isSeen(by: $0) && $0.session?.id != namesake.id
                }
            }
            replica.announce(event, time: time, from: producer) {
                if namesake?.isSeen(by: $0) == true { return false }
                return $0.session?.id != id && told.insert(ObjectIdentifier($0)).inserted
            }
        }
        self.news.quit(id)
        for replica in replicas { replica.quitEarly(event, of: id) }
    }

    /// The modes of who did something, as far as they are known here.
    package func modes(of author: Author) -> UserModes {
        guard let id = author.session else { return [] }
        if let session = self.sessions[id] { return session.user.modes }
        return self.replicas.having(id).first?.state.members[id]?.user.modes ?? []
    }

    /// Who else has somebody's nickname, as far as is known here, while that one is still seen with it.
    private func namesake(_ nick: Nickname, of id: SessionID) -> Namesake? {
        if let session = self.sessions.named(nick), session.id != id {
            return Namesake(id: session.id, replicas: self.replicas.having(session.id))
        }
        guard let other = self.news.namesake(nick, of: id) else { return nil }
        let replicas = self.replicas.having(other)
        // It may go by another name by now.
        guard replicas.first?.state.members[other]?.user.nick.folded == nick.folded else { return nil }
        return Namesake(id: other, replicas: replicas)
    }
}

/// Another holder of a nickname: the next one, whom clients may have been shown before the last one's end, or the last one.
///
/// Clients tell people apart by nickname: what they are told of one must not touch the other.
private struct Namesake {
    let id: SessionID
    let replicas: [ChannelReplica]

    /// Whether a client sees it anywhere, or is its own.
    func isSeen(by attachment: any Attachment) -> Bool {
        guard let session = attachment.session else { return false }
        return session.id == self.id || self.replicas.contains { session.isMember(of: $0) }
    }
}

extension ChannelReplica {
    /// - `told`: who knows it already.
    /// - Returns: who was told.
    fileprivate func tell(
        _ latest: Member,
        insteadOf old: Member,
        at time: Int64,
        from producer: ProducerID?,
        except told: Set<ObjectIdentifier>,
        _ namesake: Namesake?
    ) -> Set<ObjectIdentifier> {
        let (id, number) = (latest.session, latest.changes)
        var (user, now) = (old.user, Set<ObjectIdentifier>())
        for change in old.user.changes(to: latest.user) {
            let event = Chat.ChannelEvent.changed(id, change, by: Author(id, user), number: number)
            self.announce(event, time: time, from: producer) {
                guard $0.session?.id != id, !told.contains(ObjectIdentifier($0)), namesake?.isSeen(by: $0) != true
                else { return false }
                now.insert(ObjectIdentifier($0))
                return true
            }
            user.apply(change)
        }
        if let namesake {
            // It goes by its old name and comes by its new one, in each channel.
            let parted = Chat.ChannelEvent.parted(id, by: Author(id, old.user), reason: nil)
            self.announce(parted, time: time, from: producer) {
                namesake.isSeen(by: $0) && $0.session?.id != namesake.id && $0.session?.id != id
            }
        }
        self.state.adopt(latest.user, of: id, changes: number)
        let isMoved = (old.user.username, old.user.host) != (latest.user.username, latest.user.host)
        if isMoved, let member = self.state.members[id] {
            // Told of their QUIT once, those who know no CHGHOST see them come in each channel.
            self.announce(.joined(member, founding: nil), time: time, isReturn: true) {
                $0.session?.id != id && namesake?.isSeen(by: $0) != true
            }
        }
        if let namesake, let member = self.state.members[id] {
            self.announce(.joined(member, founding: nil), time: time, from: producer) {
                namesake.isSeen(by: $0) && $0.session?.id != id
            }
        }
        return now
    }
}
