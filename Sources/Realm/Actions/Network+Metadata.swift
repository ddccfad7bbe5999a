package import Chat
package import IRC
import StateStore

/// What users and channels say of themselves by keys (IRCv3 draft/metadata).
extension Network {
    /// Sets or removes keys of the actor's user.
    ///
    /// - Parameters:
    ///   - change: What to set or to remove; nil to remove all.
    ///   - actor: Whose they are.
    ///   - then: Gets what changed.
    package func setMetadata(
        _ change: MetadataChange?,
        by actor: Actor,
        _ then: @escaping (Result<[MetadataChange], Refusal>) -> Void
    ) {
        let session = actor.session
        self.act(
            by: actor,
            { () throws(Refusal) in
                let user = session.user
                let changes = try user.metadata.deciding(change, on: user.nick.raw)
                if changes.isEmpty { return .nothing([]) }
                guard let transaction = self.transaction([.metadata(changes)], of: session) else { return .again }
                return Decided(transaction: transaction, value: changes)
            },
            then: then
        )
    }

    /// Sets or removes keys of a channel that the actor runs.
    ///
    /// - Parameters:
    ///   - change: What to set or to remove; nil to remove all.
    ///   - channel: Whose they are.
    ///   - actor: Who asks.
    ///   - then: Gets what changed.
    package func setMetadata(
        _ change: MetadataChange?,
        of channel: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<[MetadataChange], Refusal>) -> Void
    ) {
        let requester = { actor.session.requester }
        self.changeExisting(
            channel,
            by: actor,
            { replica throws(Refusal) in
                let changes = try replica.state.decideMetadata(change, by: requester())
                if changes.isEmpty { return .nothing([]) }
                let event = ChannelEvent.metadata(changes, by: requester().author)
                return Decided(transaction: replica.change(event), value: changes)
            },
            then
        )
    }
}

extension ChannelView {
    /// Whether who looks may know what is said of it and of who is in it.
    package var showsMetadata: Bool {
        self.isMember || (self.isOpen && !self.state.modes.contains(.inviteOnly) && self.state.key == nil)
    }
}
