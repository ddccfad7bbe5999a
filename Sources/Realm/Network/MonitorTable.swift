import Chat
package import IRC
import NIOCore
import StateStore

/// Who here watches which nicknames, wherever those are (IRCv3 MONITOR).
package final class MonitorTable {
    unowned let network: Network
    /// By folded nickname.
    private var watched: [String: (token: FollowToken, watchers: [any Attachment])] = [:]

    init(_ network: Network) { self.network = network }

    /// Begins to tell somebody when a nickname comes and goes.
    ///
    /// - Returns: false if they watch as many as they may.
    package func add(_ nick: Nickname, for watcher: any Attachment) -> Bool {
        if watcher.monitored[nick.folded] != nil { return true }
        guard watcher.monitored.count < self.network.limits.monitored else { return false }
        watcher.monitored[nick.folded] = nick.raw
        if self.watched[nick.folded] != nil {
            self.watched[nick.folded]?.watchers.append(watcher)
            return true
        }
        let token = FollowToken(self.network.nickKey(nick))
        self.watched[nick.folded] = (token, [watcher])
        self.follow(token)
        return true
    }

    package func remove(_ nick: Nickname, for watcher: any Attachment) {
        guard watcher.monitored.removeValue(forKey: nick.folded) != nil else { return }
        self.stop(nick.folded, watcher)
    }

    package func removeAll(for watcher: any Attachment) {
        for nick in watcher.monitored.keys { self.stop(nick, watcher) }
        watcher.monitored = [:]
    }

    private func stop(_ nick: String, _ watcher: any Attachment) {
        self.watched[nick]?.watchers.removeAll { $0 === watcher }
        guard let (token, watchers) = self.watched[nick], watchers.isEmpty else { return }
        self.watched[nick] = nil
        self.network.store.unfollow(token)
    }

    private func follow(_ token: FollowToken) {
        let network = self.network
        network.store.follow(token) { result in
            guard case .failure = result else { return }
            // The store was away: once more when it may be back, while somebody still wants it.
            network.shard.later(.milliseconds(4000 + Int64(network.shard.environment.random() % 2000))) {
                if self.watched[token.log.name]?.token == token { self.follow(token) }
            }
        }
    }

    func tell(_ event: NickEvent, of nick: String, at time: Int64) {
        for watcher in self.watched[nick]?.watchers ?? [] where !self.hearsOtherwise(watcher, event) {
            watcher.tell(.presence(event, time: time))
        }
    }

    /// Whether a channel tells of it already.
    private func hearsOtherwise(_ watcher: any Attachment, _ event: NickEvent) -> Bool {
        guard case .changed(_, let author) = event, let id = author.session, let session = watcher.session else {
            return false
        }
        return session.id == id || session.memberships.contains { $0.state.members.contains(id) }
    }

    /// What happened to a nickname was missed: what holds now is told.
    func reloaded(_ snapshot: Snapshot) {
        let name = snapshot.log.name
        guard snapshot.exists, let nick = Nickname(name, under: Names.caseMapping) else {
            return self.tell(.offline(nick: name), of: name, at: self.network.shard.now)
        }
        self.network.sessions.find(nick) { result in
            guard case .success(let found?) = result else { return }
            self.tell(.online(prefix: found.user.prefix), of: name, at: self.network.shard.now)
        }
    }
}
