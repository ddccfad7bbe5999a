package import Chat
package import IRC
import StateStore

/// What users and channels say of themselves by keys (IRCv3 draft/metadata).
extension Network {
    /// Sets or removes keys of the actor's user: of its account, if it has one, which keeps them.
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
        do throws(Refusal) { try actor.checkIsFree() } catch { return then(.failure(error)) }
        let session = actor.session
        let isKnown = session.login.map { $0.metadata != nil } ?? true
        // Where it is not known what the account has kept, that and what the session has are put together now.
        let own = isKnown ? Metadata() : session.user.metadata
        self.keepMetadata(change, adding: own, of: session.user) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let kept):
                self.act(
                    by: actor,
                    { () throws(Refusal) in
                        let user = session.user
                        let changes =
                            if let kept { user.metadata.following(change, isKnown ? nil : kept.after) } else {
                                try user.metadata.deciding(change, on: user.nick.raw)
                            }
                        if changes.isEmpty { return .nothing([]) }
                        guard let transaction = self.transaction([.metadata(changes)], of: session) else {
                            return .again
                        }
                        return Decided(transaction: transaction, value: changes)
                    },
                    then: { (result: Result<[MetadataChange], Refusal>) in
                        if case .success = result, let kept { session.login?.metadata = kept.after }
                        then(result.map { kept?.changes ?? $0 })
                    }
                )
            }
        }
    }

    /// Has a user's account keep a change; of a guest there is nothing to keep.
    ///
    /// - `own`: what the account is to say besides, where it says nothing under those keys.
    /// - `then`: gets what the account said and says; nil if there is none that could keep it.
    func keepMetadata(
        _ change: MetadataChange?,
        adding own: Metadata,
        of user: User,
        _ then: @escaping (Result<MetadataStep?, Refusal>) -> Void
    ) {
        guard let account = user.account else { return then(.success(nil)) }
        let nick = user.nick.raw
        self.changeKept(of: account, then) { kept in
            let before = kept.filled(from: own)
            do throws(Refusal) {
                var next = before
                next.apply(try before.deciding(change, on: nick))
                return .success(next)
            } catch { return .failure(error) }
        }
    }

    /// Changes what an account keeps, off the loop.
    func changeKept(
        of account: String,
        _ then: @escaping (Result<MetadataStep?, Refusal>) -> Void,
        _ change: @escaping @Sendable (Metadata) -> Result<Metadata, Refusal>
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.shard.check { () async throws(AuthenticationError) in
            try await authenticator.changeMetadata(of: account, in: tenant, change)
        } then: { (result: Result<Result<MetadataStep, Refusal>?, AuthenticationError>) in
            switch result {
            case .failure: then(.failure(Refusal(.unavailable, text: Self.notKept)))
            case .success(.failure(let refusal)?): then(.failure(refusal))
            case .success(.success(let step)?): then(.success(step))
            case .success(nil): then(.success(nil))
            }
        }
    }

    private static let notKept: Phrase = "What accounts say of themselves cannot be kept now, try again"

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
        self.changeExisting(
            channel,
            by: actor,
            { replica throws(Refusal) in
                let (changes, isByRight) = try actor.decide { requester throws(Refusal) in
                    try replica.state.decideMetadata(change, by: requester)
                }
                if changes.isEmpty { return .nothing([]) }
                var transaction = replica.change(ChannelEvent.metadata(changes, by: actor.session.requester.author))
                if isByRight {
                    transaction.changes.append(
                        self.note(.describe, replica.state.name.raw, MetadataChange.said(change), by: actor)
                    )
                }
                return Decided(transaction: transaction, value: changes)
            },
            then
        )
    }
}

extension Metadata {
    /// What a session's own comes to once its account has kept a change.
    ///
    /// - `whole`: all that the account says, where the session is to say just that.
    fileprivate func following(_ change: MetadataChange?, _ whole: Metadata?) -> [MetadataChange] {
        if let whole { return self.changes(to: whole) }
        guard let change else { return self.clearing }
        return self.applying(change).map { self.changes(to: $0) } ?? []
    }
}

extension MetadataChange {
    /// How a change reads in the audit log; nil removes all.
    static func said(_ change: MetadataChange?) -> String {
        change.map { $0.key + ($0.value.map { " " + $0 } ?? "") } ?? "*"
    }
}

extension ChannelView {
    /// Whether who looks may know what is said of it and of who is in it.
    package var showsMetadata: Bool {
        self.isMember || (self.isOpen && !self.state.modes.contains(.inviteOnly) && self.state.key == nil)
    }
}
