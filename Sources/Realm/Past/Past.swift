import Chat
import IRC
import Logging
package import StateStore
package import Tenant

/// What is kept of conversations, for those who ask: the durable store, which is asked off the loop.
package struct Past: Sendable {
    let history: HistoryRepository
    /// The same, and what is older.
    let whole: WholeHistory
    let readMarkers: ReadMarkerRepository
    let accounts: AccountRepository

    /// - `older`: what was said before the history begins; nil if nobody reads on there.
    /// - `readsOn`: whether a tenant's people may.
    package init(
        history: HistoryRepository,
        older: (any OlderHistory)? = nil,
        readsOn: @escaping @Sendable (TenantID) -> Bool = { _ in true },
        readMarkers: ReadMarkerRepository,
        accounts: AccountRepository
    ) {
        self.history = history
        self.whole = WholeHistory(history, older: older, readsOn: readsOn)
        self.readMarkers = readMarkers
        self.accounts = accounts
    }
}

extension Network {
    /// Whether there is a past that somebody may ask for.
    package var hasPast: Bool { self.keepsHistory && self.shard.environment.past != nil }

    /// Whether there is a past, and it answered when it was asked last or not just now: what nobody asked for does not have
    /// them wait for one that does not.
    package var pastAnswers: Bool {
        self.hasPast && self.shard.seconds >= self.shard.pastSilentUntil
    }

    /// Asks the durable store, and goes on here with its answer; or with a refusal, if it does not answer in time.
    func ask<Answer: Sendable>(
        _ question: @escaping @Sendable (Past) async throws(DurableStoreError) -> Answer,
        _ then: @escaping (Result<Answer, Refusal>) -> Void
    ) {
        guard self.hasPast, let past = self.shard.environment.past else {
            return then(.failure(Refusal(.noHistory)))
        }
        let shard = self.shard
        self.ask("history") { () async throws(DurableStoreError) in
            try await question(past)
        } then: { (result: Result<Answer, Refusal>) in
            let isSilent = if case .failure = result { true } else { false }
            shard.pastSilentUntil = isSilent ? shard.seconds &+ 30 : 0
            then(result.mapError { _ in Refusal(.unavailable, text: "The history cannot be asked now, try again") })
        }
    }

    /// Asks the durable store for something, and goes on here with its answer; or with a refusal, if it does not answer in time.
    ///
    /// - `subject`: what it is asked for, for the log.
    func ask<Answer: Sendable>(
        _ subject: StaticString,
        _ question: @escaping @Sendable () async throws(DurableStoreError) -> Answer,
        then: @escaping (Result<Answer, Refusal>) -> Void
    ) {
        let logger = self.shard.logger
        self.shard.check { () async throws(AuthenticationError) in
            do throws(DurableStoreError) { return try await question() } catch {
                logger.warning(
                    "the durable store cannot be asked",
                    metadata: ["for": "\(subject)", "reason": "\(String(reflecting: error))"]
                )
                throw .unavailable
            }
        } then: { (result: Result<Answer, AuthenticationError>) in
            then(
                result.mapError { _ in
                    Refusal(.unavailable, text: "What is kept cannot be asked now, try again")
                }
            )
        }
    }
}
