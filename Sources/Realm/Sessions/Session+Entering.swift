import Chat
import IRC
import StateStore

/// Channels that the session came into by somebody's doing elsewhere.
extension Session {
    /// An attachment elsewhere came into a channel, or what was missed says so: it is followed here, too.
    ///
    /// Until it is, what the user changes of itself is decided anew, since it has to hold in that channel as well.
    func enter(_ channel: String) {
        guard self.isPresent, !self.isMember(of: channel), !self.isMoving(to: channel),
            let name = ChannelName(channel, under: Names.caseMapping)
        else { return }
        self.enter(name, after: nil) {}
    }

    /// The same of a channel that is one of its own under another name.
    ///
    /// - Parameters:
    ///   - name: The channel.
    ///   - rename: What its clients are told of it then; nil if they are shown a new channel.
    ///   - done: Goes on when they know, or are not to.
    func enter(_ name: ChannelName, after rename: ChannelRename?, _ done: @escaping () -> Void) {
        self.entering += 1
        self.follow(name, rename, attempt: 0) {
            self.entering -= 1
            done()
        }
    }

    /// Tries until the store says something: the session's clients are in that channel.
    private func follow(_ name: ChannelName, _ rename: ChannelRename?, attempt: Int, _ done: @escaping () -> Void) {
        guard self.isPresent else { return done() }
        self.network.replicas.follow(name) { result in
            guard case .success(let replica) = result else {
                return self.again(attempt) { self.follow(name, rename, attempt: attempt + 1, done) }
            }
            replica.pins += 1
            self.find(in: replica, rename, attempt: 0) {
                done()
                replica.pins -= 1
                self.network.replicas.letGo(of: replica)
            }
        }
    }

    /// Shows the channel once its log has brought the member, which may be behind the session's.
    private func find(
        in replica: ChannelReplica,
        _ rename: ChannelRename?,
        attempt: Int,
        _ done: @escaping () -> Void
    ) {
        func end() {
            if let rename { self.tellEnd(of: rename) }
            done()
        }
        guard self.isPresent, !self.isMember(of: replica) else { return end() }
        if replica.state.members.contains(self.id) { return self.show(replica, after: rename, done) }
        let field = FieldName(ChannelState.memberField(self.id))
        self.network.store.excerpts(of: [replica.key], Excerpt.Request(fields: [field])) { result in
            // It has left again.
            if case .success(let excerpts) = result, excerpts[0].fields[field] == nil { return end() }
            if replica.state.members.contains(self.id) { return self.find(in: replica, rename, attempt: attempt, done) }
            self.again(attempt) { self.find(in: replica, rename, attempt: attempt + 1, done) }
        }
    }

    /// Goes on a while later.
    func again(_ attempt: Int, _ body: @escaping () -> Void) {
        let shard = self.network.shard
        shard.later(shard.pause(after: attempt), body)
    }
}
