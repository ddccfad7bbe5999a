import Chat
import IRC
import StateStore

/// Channels that the session came into by somebody's doing elsewhere.
extension Session {
    /// An attachment elsewhere came into a channel, or what was missed says so: it is followed here, too.
    ///
    /// Until it is, what the user changes of itself is decided anew, since it has to hold in that channel as well.
    func enter(_ channel: String) {
        guard self.isPresent, !self.isMember(of: channel), let name = ChannelName(channel, under: Names.caseMapping)
        else { return }
        self.entering += 1
        self.follow(name, attempt: 0) { self.entering -= 1 }
    }

    /// Tries until the store says something: the session's clients are in that channel.
    private func follow(_ name: ChannelName, attempt: Int, _ done: @escaping () -> Void) {
        guard self.isPresent else { return done() }
        self.network.replicas.follow(name) { result in
            guard case .success(let replica) = result else {
                return self.again(attempt) { self.follow(name, attempt: attempt + 1, done) }
            }
            replica.pins += 1
            self.find(in: replica, attempt: 0) {
                done()
                replica.pins -= 1
                self.network.replicas.letGo(of: replica)
            }
        }
    }

    /// Shows the channel once its log has brought the member, which may be behind the session's.
    private func find(in replica: ChannelReplica, attempt: Int, _ done: @escaping () -> Void) {
        guard self.isPresent, !self.isMember(of: replica) else { return done() }
        if replica.state.members.contains(self.id) { return self.show(replica, done) }
        let field = FieldName(ChannelState.memberField(self.id))
        self.network.store.excerpts(of: [replica.key], Excerpt.Request(fields: [field])) { result in
            // It has left again.
            if case .success(let excerpts) = result, excerpts[0].fields[field] == nil { return done() }
            if replica.state.members.contains(self.id) { return self.find(in: replica, attempt: attempt, done) }
            self.again(attempt) { self.find(in: replica, attempt: attempt + 1, done) }
        }
    }

    /// Goes on a while later.
    func again(_ attempt: Int, _ body: @escaping () -> Void) {
        let shard = self.network.shard
        shard.later(shard.pause(after: attempt), body)
    }
}
