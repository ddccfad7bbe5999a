package import Chat
package import IRC

/// What founders have hold in their registered channels.
extension Network {
    /// Says which modes of a channel are always on or off, and has them be so; none, if nil.
    package func setModeLock(
        of name: ChannelName,
        to words: [String]?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
            try state.decideModeLock(words, by: requester, now: self.shard.now)
        }
    }

    /// Says whether only accounts that are host or owner of a channel change its topic.
    package func setTopicLock(
        of name: ChannelName,
        to isOn: Bool,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
            try state.decideTopicLock(isOn, by: requester)
        }
    }

    /// Says what a channel is about, where services show it; nothing, if nil.
    package func setDescription(
        of name: ChannelName,
        to text: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
            try state.decideDescription(text, by: requester)
        }
    }

    /// Says whether services tell only a channel's people of it.
    package func setPrivate(
        _ name: ChannelName,
        to isOn: Bool,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
            try state.decidePrivate(isOn, by: requester)
        }
    }
}
