package import Chat
import IRC
import StateStore

/// What operators say of other users by keys, or have them say no more (IRCv3 draft/metadata).
extension Network {
    /// How often it is tried on what holds then.
    private static let descriptions = 10

    /// Sets or removes keys of another user, wherever it is: of its account, if it has one, which keeps them.
    ///
    /// - Parameters:
    ///   - change: What to set or to remove; nil to remove all.
    ///   - found: Whose they are.
    ///   - actor: Who asks.
    ///   - then: Gets what changed.
    package func setMetadata(
        _ change: MetadataChange?,
        of found: FoundUser,
        by actor: Actor,
        _ then: @escaping (Result<[MetadataChange], Refusal>) -> Void
    ) {
        guard actor.may(.describeOthers) else { return then(.failure(Refusal(.rightNeeded, found.nick))) }
        do throws(Refusal) { try actor.check(.describeOthers, against: found) } catch { return then(.failure(error)) }
        self.keepMetadata(change, adding: Metadata(), of: found.user) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let kept):
                let note = self.note(.describe, found.nick, MetadataChange.said(change), by: actor)
                self.describe(found, change, noting: note, isKept: kept != nil, try: 0) { result in
                    then(result.map { kept?.changes ?? $0 })
                }
            }
        }
    }

    /// Changes the user's record and what its channels have of it, as those who hold the session would.
    private func describe(
        _ found: FoundUser,
        _ change: MetadataChange?,
        noting note: LogChange,
        isKept: Bool,
        try attempt: Int,
        _ then: @escaping (Result<[MetadataChange], Refusal>) -> Void
    ) {
        let (inbox, store) = (found.inbox, self.store)
        guard attempt < Self.descriptions else { return then(.failure(self.refusal(.busy))) }
        func end(_ error: LiveStoreError) { then(.failure(self.refusal(error))) }
        store.load([inbox]) { result in
            guard case .success(let snapshots) = result else {
                if case .failure(let error) = result { end(error) }
                return
            }
            guard let record = SessionRecord(fields: snapshots[0].chatFields) else {
                // Left meanwhile: what its account keeps is kept.
                guard isKept else { return then(.failure(Refusal(.noSuchNick, found.nick))) }
                return store.append(Transaction(changes: [note])) { result in
                    then(result.map { _ in [] }.mapError { self.refusal($0) })
                }
            }
            let changes: [MetadataChange]
            do throws(Refusal) { changes = try record.user.metadata.deciding(change, on: record.user.nick.raw) } catch {
                return then(.failure(error))
            }
            if changes.isEmpty { return then(.success([])) }
            record.memberships(in: self.id, through: store) { result in
                guard case .success(let memberships) = result else {
                    if case .failure(let error) = result { end(error) }
                    return
                }
                var transaction = record.transaction(
                    [.metadata(changes)],
                    memberships,
                    in: self.id,
                    isFed: self.keepsHistory
                )
                // Its channels included.
                transaction.conditions.append(Condition(inbox, .unchanged(since: snapshots[0].position)))
                transaction.changes.append(note)
                store.append(transaction) { result in
                    switch result {
                    case .success(.appended): then(.success(changes))
                    case .success(.refused):
                        self.shard.later(self.shard.pause(after: attempt)) {
                            self.describe(found, change, noting: note, isKept: isKept, try: attempt + 1, then)
                        }
                    case .failure(let error): end(error)
                    }
                }
            }
        }
    }
}
