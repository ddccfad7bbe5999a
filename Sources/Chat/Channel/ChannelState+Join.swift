// Who comes in and who goes.

import IRC

extension ChannelState {
    /// Decides whether somebody comes in (RFC 2812 3.2.1, modern.ircdocs.horse JOIN).
    ///
    /// The first one in a channel becomes its owner; in a registered one everybody is what its account is there. Who
    /// had a rank before a server's end took it out has it again; hosts and owners then need no
    /// invitation. Who may enter any channel always comes in, and so does who owns it by its registration: nobody locks them
    /// out while they are away.
    ///
    /// - Parameters:
    ///   - requester: Who comes.
    ///   - key: What it gives as the channel's key.
    ///   - maximumMembers: The tenant's quota, whatever the channel's own limit says.
    ///   - joins: When others came in lately, the last last, in milliseconds since 1970.
    ///   - now: Likewise.
    ///   - byLink: Whether it has an invite link: comes in as who was invited does, but not past
    ///     bans, and nowhere else.
    /// - Returns: Its coming in.
    /// - Throws: Why it does not, or where it comes in instead.
    package func decideJoin(
        by requester: Requester,
        key: String?,
        maximumMembers: Int?,
        joins: some BidirectionalCollection<Int64> = [],
        now: Int64,
        byLink: Bool = false
    ) throws(Refusal) -> ChannelEvent {
        if let maximumMembers, self.members.count >= maximumMembers { throw Refusal(.channelIsFull, self.name.raw) }
        // Whoever it is: what is said there is not to be read on the way.
        if self.modes.contains(.secureOnly), !requester.user.modes.contains(.secure) {
            throw Refusal(.secureNeeded, self.name.raw)
        }
        if !requester.may(.enterAnyChannel), self.registration?.rank(of: requester.account) != .owner {
            try self.checkAutoKicks(of: requester, now: now)
            try self.checkEntry(of: requester, key: key, now: now, byLink: byLink)
            try self.checkRaid(entering: requester, now: now)
            try self.checkRoom(for: requester, joins, now, byLink)
        }
        let isFounding = self.members.isEmpty && self.registration == nil && self.awaited.isEmpty
        let had = self.awaitedRank(of: requester, now: now)
        return .joined(
            Member(
                session: requester.session,
                user: requester.user,
                modes: isFounding ? .owner : self.registration?.rank(of: requester.account) ?? had,
                changes: requester.changes,
                joined: now
            ),
            founding: isFounding ? Founding(name: self.name, created: now) : nil
        )
    }

    private func checkEntry(
        of requester: Requester,
        key: String?,
        now: Int64,
        byLink: Bool
    ) throws(Refusal) {
        if self.invited.contains(requester.session) { return }
        if let ban = self.ban(on: requester, .enter, now: now) {
            let forward = byLink ? nil : ban.forward
            throw forward.map { Refusal(.forwarded, self.name.raw, $0.raw) } ?? Refusal(.banned, self.name.raw)
        }
        if byLink { return }
        // Nobody who could let them in need be left where a server's end took out those who run the channel.
        if !self.awaitedRank(of: requester, now: now).isHost {
            if self.modes.contains(.inviteOnly), !self.matches(requester, .inviteException) {
                throw self.turnedAway(.inviteOnly)
            }
            if self.modes.contains(.accountsEnter), requester.user.account == nil {
                throw self.turnedAway(.loginNeeded)
            }
        }
        if let expected = self.key, !ConstantTime.equal(Array(expected.utf8), Array((key ?? "").utf8)) {
            throw Refusal(.badKey, self.name.raw)
        }
    }

    private func checkRoom(
        for requester: Requester,
        _ joins: some BidirectionalCollection<Int64>,
        _ now: Int64,
        _ byLink: Bool
    ) throws(Refusal) {
        if let limit = self.limit, self.members.count >= limit { throw self.turnedAway(.channelIsFull, byLink) }
        guard let throttle, !self.invited.contains(requester.session) else { return }
        if throttle.isExhausted(by: joins, now: now) { throw self.turnedAway(.tooManyJoins, byLink) }
    }

    /// How many may come in, if that is limited.
    package var throttle: JoinThrottle? { self.values[.throttle].flatMap { JoinThrottle($0) } }

    /// Why somebody does not come in, or where instead.
    private func turnedAway(_ reason: Refusal.Reason, _ byLink: Bool = false) -> Refusal {
        let forward = byLink ? nil : self.values[.forward]
        return forward.map { Refusal(.forwarded, self.name.raw, $0) } ?? Refusal(reason, self.name.raw)
    }

    /// The ban that keeps somebody from something; nil if there is none, or an exception holds.
    ///
    /// - `now`: milliseconds since 1970; what ends holds at 0.
    func ban(on requester: Requester, _ act: Ban.Act, now: Int64 = 0) -> Ban? {
        guard let ban = self.entry(in: .ban, for: requester, act, now) else { return nil }
        return self.entry(in: .exception, for: requester, act, now) == nil ? ban : nil
    }

    private func entry(in list: ListMode, for requester: Requester, _ act: Ban.Act, _ now: Int64) -> Ban? {
        self.lists[list]?.lazy.filter { $0.holds(at: now) }.compactMap(\.ban)
            .first { $0.concerns(act) && $0.matches(requester) }
    }

    func matches(_ requester: Requester, _ list: ListMode) -> Bool {
        self.lists[list]?.contains { $0.ban?.matches(requester) == true } ?? false
    }

    /// Whether an entry of a list asks for channels or certificate of somebody.
    package var asksForMore: Bool {
        self.lists.values.contains { entries in entries.contains { $0.ban?.asksForMore == true } }
    }

    /// Decides whether a member leaves; members always may.
    package func decidePart(by requester: Requester, reason: String?) throws(Refusal) -> ChannelEvent {
        guard let member = self.members[requester.session] else { throw Refusal(.notOnChannel, self.name.raw) }
        try reason?.checkLength(Lengths.reason)
        return .parted(member.session, by: Author(requester.session, member.user), reason: reason)
    }
}
