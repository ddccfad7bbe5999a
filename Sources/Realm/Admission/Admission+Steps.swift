import Chat
import IRC
import StateStore
import Tenant

/// The steps that there are always.
extension Admission {
    // MARK: The tenant's state and its quotas, which hold over all pods

    /// Why nobody may come now, if so.
    private var closed: Refusal? {
        let tenant = self.network.tenant
        switch tenant.state {
        case .active: break
        case .suspended: return Refusal(.networkIsClosed, text: tenant.closedText)
        case .cordoned:
            let text: Phrase = "\(tenant.displayName) takes no new connections now, try later"
            return Refusal(.networkIsClosed, text: text)
        }
        if self.network.hasEnded { return Refusal(.networkIsClosed, text: "This network has ended") }
        if self.network.shard.isDraining {
            return Refusal(.networkIsClosed, text: "This server is shutting down, connect again")
        }
        return nil
    }

    func isOpen(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        then(self.closed.map { .refuse(.closed, $0) } ?? .allow)
    }

    /// One more may connect.
    func rate(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        guard let limit = self.network.tenant.quotas.newConnectionsPerSecond.hardLimit else { return then(.allow) }
        self.take(.connection(limit), from: CounterKey(self.network.id, "accepts")) { taken in
            then(
                taken.verdict(.rate) {
                    Refusal(.rateLimited, text: "Too many new connections, try again in a moment")
                }
            )
        }
    }

    /// Takes a place, whose slots are given back at the end: whoever only connects holds none.
    func place(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        let quotas = self.network.tenant.quotas
        let all = CounterKey(self.network.id, "connections")
        let own = CounterKey(self.network.id, "address/\(newcomer.clients)")
        let slots = self.network.shard.slots
        // Without a quota the slot is taken all the same, so that one that comes later counts those who are here.
        slots.take(all, limit: quotas.connections.hardLimit ?? .max) { result in
            switch result {
            case .failure(let error): return then(.refuse(.unavailable, self.network.refusal(error)))
            case .success(false):
                return then(.refuse(.full, Refusal(.networkIsFull, text: "The server is full")))
            case .success(true): break
            }
            slots.take(own, limit: quotas.connectionsPerAddress.hardLimit ?? .max) { result in
                switch result {
                case .success(true):
                    newcomer.attachment.slots = [all, own]
                    return then(.allow)
                case .success(false):
                    let text: Phrase = "Too many connections from your address"
                    then(.refuse(.address, Refusal(.addressHasTooMany, text: text)))
                case .failure(let error): then(.refuse(.unavailable, self.network.refusal(error)))
                }
                slots.giveBack(all)
            }
        }
    }

    // MARK: Who it is

    /// Where accounts are required nobody else is let in, but guests by SASL ANONYMOUS where the tenant takes these.
    func account(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        let accounts = self.network.tenant.accounts
        let isNobody = accounts.anonymous && newcomer.isAnonymous
        let isNeeded = accounts.required && !newcomer.isLoggedIn && !newcomer.comesBack && !isNobody
        then(isNeeded ? .demandLogin(.account, nil) : .allow)
    }

    /// Whom a ban means, and who comes without an account from where one is asked for.
    func bans(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        let bans = self.network.bans
        bans.whenKnown {
            guard bans.hasAny, let requester = newcomer.requester() else { return then(.allow) }
            if let ban = bans.ban(on: requester, newcomer.shield) {
                return then(.refuse(.banned, Refusal(.bannedFromNetwork, text: BanGuard.reason(ban))))
            }
            // Whose session somebody takes up is known once it is here: it is looked at then.
            if !newcomer.isLoggedIn, !newcomer.comesBack,
                let ban = bans.ban(on: requester, newcomer.shield, .demandLogin)
            {
                return then(.demandLogin(.range, BanGuard.reason(ban)))
            }
            then(.allow)
        }
    }

    /// Whoever has no account stays outside while the network is closed to newcomers.
    func raid(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        if newcomer.isLoggedIn || newcomer.comesBack { return then(.allow) }
        self.raid(.networkIsClosed, then)
    }

    /// Nobody makes an account meanwhile.
    func raidOfRegistering(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        self.raid(.registrationIsClosed, then)
    }

    private func raid(_ reason: Refusal.Reason, _ then: @escaping (AdmissionVerdict) -> Void) {
        let bans = self.network.bans
        bans.whenKnown { then(bans.raid.map { .refuse(.raid, Refusal(reason, text: $0.closedText)) } ?? .allow) }
    }

    /// Who may not be there, or only with an account, makes none.
    func bansOfRegistering(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        let bans = self.network.bans
        bans.whenKnown {
            guard bans.hasAny, let requester = newcomer.requester() else { return then(.allow) }
            if let ban = bans.ban(on: requester, newcomer.shield) {
                self.failed(\.registrations, from: newcomer.clients)
                return then(.refuse(.banned, Refusal(.registrationIsClosed, text: BanGuard.reason(ban))))
            }
            guard let ban = bans.ban(on: requester, newcomer.shield, .demandLogin) else {
                guard !newcomer.isUserKnown, bans.mayDependOnUser else { return then(.allow) }
                return then(.refuse(.banned, Refusal(.connectionNeeded, text: "Connect first, then register")))
            }
            self.failed(\.registrations, from: newcomer.clients)
            let text: Phrase = "Nobody registers an account from your network: \(ban.reason)"
            then(.refuse(.range, Refusal(.registrationIsClosed, text: text)))
        }
    }

    /// Counts one account to be made for some clients, over all pods.
    func registrations(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        let bucket = CounterKey(self.network.id, "registrations", of: newcomer.clients)
        self.take(.registration(self.network.limits.registrationsPerHour), from: bucket) { taken in
            then(
                taken.verdict(.registrations) {
                    Refusal(.tooManyRegistrations, text: "Too many accounts from your address, try later")
                }
            )
        }
    }

    // MARK: Buckets

    /// What came of taking something from a bucket.
    enum Taken {
        case taken
        case empty
        case failed(Refusal)

        /// What it says of somebody: why they have to wait if it is empty, and what they are told then.
        func verdict(_ reason: AdmissionReason, _ refusal: () -> Refusal) -> AdmissionVerdict {
            switch self {
            case .taken: .allow
            case .empty: .throttle(reason, refusal())
            case .failed(let refusal): .refuse(.unavailable, refusal)
            }
        }
    }

    private func take(_ request: BucketRequest, from bucket: CounterKey, _ then: @escaping (Taken) -> Void) {
        self.network.store.take(request.wanted, from: bucket, rate: request.rate, burst: request.burst) { result in
            switch result {
            case .success(1...): then(.taken)
            case .success: then(.empty)
            case .failure(let error): then(.failed(self.network.refusal(error)))
            }
        }
    }
}
