import Chat
import IRC
import Logging
import NIOCore
import StateStore

/// Entries of the logs that the shard follows: put into replicas and fanned out to those who are here.
extension ShardCore: LiveStoreReceiver {
    func received(_ entry: Entry, of log: LogKey) {
        switch self.followed[log] {
        case .channel(let replica, let scope): self.received(entry, for: replica, in: scope)
        case .session(let session): self.received(entry, for: session)
        case nil:
            guard let scope = self.scopes[log.tenant] else { return }
            switch log.kind {
            // Not followed any more, or never here.
            case .channel, .user, .projection: return
            case .nick:
                if let event = NickEvent(entry.payload) { self.tellMonitors(event, of: log.name, in: scope) }
            case .tenant:
                if let event = TenantEvent(entry.payload) { self.tellTenant(event, in: scope) }
            }
        }
    }

    private func received(_ entry: Entry, for replica: ChannelReplica, in scope: TenantScope) {
        if let message = ChatMessage(entry: entry.payload) {
            self.fanOut(message, entry, to: replica, in: scope)
            return replica.passed(entry.position)
        }
        guard let event = ChannelEvent(entry.payload) else {
            // Written by something newer, or damaged: the log goes on without it.
            if entry.payload.readableBytes > 0 {
                self.logger.warning("unreadable channel entry", metadata: ["tenant": "\(scope.id)"])
            }
            return replica.evolve(nil, at: entry.position)
        }
        let announcement = Announcement(event: event, entry: entry, replica: replica, scope: scope)
        switch event {
        case .joined(let member, _):
            replica.evolve(event, at: entry.position)
            if let session = scope.sessions[member.session] { self.enter(session, replica) }
            self.announce(announcement)
        case .parted(let id, _, _), .kicked(let id, _, _, _), .quit(let id, _, _):
            if replica.state.members[id] != nil { self.announce(announcement) }
            replica.evolve(event, at: entry.position)
            if let session = scope.sessions[id] { self.exit(session, replica, in: scope) }
        default:
            replica.evolve(event, at: entry.position)
            self.announce(announcement)
        }
        if replica.state.members.isEmpty, !replica.state.modes.contains(.registered) { replica.dropped() }
    }

    private func enter(_ session: Session, _ replica: ChannelReplica) {
        guard !session.memberships.contains(where: { $0 === replica }) else { return }
        session.memberships.append(replica)
        if session.connection.isOpen { replica.add(session) }
    }

    func exit(_ session: Session, _ replica: ChannelReplica, in scope: TenantScope) {
        session.memberships.removeAll { $0 === replica }
        replica.remove(session)
        self.unfollowIfUnused(replica, in: scope)
    }

    /// The log could not be followed entry by entry: what is different is told as if it had happened now.
    func reloaded(_ snapshot: Snapshot) {
        let (replica, scope): (ChannelReplica, TenantScope)
        switch self.followed[snapshot.log] {
        case .session(let session): return self.reloaded(session, snapshot)
        case .channel(let channel, let tenant): (replica, scope) = (channel, tenant)
        case nil: return self.reloaded(other: snapshot)
        }
        let before = replica.state
        replica.replace(with: snapshot)
        for id in replica.state.members.keys {
            if let session = scope.sessions[id] { self.enter(session, replica) }
        }
        self.tellDifference(from: before, replica, in: scope)
        for group in replica.groups {
            for connection in group.connections { self.tellOfGap(in: replica.state.name.raw, connection) }
        }
    }

    /// Watchers of a nickname hear what holds now.
    private func reloaded(other snapshot: Snapshot) {
        guard snapshot.log.kind == .nick, let scope = self.scopes[snapshot.log.tenant] else { return }
        let name = snapshot.log.name
        guard snapshot.exists, let nick = Nickname(name, under: Names.caseMapping) else {
            return self.tellMonitors(.offline(nick: name), of: name, in: scope)
        }
        self.load(nick, in: scope) { result in
            guard case .success(let found?) = result else { return }
            self.tellMonitors(.online(prefix: found.user.prefix), of: name, in: scope)
        }
    }

    /// The same for a session's own log: what the store has of the user holds.
    private func reloaded(_ session: Session, _ snapshot: Snapshot) {
        let connection = session.connection
        guard connection.session === session else { return }
        guard let record = SessionRecord(fields: snapshot.chatFields) else {
            return self.lost(session)
        }
        if record.user.nick != session.user.nick {
            connection.scope.renamed(session, to: record.user.nick)
            self.notify(connection) {
                $0.message(source: session.prefix, command: "NICK", parameters: [record.user.nick.raw])
            }
        }
        session.adopt(record)
        self.tellOfGap(in: "what was sent to you", connection)
    }

    /// Never a silent gap: what the store no longer has is said to be missing.
    private func tellOfGap(in place: String, _ connection: Connection) {
        let text = "Some of \(place) may be missing: the chat store was away for too long"
        self.notify(connection) { writer in
            writer.message(
                source: connection.scope.serverName,
                command: "NOTICE",
                parameters: [connection.nick, text],
                forcesTrailing: true
            )
        }
    }

    private func received(_ entry: Entry, for session: Session) {
        if let message = ChatMessage(entry: entry.payload) {
            // What comes between the claim of the nickname and the welcome is told after it.
            if session.connection.phase == .registering { return session.early.append(entry) }
            return self.deliver(message, entry, to: session)
        }
        guard let event = UserEvent(entry.payload) else { return }
        let connection = session.connection
        switch event {
        case .message(let message):
            self.deliver(message, entry, to: session)
        case .invited(let channel, let actor):
            self.notify(connection) { writer in
                self.writeTags(&writer, connection.capabilities, time: entry.time, account: actor.account)
                writer.message(source: actor.prefix, command: "INVITE", parameters: [session.user.nick.raw, channel])
            }
        case .changed(let change, let actor, let number):
            session.changes = number
            if case .nick(let nick) = change { connection.scope.renamed(session, to: nick) }
            let before = session.user.modes
            session.apply(change)
            self.tellSelf(change, actor, entry, session, modesBefore: before)
        case .killed(let actor, let reason):
            let nick = actor.prefix.prefix { $0 != "!" }
            self.notify(connection) { writer in
                writer.message(
                    source: actor.prefix,
                    command: "KILL",
                    parameters: [session.user.nick.raw, reason],
                    forcesTrailing: true
                )
            }
            self.close(connection, reason: "Killed (\(nick) (\(reason)))")
        case .signedOff:
            // Ended by another pod, which took this one for dead.
            self.lost(session)
        case .signedOn:
            break
        }
    }
}
