package import Chat
import IRC
package import StateStore
import Tenant

/// What is done by right is noted: in the transaction in which it is done, for the feed, or where the durable store has what is done,
/// in its transaction.
extension Network {
    /// How many records somebody is shown at most.
    package static let auditLimit = 200

    /// That the actor did something, for the transaction that does it.
    func note(_ action: AuditEntry.Action, _ target: String, _ detail: String, by actor: Actor) -> LogChange {
        let event = TenantEvent.audited(self.entry(action, target, detail, by: actor))
        return LogChange(self.ownLog, payload: event.encoded, feed: FeedLabel("audit"))
    }

    /// The same for a transaction of the durable store.
    func record(_ action: AuditEntry.Action, _ target: String, _ detail: String, by actor: Actor) -> AuditRecord {
        let id = String(self.shard.environment.random(), radix: 16)
        let entry = self.entry(action, target, detail, by: actor)
        return AuditRecord(tenant: self.id, id: "d-\(id)", time: self.shard.now, entry)
    }

    private func entry(
        _ action: AuditEntry.Action,
        _ target: String,
        _ detail: String,
        by actor: Actor
    ) -> AuditEntry {
        let session = actor.session
        var detail = detail
        // Whose rights they are, where they are another account's than the session's; OPER says so as what it is about. First, so
        // that no reason is too long for it, and nobody's reason is taken for it.
        if action != .becomeOperator, let giver = session.grantedBy, !session.grantedRole.rights.isEmpty,
            session.user.account.map(Names.accountMapping.fold) != giver
        {
            detail = "(OPER \(giver))" + (detail.isEmpty ? "" : " ") + detail
        } else if detail.hasPrefix("(OPER") {
            detail = "“\(detail)”"
        }
        return AuditEntry(
            account: session.user.account,
            nick: session.user.nick.raw,
            role: session.grantedRole,
            action.rawValue,
            target,
            detail: detail
        )
    }

    /// What was done by right lately, the newest first.
    ///
    /// - Parameters:
    ///   - pattern: Who did it or to whom, with `*` and `?`; nil for all.
    ///   - limit: How many records at most.
    ///   - actor: Who asks.
    ///   - then: Gets them.
    package func audit(
        matching pattern: String?,
        limit: Int,
        by actor: Actor,
        _ then: @escaping (Result<[AuditRecord], Refusal>) -> Void
    ) {
        guard actor.may(.readAudit) else { return then(.failure(Refusal(.rightNeeded))) }
        guard let audit = self.shard.environment.audit else {
            return then(.failure(Refusal(.unavailable, text: "This server keeps no audit log")))
        }
        let (tenant, limit) = (self.id, min(max(limit, 1), Self.auditLimit))
        self.ask("audit") { () async throws(DurableStoreError) in
            try await audit.latest(of: tenant, matching: pattern, limit: limit)
        } then: { (result: Result<[AuditRecord], Refusal>) in
            then(result)
        }
    }
}

extension Actor {
    /// Decides something, and says whether it is refused to who has no rights: then it is noted.
    ///
    /// What rights are not needed for is done without them.
    ///
    /// - Parameters:
    ///   - requester: Who asks; nil for the actor's session as it is.
    ///   - body: Decides.
    /// - Returns: What was decided.
    /// - Throws: Why it is refused to who has the actor's rights.
    func decide<Value>(
        as requester: Requester? = nil,
        _ body: (Requester) throws(Refusal) -> Value
    ) throws(Refusal) -> (value: Value, isByRight: Bool) {
        let requester = requester ?? self.session.requester
        var plain = requester
        plain.rights = []
        // Who is kept apart or may not speak has no rights, whatever the session has.
        if self.rights.isEmpty { return (try body(plain), false) }
        do throws(Refusal) { return (try body(plain), false) } catch { return (try body(requester), true) }
    }
}
