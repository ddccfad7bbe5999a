package import Chat
package import IRC
import StateStore
import Tenant

/// Closing the doors while many come to disturb: of the network, or of a channel; always with an end.
///
/// That of a network is a row among its bans: in the database, in the memory of every edge, and looked at where something is done. That
/// of a channel stands in the channel's log.
extension Network {
    /// How long doors are closed for whoever says nothing, and at most, in seconds.
    package static let usualRaid: Int64 = 3600
    package static let longestRaid: Int64 = 7 * 86_400

    /// Closes the network to who has no account.
    ///
    /// No guests connect, no accounts are made, guests come into no channel and write to nobody but those who keep order. Who is there
    /// stays.
    ///
    /// - Parameters:
    ///   - seconds: For how long.
    ///   - reason: Why, which those are told who are refused.
    ///   - actor: Who says so.
    ///   - then: Gets it.
    package func beginRaid(
        for seconds: Int64,
        reason: String,
        by actor: Actor,
        _ then: @escaping (Result<NetworkBan, Refusal>) -> Void
    ) {
        do throws(Refusal) {
            guard actor.may(.banFromNetwork) else { throw Refusal(.rightNeeded) }
            try reason.checkLength(NetworkBan.longestReason)
        } catch { return then(.failure(error)) }
        guard let bans = self.shard.environment.bans else { return then(.failure(Self.keepsNone)) }
        let (now, tenant, rights) = (self.shard.now, self.id, actor.rights)
        let raid = NetworkBan(
            mask: NetworkBan.everybody,
            .raid,
            reason: reason,
            setter: actor.name,
            role: actor.session.standing,
            time: now,
            until: now + min(max(seconds, 1), Self.longestRaid) * 1000
        )
        guard let raid else { return then(.failure(Self.keepsNone)) }
        let record = self.record(.raid, "", "on \(seconds)s \(reason)", by: actor)
        self.ask("bans") { () async throws(DurableStoreError) in
            // It is needed most when there are many bans already.
            try await bans.set(raid, of: tenant, limit: .max, noting: record) { rights.reach($0.role.rights) }
        } then: { (result: Result<BanSetting, Refusal>) in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(.set): self.bansChanged { then(.success(raid)) }
            case .success: then(.failure(Self.setByOthers))
            }
        }
    }

    /// Opens the network again, unless somebody with more rights closed it.
    ///
    /// - Returns: by `then`, whether it was closed.
    package func endRaid(by actor: Actor, _ then: @escaping (Result<Bool, Refusal>) -> Void) {
        guard actor.may(.banFromNetwork) else { return then(.failure(Refusal(.rightNeeded))) }
        guard let bans = self.shard.environment.bans else { return then(.failure(Self.keepsNone)) }
        let tenant = self.id
        let record = self.record(.raid, "", "off", by: actor)
        self.bans.refresh {
            if let known = self.bans.raid, !actor.rights.reach(known.role.rights) {
                return then(.failure(Self.setByOthers))
            }
            self.ask("bans") { () async throws(DurableStoreError) in
                try await bans.lift(NetworkBan.everybody, .raid, of: tenant, noting: record)
            } then: { (result: Result<Bool, Refusal>) in
                guard case .success(let wasClosed) = result else { return then(result) }
                self.bansChanged { then(.success(wasClosed)) }
            }
        }
    }

    /// Why and until when the network is closed; nil if it is open.
    package func raid(by actor: Actor, _ then: @escaping (Result<NetworkBan?, Refusal>) -> Void) {
        guard actor.may(.banFromNetwork) else { return then(.failure(Refusal(.rightNeeded))) }
        self.bans.refresh { then(.success(self.bans.raid)) }
    }

    // MARK: A channel

    /// Closes a channel to who has no account, or opens it again.
    ///
    /// - Parameters:
    ///   - name: Which.
    ///   - seconds: For how long; nil to open it.
    ///   - reason: Why, which those are told who are refused.
    ///   - actor: Who says so.
    ///   - then: Gets it; nil if it is open.
    package func setRaid(
        of name: ChannelName,
        for seconds: Int64?,
        reason: String,
        by actor: Actor,
        _ then: @escaping (Result<ChannelRaid?, Refusal>) -> Void
    ) {
        self.changeExisting(
            name,
            by: actor,
            { replica throws(Refusal) in
                let until = seconds.map { self.shard.now + min(max($0, 1), Self.longestRaid) * 1000 }
                let raid = until.map { ChannelRaid(reason: reason, setter: actor.session.user.nick.raw, until: $0) }
                let (state, server) = (replica.state, self.serverName)
                let (event, isByRight) = try actor.decide { requester throws(Refusal) in
                    try state.decideRaid(raid, by: requester, server: server)
                }
                guard let event else { return .nothing(nil) }
                var transaction = replica.change(event)
                if isByRight {
                    let detail = seconds.map { "on \($0)s \(reason)" } ?? "off"
                    transaction.changes.append(self.note(.raid, state.name.raw, detail, by: actor))
                }
                return Decided(transaction: transaction, value: raid)
            },
            then
        )
    }

    /// Why and until when a channel is closed to guests, for those who run it; nil if it is open.
    package func raid(
        of name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<ChannelRaid?, Refusal>) -> Void
    ) {
        self.channel(name, for: actor) { result in
            do throws(Refusal) {
                let state = try result.get().state
                try state.checkHost(actor.session.requester)
                then(.success(state.raid.flatMap { $0.holds(at: self.shard.now) ? $0 : nil }))
            } catch { then(.failure(error)) }
        }
    }
}

extension NetworkBan {
    /// What those are told who are refused while the network is closed.
    var closedText: Phrase { "This network is closed to newcomers for now: \(self.reason)" }
}

extension Session {
    /// Why its user, who has no account, does not do something while the network is closed; nil if it may.
    func refusedByRaid(_ subject: String) -> Refusal? {
        guard let raid = self.network.bans.raid else { return nil }
        let text: Phrase = "Guests cannot do this for now: \(raid.reason)"
        return Refusal(.accountNeeded, subject, text: text)
    }
}
