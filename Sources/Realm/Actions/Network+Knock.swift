package import Chat
package import IRC
import StateStore

/// KNOCK: asking those who run a channel to be let in.
extension Network {
    /// Knocks on a channel that is closed; those who run it hear of it, on whichever shard they are.
    ///
    /// - Returns: by `then`, the channel's name as it is spelled.
    package func knock(on name: ChannelName, by actor: Actor, _ then: @escaping (Result<String, Refusal>) -> Void) {
        self.channel(name, for: actor) { result in
            do throws(Refusal) {
                try actor.checkIsFree()
                let state = try result.get().state
                _ = try state.decideKnock(
                    by: actor.session.requester,
                    server: self.serverName,
                    now: self.shard.now
                )
                self.takeKnock(on: state.name, by: actor) { refusal in
                    if let refusal { return then(.failure(refusal)) }
                    self.deliverKnock(on: name, by: actor, then)
                }
            } catch { then(.failure(error)) }
        }
    }

    private func deliverKnock(
        on name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<String, Refusal>) -> Void
    ) {
        self.changeExisting(
            name,
            by: actor,
            { replica throws(Refusal) in
                let event = try replica.state.decideKnock(
                    by: actor.session.requester,
                    server: self.serverName,
                    now: self.shard.now
                )
                return Decided(transaction: replica.change(event), value: replica.state.name.raw)
            },
            then
        )
    }

    /// One in five minutes by whoever asks on each channel, and five in a minute on a channel by all.
    private func takeKnock(on name: ChannelName, by actor: Actor, _ then: @escaping (Refusal?) -> Void) {
        let own = CounterKey(self.id, "knocks", of: "\(actor.session.id.text) \(name.folded)")
        let all = CounterKey(self.id, "knocks", of: name.folded)
        self.take(from: own, rate: 1 / 300, burst: 1, name) { refusal in
            if let refusal { return then(refusal) }
            self.take(from: all, rate: 5 / 60, burst: 5, name, then)
        }
    }

    private func take(
        from bucket: CounterKey,
        rate: Double,
        burst: Double,
        _ name: ChannelName,
        _ then: @escaping (Refusal?) -> Void
    ) {
        self.store.take(1, from: bucket, rate: rate, burst: burst) { result in
            switch result {
            case .success(1...): then(nil)
            case .success: then(Refusal(.tooManyKnocks, name.raw))
            case .failure(let error): then(self.refusal(error))
            }
        }
    }
}
