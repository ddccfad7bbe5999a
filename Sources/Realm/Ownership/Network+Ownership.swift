package import Chat
package import IRC
import StateStore
import Tenant

/// What actors do about whose a channel is.
extension Network {
    /// How many channels an account may have registered.
    package static let registeredChannelLimit = 20

    /// Has a channel belong to the actor's account: it stays from now on, whoever leaves.
    package func registerChannel(
        _ name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard self.registry.channels != nil else {
            let text: Phrase = "This server keeps no channels"
            return then(.failure(Refusal(.cannotRegisterChannel, name.raw, text: text)))
        }
        guard name.raw.hasPrefix("#") else {
            let text: Phrase = "Only a channel whose name begins with # can be registered"
            return then(.failure(Refusal(.cannotRegisterChannel, name.raw, text: text)))
        }
        guard let account = actor.session.requester.account else {
            return then(.failure(Refusal(.accountNeeded, text: "Log in first: channels belong to accounts")))
        }
        self.ownedChannels(of: account) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let owned):
                if owned.count >= Self.registeredChannelLimit, !actor.may(.runAnyChannel) {
                    let text: Phrase = "You may have \(Self.registeredChannelLimit) channels: give one up first"
                    return then(.failure(Refusal(.tooManyRegisteredChannels, name.raw, text: text)))
                }
                self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
                    let event = try state.decideRegister(by: requester, now: self.shard.now)
                    guard let template = self.tenant.settings.channels.template(for: state.name),
                        template.areModesLocked
                    else { return [event] }
                    var registered = state
                    registered.evolve(event)
                    return [event] + (try registered.locking(template.switches, by: requester, now: self.shard.now))
                }
            }
        }
    }

    /// Has a channel belong to nobody any more: it goes with its last member.
    package func dropChannel(
        _ name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
            [try state.decideDrop(by: requester)]
        }
    }

    /// Has a channel belong to another account.
    package func transferChannel(
        _ name: ChannelName,
        to account: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.reference(to: account) { result in
            guard case .success(let next) = result else { return then(result.map { _ in }) }
            self.ownedChannels(of: next) { result in
                if case .failure(let refusal) = result { return then(.failure(refusal)) }
                if case .success(let owned) = result, owned.count >= Self.registeredChannelLimit {
                    let text: Phrase = "\(next.name) has as many channels as an account may"
                    return then(.failure(Refusal(.tooManyRegisteredChannels, name.raw, text: text)))
                }
                self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
                    try state.decideTransfer(to: next, by: requester, now: self.shard.now)
                }
            }
        }
    }

    /// Says who has a channel after its founder; nobody, if nil.
    package func setSuccessor(
        of name: ChannelName,
        to account: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard let account else {
            return self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
                try state.decideSuccessor(nil, by: requester)
            }
        }
        self.reference(to: account) { result in
            self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
                try state.decideSuccessor(result.get(), by: requester)
            }
        }
    }

    /// Says what an account is in a channel whenever it comes in; nothing, if nil.
    package func setLevel(
        of account: String,
        in name: ChannelName,
        to rank: MemberModes?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        // What an account had that is no more can be taken away all the same.
        self.reference(to: account) { result in
            self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
                let known = state.registration?.levels[Names.accountMapping.fold(account)]?.account
                let reference: AccountReference
                if rank == nil, let known { reference = known } else { reference = try result.get() }
                return try state.decideLevel(of: reference, rank, by: requester, now: self.shard.now)
            }
        }
    }

    /// Gives the actor the rank in a channel that its account has there.
    package func takeOwnRank(
        in name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
            try state.decideOwnRank(by: requester)
        }
    }

    /// The channels that belong to the actor's account, as they are spelled.
    package func ownedChannels(of actor: Actor, _ then: @escaping (Result<[String], Refusal>) -> Void) {
        guard let account = actor.session.requester.account else {
            return then(.failure(Refusal(.accountNeeded, text: "Log in first: channels belong to accounts")))
        }
        self.ownedChannels(of: account, then)
    }

    private func ownedChannels(of account: AccountReference, _ then: @escaping (Result<[String], Refusal>) -> Void) {
        guard let channels = self.registry.channels else { return then(.success([])) }
        let (tenant, folded) = (self.id, account.folded)
        self.ask("registered channels") { () async throws(DurableStoreError) in
            try await channels.list(ownedBy: folded, of: tenant)
        } then: { (result: Result<[RegisteredChannel], Refusal>) in
            then(
                result.map { rows in
                    // Those of an account that had the name before are nobody's who is here.
                    rows.filter { $0.registration?.founder == account }.map(\.name)
                }
            )
        }
    }

    /// An account as something is given to it.
    func reference(to account: String, _ then: @escaping (Result<AccountReference, Refusal>) -> Void) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.shard.check { () async throws(AuthenticationError) in
            try await authenticator.find(account, in: tenant)
        } then: { (result: Result<Account?, AuthenticationError>) in
            switch result {
            case .failure(let error): then(.failure(Refusal(.unavailable, text: error.phrase)))
            case .success(nil): then(.failure(Self.noSuchAccount(account)))
            case .success(let found?):
                then(.success(AccountReference(name: found.name, since: found.createdAt)))
            }
        }
    }

    /// Changes something of a registered channel by events that a rule decides on.
    func changeOwnership(
        of name: ChannelName,
        by actor: Actor,
        doing deed: String = #function,
        _ then: @escaping (Result<Void, Refusal>) -> Void,
        _ decide: @escaping (ChannelState, Requester) throws(Refusal) -> [ChannelEvent]
    ) {
        self.decideOwnership(of: name, by: actor, doing: deed, then) { replica, requester throws(Refusal) in
            replica.decided(try decide(replica.state, requester), ())
        }
    }

    /// Changes something of a registered channel: of a secret one who has no level there and is not in it learns nothing.
    ///
    /// What needs a right is noted.
    ///
    /// - `deed`: what is done, for that.
    func decideOwnership<Value>(
        of name: ChannelName,
        by actor: Actor,
        doing deed: String = #function,
        _ then: @escaping (Result<Value, Refusal>) -> Void,
        _ decide: @escaping (ChannelReplica, Requester) throws(Refusal) -> Decided<Value>
    ) {
        self.changeExisting(
            name,
            by: actor,
            { replica throws(Refusal) in
                let (state, requester) = (replica.state, actor.session.requester)
                let isHidden =
                    state.modes.contains(.secret) && !state.members.contains(requester.session)
                    && state.registration?.rank(of: requester.account).isEmpty != false
                if isHidden, !requester.may(.seeHidden), !requester.may(.runAnyChannel) {
                    throw Refusal(.noSuchChannel, name.raw)
                }
                let (decided, isByRight) = try actor.decide { requester throws(Refusal) in
                    try decide(replica, requester)
                }
                guard isByRight, case .append(var transaction, let value, let refusals) = decided else {
                    return decided
                }
                let detail = String(deed.prefix { $0 != "(" })
                transaction.changes.append(self.note(.channel, name.raw, detail, by: actor))
                return .append(transaction, value, refusals: refusals)
            },
            then
        )
    }
}

extension ChannelReplica {
    /// What some events come to; the channel goes on as long as it belongs to somebody or somebody is there.
    func decided<Value>(_ events: [ChannelEvent], _ value: Value) -> Decided<Value> {
        if events.isEmpty { return .nothing(value) }
        return Decided(transaction: self.change(events, lifetime: .whileInhabited), value: value)
    }
}

extension RegisteredChannel {
    /// To whom it belongs.
    var registration: ChannelRegistration? {
        guard let name = ChannelName(self.name, under: Names.caseMapping),
            let fields = ChannelState.updates(kept: self.fields)
        else { return nil }
        return ChannelState(name: name, fields: fields.compactMap { field in field.value.map { (field.key, $0) } })
            .registration
    }
}
