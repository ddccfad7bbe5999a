// What people do in a registered channel by their level, whether they are in it or not.

import IRC

extension ChannelState {
    /// How many changes one event of modes has at most.
    private static let mostChanges = 200

    /// Only who reaches a rank by its account's level, or runs any channel, goes on.
    @discardableResult
    func checkLevel(_ minimum: MemberModes, _ requester: Requester) throws(Refusal) -> ChannelRegistration {
        guard let registration else { throw self.notRegistered }
        if requester.may(.runAnyChannel) || registration.rank(of: requester.account).reaches(minimum) {
            return registration
        }
        let text: Phrase =
            minimum == .voice
            ? "Your account has no rank in this channel"
            : "Only accounts that are host or owner of the channel do this"
        throw Refusal(.levelNeeded, self.name.raw, text: text)
    }

    /// Decides an invitation by somebody's level: of oneself by whoever has one, of others by hosts and owners.
    ///
    /// - Parameters:
    ///   - session: Who is invited.
    ///   - user: Likewise.
    ///   - requester: Who asks.
    /// - Returns: The invitation.
    /// - Throws: Why not.
    package func decideInviteByLevel(
        of session: SessionID,
        _ user: User,
        by requester: Requester
    ) throws(Refusal) -> ChannelEvent {
        try self.checkLevel(session == requester.session ? .voice : .host, requester)
        if self.members.contains(session) { throw Refusal(.userOnChannel, user.nick.raw, self.name.raw) }
        return .invited(session, nick: user.nick.raw, by: requester.author)
    }

    /// Decides whether the bans that mean somebody are lifted: hosts and owners by their level do so.
    ///
    /// - Returns: What happens; nothing if there is no such ban.
    package func decideUnban(of somebody: Requester, by requester: Requester) throws(Refusal) -> [ChannelEvent] {
        try self.checkLevel(.host, requester)
        return self.removing(self.lists[.ban, default: []].filter { $0.ban?.matches(somebody) == true }, requester)
    }

    /// The channel's key, for hosts and owners by their level; nil if it has none.
    package func key(for requester: Requester) throws(Refusal) -> String? {
        try self.checkLevel(.host, requester)
        return self.key
    }

    /// Decides whether all bans are lifted: the founder does so.
    ///
    /// - Returns: What happens; nothing if there are none.
    package func decideClearingBans(by requester: Requester) throws(Refusal) -> [ChannelEvent] {
        try self.checkFounder(requester)
        return self.removing(self.lists[.ban] ?? [], requester)
    }

    private func removing(_ bans: [ListEntry], _ requester: Requester) -> [ChannelEvent] {
        self.events(bans.map { .list(.ban, $0, on: false) }, requester)
    }

    private func events(_ changes: [ModeChange], _ requester: Requester) -> [ChannelEvent] {
        stride(from: 0, to: changes.count, by: Self.mostChanges).map { start in
            .modes(Array(changes[start..<min(start + Self.mostChanges, changes.count)]), by: requester.author)
        }
    }

    /// Decides whether nobody is host or owner any more but those that are by their level: the founder does so.
    ///
    /// - Returns: What happens; nothing if nobody else is.
    package func decideClearingRanks(by requester: Requester) throws(Refusal) -> [ChannelEvent] {
        let registration = try self.checkFounder(requester)
        var changes: [ModeChange] = []
        for member in self.members where member.session != requester.session && member.modes.isHost {
            let level = registration.rank(named: member.user.account)
            let kept: MemberModes = level == .owner ? [.owner, .host] : level
            for rank in [MemberModes.owner, .host] where member.modes.contains(rank) && !kept.contains(rank) {
                changes.append(.rank(rank, member.session, nick: member.user.nick.raw, on: false))
            }
        }
        return self.events(changes, requester)
    }

    /// Which ranks a member gives up that it has by its account, to which it is logged in no more.
    ///
    /// - Returns: What happens; nothing if it has none.
    package func ranksGivenUp(by requester: Requester) -> [ChannelEvent] {
        guard let registration, let ranks = self.members.modes(of: requester.session) else { return [] }
        let own = registration.rank(of: requester.account).intersection(ranks)
        if own.isEmpty { return [] }
        return self.events(
            [.rank(own, requester.session, nick: requester.user.nick.raw, on: false)],
            requester
        )
    }

    /// Members who go when the founder has all go: who asks stays, and who has a level.
    package func members(clearedBy requester: Requester) throws(Refusal) -> some Sequence<Member> {
        let registration = try self.checkFounder(requester)
        return self.members.lazy.filter { $0.session != requester.session && !registration.knows($0.user) }
    }
}
