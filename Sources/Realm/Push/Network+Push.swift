package import Chat
import IRC
import Logging
package import StateStore
import Tenant

/// The devices to which is pushed what an account would want to know at once (draft/webpush).
extension Network {
    /// The public key of what is pushed here; nil where nothing is: it comes from the feed, so the tenant must keep history.
    package var pushKey: String? {
        guard self.hasPast else { return nil }
        return self.shard.environment.push?.keys.key(of: self.id)?.publicText
    }

    /// Has a device be pushed to, in place of what was said of its endpoint before.
    package func register(
        _ device: PushRegistration,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let (tenant, now) = (self.id, self.shard.now)
        let end = now.addingReportingOverflow(PushDevices.lifetime)
        self.askDevices(
            of: actor,
            { devices, account, key throws(DurableStoreError) in
                try await devices.register(
                    device,
                    of: account,
                    in: tenant,
                    for: key,
                    now: now,
                    until: end.overflow ? .max : end.partialValue,
                    limit: PushDevices.limit
                )
            }
        ) { (result: Result<Bool, Refusal>) in
            then(
                result.flatMap { hasRoom in
                    let text: Phrase = "You may have \(PushDevices.limit) devices: unregister one"
                    return hasRoom ? .success(()) : .failure(Refusal(.tooManyDevices, text: text))
                }
            )
        }
    }

    /// Has a device not be pushed to any more; it may never have been.
    package func unregister(
        _ endpoint: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let tenant = self.id
        self.askDevices(
            of: actor,
            { devices, account, _ throws(DurableStoreError) in
                try await devices.unregister(endpoint, of: account, in: tenant)
            },
            then
        )
    }

    /// What goes into the feed for an account's devices alone; nil where nothing is pushed.
    func deviceLabel(_ one: Conversation.Party, _ other: Conversation.Party) -> FeedLabel? {
        self.pushKey == nil ? nil : FeedLabel(Conversation.direct(.init(one, other)).text)
    }

    /// The devices of an account, by its folded name; none where nothing is pushed, or that cannot be asked.
    func devices(of account: String, _ then: @escaping ([PushEndpoint]) -> Void) {
        guard let key = self.pushKey else { return then([]) }
        let (tenant, now) = (self.id, self.shard.now)
        self.askDevices(
            of: account,
            for: key,
            { devices, account, key throws(DurableStoreError) in
                try await devices.registrations(of: account, in: tenant, for: key, now: now)
            }
        ) { (result: Result<[PushRegistration], Refusal>) in
            then(((try? result.get()) ?? []).map(\.endpoint))
        }
    }

    /// Has a device of an account not be pushed to any more, or none if nil.
    func forgetDevices(
        of account: String,
        _ endpoint: String?,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard let key = self.pushKey else { return then(.success(())) }
        let tenant = self.id
        self.askDevices(
            of: account,
            for: key,
            { devices, account, _ throws(DurableStoreError) in
                if let endpoint {
                    try await devices.unregister(endpoint, of: account, in: tenant)
                } else {
                    try await devices.unregisterAll(of: account, in: tenant)
                }
            },
            then
        )
    }

    private func askDevices<Answer: Sendable>(
        of actor: Actor,
        _ question: @escaping @Sendable (PushRepository, String, String) async throws(DurableStoreError) -> Answer,
        _ then: @escaping (Result<Answer, Refusal>) -> Void
    ) {
        guard let key = self.pushKey else { return then(.failure(Refusal(.noHistory))) }
        guard let account = actor.session.party.account else { return then(.failure(Refusal(.accountNeeded))) }
        self.askDevices(of: account, for: key, question, then)
    }

    private func askDevices<Answer: Sendable>(
        of account: String,
        for key: String,
        _ question: @escaping @Sendable (PushRepository, String, String) async throws(DurableStoreError) -> Answer,
        _ then: @escaping (Result<Answer, Refusal>) -> Void
    ) {
        guard let devices = self.shard.environment.push?.registrations else {
            return then(.failure(Refusal(.noHistory)))
        }
        let logger = self.shard.logger
        self.shard.check(
            { () async throws(AuthenticationError) -> Answer in
                do throws(DurableStoreError) { return try await question(devices, account, key) } catch {
                    let reason = String(reflecting: error)
                    logger.warning("devices cannot be looked up or changed", metadata: ["reason": "\(reason)"])
                    throw .unavailable
                }
            },
            then: { result in then(result.mapError { _ in Refusal(.unavailable, text: "Try again later") }) }
        )
    }
}
