package import Chat
import Checks
import IRC
package import StateStore
import Tenant

/// Messages that checks hold: kept in the database, away from everybody but moderators, who let them through or reject them.
extension Network {
    /// How many a moderator is shown at most.
    package static let heldShown = 100

    private static let keepsNoMessages = Refusal(.unavailable, text: "This server holds no messages")

    // MARK: Holding

    /// Keeps a message for a moderator; its sender waits until it is kept.
    func hold(_ utterance: Utterance, to place: String, _ minimum: MemberModes, for hit: CheckVerdict.Hit) {
        guard let held = self.shard.environment.held else {
            return self.end(utterance, .refused(utterance.refusal(for: hit)))
        }
        let (session, now, settings) = (utterance.session, self.shard.now, self.tenant.settings.moderation)
        var recipient: Conversation.Party?
        var channelCreated: Int64?
        switch utterance.destination {
        case .user(let found): recipient = found.party
        case .channel(let replica, _, _, _): channelCreated = replica.state.created
        case nil: break
        }
        let isRelayed = utterance.saying.relayed != nil
        let account = isRelayed ? nil : session.party.account
        let random = String(self.shard.environment.random(), radix: 36)
        let message = HeldMessage(
            id: String(random.suffix(8)),
            time: now,
            expires: now + settings.heldFor.components.seconds * 1000,
            sender: session.id,
            nick: utterance.saying.relayed?.raw ?? session.user.nick.raw,
            account: account,
            host: isRelayed || account != nil ? nil : session.user.host,
            target: place,
            recipient: recipient,
            channelCreated: channelCreated,
            check: hit.name,
            reason: "\(hit.reason)",
            utterance.entry(to: place, minimum)
        )
        let (tenant, limit) = (self.id, settings.heldLimit)
        let entry = self.entryOfCheck(
            recipient == nil ? place : message.nick,
            "Hold \(message.id) \(message.nick): \(hit.name): \(hit.reason)"
        )
        let record = AuditRecord(tenant: tenant, id: "d-\(random)", time: now, entry)
        self.ask("held messages") { () async throws(DurableStoreError) in
            try await held.add(message, of: tenant, limit: limit, noting: record)
        } then: { (result: Result<Holding, Refusal>) in
            switch result {
            case .success(.held):
                // The audit log has it from the transaction that held the message; moderators hear of it.
                let change = LogChange(self.ownLog, payload: TenantEvent.audited(entry).encoded)
                self.store.append(Transaction(changes: [change])) { _ in }
                let text: Phrase = "Your message waits for a moderator: \(hit.reason.told)"
                self.end(utterance, .refused(Refusal(.messageHeld, place, text: text)))
            case .success(.isFull), .success(.senderHasTooMany):
                self.end(utterance, .refused(utterance.refusal(for: hit)))
            case .failure(let refusal): self.end(utterance, .refused(refusal))
            }
        }
    }

    // MARK: Looking

    /// The messages that wait, the oldest first.
    package func heldMessages(by actor: Actor, _ then: @escaping (Result<[HeldMessage], Refusal>) -> Void) {
        self.withHeld(by: actor, then) { held, tenant, now throws(DurableStoreError) in
            try await held.list(of: tenant, now: now, limit: Self.heldShown)
        }
    }

    /// One of them.
    package func heldMessage(
        _ id: String,
        by actor: Actor,
        _ then: @escaping (Result<HeldMessage, Refusal>) -> Void
    ) {
        self.withHeld(by: actor) {
            then($0.flatMap { Self.found($0, id) })
        } _: {
            held,
            tenant,
            now throws(DurableStoreError) in
            try await held.find(id, of: tenant, now: now)
        }
    }

    // MARK: Letting through

    /// Says a message that was held, as who said it, to those who are there now.
    ///
    /// - Parameters:
    ///   - id: Which.
    ///   - actor: Who has looked at it.
    ///   - then: Gets it, once it was said.
    package func release(
        _ id: String,
        by actor: Actor,
        _ then: @escaping (Result<HeldMessage, Refusal>) -> Void
    ) {
        self.withHeld(by: actor) { (result: Result<HeldMessage?, Refusal>) in
            switch result.flatMap({ Self.found($0, id) }) {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let message):
                self.say(message, by: actor) { result in
                    self.released(message, result) { then(result.map { message }) }
                }
            }
        } _: { held, tenant, now throws(DurableStoreError) in
            try await held.claim(id, of: tenant, now: now)
        }
    }

    private func say(_ held: HeldMessage, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        guard let message = held.message.said(at: held.time) else {
            return then(.failure(Refusal(.noSuchHeldMessage, held.id)))
        }
        if let name = self.channel(held.target)?.name {
            return self.changeExisting(
                name,
                by: actor,
                { replica throws(Refusal) in
                    // Whichever is called so now may be another.
                    guard replica.state.created == held.channelCreated else {
                        throw Refusal(.noSuchChannel, held.target.asWord)
                    }
                    let change = LogChange(
                        replica.key,
                        payload: message.entry,
                        feed: self.keepsHistory ? replica.label : nil
                    )
                    let note = self.note(.held, held.target, "RELEASE \(held.id) \(held.nick)", by: actor)
                    let condition = Condition(replica.key, .exists)
                    return Decided(
                        transaction: Transaction(conditions: [condition], changes: [change, note]),
                        value: ()
                    )
                },
                then
            )
        }
        guard let nick = Nickname(held.target, under: Names.caseMapping) else {
            return then(.failure(Refusal(.noSuchNick, held.target)))
        }
        self.sessions.find(nick) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let found):
                // Whoever is called so now may be another.
                guard let found, found.party == held.recipient else {
                    return then(.failure(Refusal(.noSuchNick, held.target)))
                }
                let sender = Conversation.Party(held.sender, account: held.account)
                let label = FeedLabel(Conversation.direct(.init(sender, found.party)).text)
                let isKept = self.keepsHistory && self.history.directMessages
                self.act(
                    by: actor,
                    { () throws(Refusal) in
                        let change = LogChange(found.inbox, payload: message.entry, feed: isKept ? label : nil)
                        let note = self.note(.held, held.target, "RELEASE \(held.id) \(held.nick)", by: actor)
                        return Decided(
                            transaction: Transaction(conditions: [found.claim], changes: [change, note]),
                            value: (),
                            refusals: [0: Refusal(.noSuchNick, held.target)]
                        )
                    },
                    then: then
                )
            }
        }
    }

    private func released(_ message: HeldMessage, _ result: Result<Void, Refusal>, _ then: @escaping () -> Void) {
        guard let held = self.shard.environment.held else { return then() }
        let (tenant, id) = (self.id, message.id)
        let isSaid = if case .success = result { true } else { false }
        if isSaid { self.tellSender(of: message, rejection: nil) }
        // It may have been said: nobody lets it through again before the claim lapses.
        if case .failure(let refusal) = result, refusal.reason == .unavailable { return then() }
        self.ask("held messages") { () async throws(DurableStoreError) in
            if isSaid { _ = try await held.remove(id, of: tenant) } else { try await held.unclaim(id, of: tenant) }
        } then: { (_: Result<Void, Refusal>) in
            then()
        }
    }

    // MARK: Rejecting

    /// Removes a message that was held; who said it is told why.
    package func reject(
        _ id: String,
        reason: String,
        by actor: Actor,
        _ then: @escaping (Result<HeldMessage, Refusal>) -> Void
    ) {
        do throws(Refusal) { try reason.checkLength(Lengths.reason) } catch { return then(.failure(error)) }
        let record = self.record(.held, id, "REJECT \(reason)", by: actor)
        self.withHeld(by: actor) { (result: Result<HeldMessage?, Refusal>) in
            let found = result.flatMap { Self.found($0, id) }
            if case .success(let message) = found { self.tellSender(of: message, rejection: reason) }
            then(found)
        } _: { held, tenant, now throws(DurableStoreError) in
            try await held.remove(id, of: tenant, now: now, noting: record)
        }
    }

    // MARK: Both

    /// Tells who said it, wherever they are, if they still are.
    private func tellSender(of message: HeldMessage, rejection: String?) {
        let inbox = self.inboxKey(message.sender)
        let event = UserEvent.reviewed(target: message.target, rejection: rejection)
        let change = LogChange(inbox, payload: event.encoded)
        self.store.append(Transaction(conditions: [Condition(inbox, .exists)], changes: [change])) { _ in }
    }

    private static func found(_ message: HeldMessage?, _ id: String) -> Result<HeldMessage, Refusal> {
        message.map { .success($0) }
            ?? .failure(Refusal(.noSuchHeldMessage, id.asWord, text: "No such message waits"))
    }

    /// Asks what is held, for who may look at it.
    private func withHeld<Answer: Sendable>(
        by actor: Actor,
        _ then: @escaping (Result<Answer, Refusal>) -> Void,
        _ question:
            @escaping @Sendable (HeldMessageRepository, TenantID, Int64) async throws(DurableStoreError) -> Answer
    ) {
        guard actor.may(.reviewMessages) else { return then(.failure(Refusal(.rightNeeded))) }
        guard let held = self.shard.environment.held else { return then(.failure(Self.keepsNoMessages)) }
        let (tenant, now) = (self.id, self.shard.now)
        self.ask("held messages") { () async throws(DurableStoreError) in
            try await question(held, tenant, now)
        } then: { (result: Result<Answer, Refusal>) in
            then(result)
        }
    }
}
