// Who may register a channel, and who decides there what others are (as ChanServ of atheme and anope, and ergo's AMODE).

import IRC

extension ChannelState {
    /// Decides whether somebody registers the channel: an owner who has an account.
    ///
    /// - Parameters:
    ///   - requester: Who asks.
    ///   - now: Milliseconds since 1970.
    /// - Returns: That it belongs to it.
    /// - Throws: Why not.
    package func decideRegister(by requester: Requester, now: Int64) throws(Refusal) -> ChannelEvent {
        guard let account = requester.account else {
            throw Refusal(.accountNeeded, self.name.raw, text: "Log in first: channels belong to accounts")
        }
        if self.registration != nil {
            throw Refusal(.channelIsRegistered, self.name.raw, text: "The channel is registered already")
        }
        guard let ranks = self.members.modes(of: requester.session) else {
            throw Refusal(.notOnChannel, self.name.raw)
        }
        if !ranks.contains(.owner), !requester.may(.runAnyChannel) { throw Refusal(.ownerNeeded, self.name.raw) }
        return .registration([.founder(account, since: now), .used(now)], by: requester.author)
    }

    /// Decides whether the channel belongs to nobody any more: its founder does.
    package func decideDrop(by requester: Requester) throws(Refusal) -> ChannelEvent {
        try self.checkFounder(requester)
        return .registration([.dropped], by: requester.author)
    }

    /// Decides whether the channel goes to another account: its founder does, who stays an owner.
    ///
    /// - Parameters:
    ///   - account: Whose it is to be.
    ///   - requester: Who asks.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What happens; nothing if it is that account's.
    /// - Throws: Why not.
    package func decideTransfer(
        to account: AccountReference,
        by requester: Requester,
        now: Int64
    ) throws(Refusal) -> [ChannelEvent] {
        let registration = try self.checkFounder(requester)
        let former = registration.founder
        if account == former { return [] }
        let stays = ChannelLevel(account: former, rank: .owner, setter: former.name, time: now)
        var changes: [RegistrationChange] = [.founder(account, since: registration.since), .used(now)]
        if registration.levels[account.folded] != nil { changes.append(.level(folded: account.folded, nil)) }
        if registration.successor == account { changes.append(.successor(nil)) }
        if registration.levels.count < ChannelRegistration.maximumLevels {
            changes.append(.level(folded: former.folded, stays))
        }
        return [.registration(changes, by: requester.author)]
            + self.ranking(account, from: self.ranks(of: account), to: .owner, by: requester)
    }

    /// Decides what becomes of the channel when its founder's account goes: its successor has it, or nobody.
    package func decideGivingUp(by requester: Requester) throws(Refusal) -> ChannelEvent {
        guard let registration else { throw self.notRegistered }
        // Whatever else it may: of what is another's nothing becomes.
        guard requester.account == registration.founder else { throw self.founderNeeded }
        return .registration(registration.handingOver, by: requester.author)
    }

    /// Decides who has the channel after its founder: its founder does.
    ///
    /// - Returns: What happens; nothing if it is so already.
    package func decideSuccessor(
        _ account: AccountReference?,
        by requester: Requester
    ) throws(Refusal) -> [ChannelEvent] {
        let registration = try self.checkFounder(requester)
        if let account, account == registration.founder {
            throw Refusal(.cannotGiveLevel, self.name.raw, account.name, text: "The founder cannot be the successor")
        }
        return registration.successor == account
            ? [] : [.registration([.successor(account)], by: requester.author)]
    }

    /// Decides what an account is in the channel from now on, and what those of it who are there are at once.
    ///
    /// Owners by their own level say who is host or voice, the founder who is owner, too; who gives a level up need not ask.
    ///
    /// - Parameters:
    ///   - account: Whose level.
    ///   - rank: One of the ranks; nil for none.
    ///   - requester: Who asks.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What happens; nothing if it is so already.
    /// - Throws: Why not.
    package func decideLevel(
        of account: AccountReference,
        _ rank: MemberModes?,
        by requester: Requester,
        now: Int64
    ) throws(Refusal) -> [ChannelEvent] {
        guard let registration else { throw self.notRegistered }
        let known = registration.levels[account.folded]
        let isOwn = rank == nil && requester.account == account
        if !isOwn {
            let own = registration.rank(of: requester.account)
            let isFounder = requester.account == registration.founder || requester.may(.runAnyChannel)
            let isAboutOwners = rank == .owner || known?.rank == .owner
            guard isFounder || own == .owner && !isAboutOwners else {
                throw isAboutOwners
                    ? self.founderNeeded
                    : Refusal(
                        .levelNeeded,
                        self.name.raw,
                        text: "Only who owns the channel by its registration does this"
                    )
            }
        }
        if account == registration.founder {
            throw Refusal(.cannotGiveLevel, self.name.raw, account.name, text: "The founder is an owner already")
        }
        // One of an account that was there before under the name is none any more.
        let before = known?.account == account ? known?.rank : nil
        if before == rank, rank != nil || known == nil { return [] }
        if rank != nil, known == nil, registration.levels.count >= ChannelRegistration.maximumLevels {
            throw Refusal(.listIsFull, self.name.raw, "A")
        }
        let level = rank.map {
            ChannelLevel(account: account, rank: $0, setter: requester.account?.name ?? "*", time: now)
        }
        return [.registration([.level(folded: account.folded, level)], by: requester.author)]
            + self.ranking(account, from: before ?? [], to: rank ?? [], by: requester)
    }

    /// Decides which ranks a member gets again that its account has there.
    ///
    /// - Returns: What happens; nothing if it has none, or has it.
    package func decideOwnRank(by requester: Requester) throws(Refusal) -> [ChannelEvent] {
        guard let registration else { throw self.notRegistered }
        guard let ranks = self.members.modes(of: requester.session) else {
            throw Refusal(.notOnChannel, self.name.raw)
        }
        let own = registration.rank(of: requester.account)
        if own.isEmpty { throw Refusal(.levelNeeded, self.name.raw, text: "Your account has no rank in this channel") }
        if ranks.isSuperset(of: own) { return [] }
        let nick = requester.user.nick.raw
        return [.modes([.rank(own, requester.session, nick: nick, on: true)], by: requester.author)]
    }

    /// What an account's members that are there become, when what it is by its level changes.
    private func ranking(
        _ account: AccountReference,
        from before: MemberModes,
        to after: MemberModes,
        by requester: Requester
    ) -> [ChannelEvent] {
        var changes: [ModeChange] = []
        for member in self.members where member.user.account.map(Names.accountMapping.fold) == account.folded {
            let nick = member.user.nick.raw
            if !before.isEmpty, before != after, member.modes.contains(before) {
                changes.append(.rank(before, member.session, nick: nick, on: false))
            }
            if !after.isEmpty, !member.modes.contains(after) {
                changes.append(.rank(after, member.session, nick: nick, on: true))
            }
        }
        return changes.isEmpty ? [] : [.modes(changes, by: requester.author)]
    }

    private func ranks(of account: AccountReference) -> MemberModes { self.registration?.rank(of: account) ?? [] }

    /// Only the founder, or who runs any channel, goes on.
    @discardableResult
    func checkFounder(_ requester: Requester) throws(Refusal) -> ChannelRegistration {
        guard let registration else { throw self.notRegistered }
        guard requester.account == registration.founder || requester.may(.runAnyChannel) else {
            throw self.founderNeeded
        }
        return registration
    }

    var notRegistered: Refusal {
        Refusal(.channelIsNotRegistered, self.name.raw, text: "The channel is not registered")
    }

    private var founderNeeded: Refusal {
        Refusal(.founderNeeded, self.name.raw, text: "Only the founder of the channel does this")
    }

    // MARK: What happened

    mutating func evolve(_ change: RegistrationChange) {
        switch change {
        case .founder(let account, let since):
            var registration = self.registration ?? ChannelRegistration(founder: account, since: since)
            (registration.founder, registration.since) = (account, since)
            self.registration = registration
            self.modes.insert(.registered)
        case .dropped:
            self.registration = nil
            self.modes.remove(.registered)
        case .successor(let account): self.registration?.successor = account
        case .level(let folded, let level): self.registration?.levels[folded] = level
        case .autoKick(let mask, let entry):
            guard var entries = self.registration?.autoKicks else { return }
            entries.removeAll { $0.mask == mask }
            if let entry { entries.append(entry) }
            self.registration?.autoKicks = entries.inOrder
        case .modeLock(let lock): self.registration?.modeLock = lock
        case .topicLock(let isOn): self.registration?.isTopicLocked = isOn
        case .description(let text): self.registration?.description = text
        case .isPrivate(let isOn): self.registration?.isPrivate = isOn
        case .used(let time): self.registration?.lastUse = time
        }
    }
}
