import Chat
import IRC
import StateStore

/// How an action is done: look, decide, append; and once more on what holds then, if something it rested on had changed.
extension Network {
    /// How often something is decided anew; the pauses between the last tries add up to some seconds.
    private static let tries = 24

    /// Changes something of a channel.
    ///
    /// - `isFollowing`: whether the channel is followed from now on, and its changes from here go one after the other.
    /// - `alsoApart`: whether who is in quarantine does that, too.
    /// - `decide`: the rule; called again when what it decided on does not hold any more.
    func change<Value>(
        _ name: ChannelName,
        isFollowing: Bool = false,
        alsoApart: Bool = false,
        by actor: Actor,
        try attempt: Int = 0,
        _ decide: @escaping (ChannelReplica) throws(Refusal) -> Decided<Value>,
        then: @escaping (Result<Value, Refusal>) -> Void
    ) {
        let go: (Result<ChannelReplica, Refusal>) -> Void = { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let replica):
                if isFollowing {
                    replica.whenQuiet(isAgain: attempt > 0) {
                        self.decide(on: replica, name, isFollowing, alsoApart, actor, attempt, decide, then)
                    }
                } else {
                    self.decide(on: replica, name, isFollowing, alsoApart, actor, attempt, decide, then)
                }
            }
        }
        isFollowing ? self.replicas.follow(name, go) : self.replicas.look(at: name, go)
    }

    private func decide<Value>(
        on replica: ChannelReplica,
        _ name: ChannelName,
        _ isFollowing: Bool,
        _ alsoApart: Bool,
        _ actor: Actor,
        _ attempt: Int,
        _ decide: @escaping (ChannelReplica) throws(Refusal) -> Decided<Value>,
        _ then: @escaping (Result<Value, Refusal>) -> Void
    ) {
        guard actor.session.isPresent else {
            self.replicas.letGo(of: replica)
            return then(.failure(Refusal(.gone)))
        }
        let decided: Decided<Value>
        do throws(Refusal) {
            // Who is muted comes in, and says nothing.
            if !alsoApart { try actor.checkIsFree(orMuted: isFollowing) }
            decided = try decide(replica)
        } catch {
            then(.failure(error))
            return self.replicas.letGo(of: replica)
        }
        self.append(decided, touching: replica, by: actor, then: then) {
            self.again(attempt, then) {
                self.change(
                    name,
                    isFollowing: isFollowing,
                    alsoApart: alsoApart,
                    by: actor,
                    try: attempt + 1,
                    decide,
                    then: then
                )
            }
        }
    }

    /// Changes something that no channel's whole state decides on.
    func act<Value>(
        by actor: Actor,
        try attempt: Int = 0,
        _ decide: @escaping () throws(Refusal) -> Decided<Value>,
        then: @escaping (Result<Value, Refusal>) -> Void
    ) {
        guard actor.session.isPresent else { return then(.failure(Refusal(.gone))) }
        let decided: Decided<Value>
        do throws(Refusal) { decided = try decide() } catch { return then(.failure(error)) }
        self.append(decided, touching: nil, by: actor, then: then) {
            self.again(attempt, then) { self.act(by: actor, try: attempt + 1, decide, then: then) }
        }
    }

    private func append<Value>(
        _ decided: Decided<Value>,
        touching replica: ChannelReplica?,
        by actor: Actor,
        then: @escaping (Result<Value, Refusal>) -> Void,
        again: @escaping () -> Void
    ) {
        guard case .append(let transaction, let value, let refusals) = decided else {
            if case .nothing(let value) = decided { then(.success(value)) } else { again() }
            if let replica { self.replicas.letGo(of: replica) }
            return
        }
        let session = actor.session
        replica?.changeBegan()
        let commit = session.commitBegan(transaction, by: actor.attachment)
        self.store.append(transaction) { result in
            var uncertain: String?
            switch result {
            case .success(.appended):
                if transaction.changes.contains(where: { $0.log == self.registry.log }) { self.registry.saver.begin() }
                then(.success(value))
            case .success(.refused(let place)):
                if let refusal = refusals[place] { then(.failure(refusal)) } else { again() }
            case .failure(let error):
                // It may have been applied: the session's end must find it there.
                if error.isUnknown { uncertain = replica?.key.name }
                then(.failure(self.refusal(error)))
            }
            session.commitEnded(commit, uncertain: uncertain)
            replica?.changeEnded()
        }
    }

    /// Once more: at once the first times, since what had changed is known by now; later after ever longer pauses, so that
    /// many who do the same do not meet again and again.
    private func again<Value>(
        _ attempt: Int,
        _ then: @escaping (Result<Value, Refusal>) -> Void,
        _ body: @escaping () -> Void
    ) {
        if attempt < 3 { return body() }
        if attempt < Self.tries { return self.shard.later(self.shard.pause(after: attempt - 3), body) }
        then(.failure(self.refusal(.busy)))
    }
}
