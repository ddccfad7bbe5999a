import Chat
package import IRC
import NIOCore
import StateStore

/// Who here watches which nicknames, wherever those are (IRCv3 MONITOR).
package final class MonitorTable {
    /// Who watches one nickname.
    private struct Watch {
        let nick: Nickname
        var watchers: [any Attachment]
    }

    /// The nicknames that look alike share a log.
    private struct Followed {
        let token: FollowToken
        var watches: [Watch]
    }

    unowned let network: Network
    /// By what the nicknames look like.
    private var followed: [String: Followed] = [:]

    init(_ network: Network) { self.network = network }

    /// Begins to tell somebody when a nickname comes and goes.
    ///
    /// - Returns: false if they watch as many as they may.
    package func add(_ nick: Nickname, for watcher: any Attachment) -> Bool {
        if watcher.monitored[nick.folded] != nil { return true }
        guard watcher.monitored.count < self.network.limits.monitored else { return false }
        watcher.monitored[nick.folded] = nick.raw
        let log = self.network.nickKey(nick)
        if let place = self.followed[log.name]?.watches.firstIndex(where: { $0.nick == nick }) {
            self.followed[log.name]?.watches[place].watchers.append(watcher)
        } else if self.followed[log.name] != nil {
            self.followed[log.name]?.watches.append(Watch(nick: nick, watchers: [watcher]))
        } else {
            let token = FollowToken(log)
            self.followed[log.name] = Followed(token: token, watches: [Watch(nick: nick, watchers: [watcher])])
            self.follow(token)
        }
        return true
    }

    package func remove(_ nick: Nickname, for watcher: any Attachment) {
        guard watcher.monitored.removeValue(forKey: nick.folded) != nil else { return }
        self.stop(nick, watcher)
    }

    package func removeAll(for watcher: any Attachment) {
        for text in watcher.monitored.values {
            if let nick = Nickname(text, under: Names.caseMapping) { self.stop(nick, watcher) }
        }
        watcher.monitored = [:]
    }

    private func stop(_ nick: Nickname, _ watcher: any Attachment) {
        let name = self.network.nickKey(nick).name
        guard let place = self.followed[name]?.watches.firstIndex(where: { $0.nick == nick }) else { return }
        self.followed[name]?.watches[place].watchers.removeAll { $0 === watcher }
        self.followed[name]?.watches.removeAll { $0.watchers.isEmpty }
        guard let followed = self.followed[name], followed.watches.isEmpty else { return }
        self.followed[name] = nil
        self.network.store.unfollow(followed.token)
    }

    private func follow(_ token: FollowToken) {
        let network = self.network
        network.store.follow(token) { result in
            guard case .failure = result else { return }
            // The store was away: once more when it may be back, while somebody still wants it.
            network.shard.later(.milliseconds(4000 + Int64(network.shard.environment.random() % 2000))) {
                if self.followed[token.log.name]?.token == token { self.follow(token) }
            }
        }
    }

    /// What a log of nicknames that look alike says of one of them.
    func tell(_ event: NickEvent, of log: String, at time: Int64) {
        for watch in self.followed[log]?.watches ?? [] where watch.nick.folded == event.nick {
            self.tell(event, watch, at: time)
        }
    }

    private func tell(_ event: NickEvent, _ watch: Watch, at time: Int64) {
        for watcher in watch.watchers where !self.hearsOtherwise(watcher, event) {
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

    /// What happened to nicknames was missed: what holds now is told.
    func reloaded(_ snapshot: Snapshot) {
        let name = snapshot.log.name
        for watch in self.followed[name]?.watches ?? [] {
            self.network.sessions.find(watch.nick) { result in
                guard case .success(let found) = result else { return }
                let event = found.map { NickEvent.online($0.user) } ?? .offline(nick: watch.nick.raw)
                // They may have changed their minds meanwhile.
                guard let watch = self.followed[name]?.watches.first(where: { $0.nick == watch.nick }) else { return }
                self.tell(event, watch, at: self.network.shard.now)
            }
        }
    }
}

extension NickEvent {
    /// Somebody has a nickname.
    static func online(_ user: User) -> NickEvent { .online(prefix: user.prefix, metadata: user.metadata) }

    /// Whose it is, folded.
    fileprivate var nick: String {
        switch self {
        case .online(let prefix, _): Names.caseMapping.fold(Source(prefix).nick)
        case .offline(let nick): Names.caseMapping.fold(nick)
        case .changed(_, let author): Names.caseMapping.fold(Source(author.prefix).nick)
        }
    }
}
