// Who comes in and who goes.

import IRC

extension ChannelState {
    /// Decides whether somebody comes in (RFC 2812 3.2.1, modern.ircdocs.horse JOIN).
    ///
    /// The first one in a channel becomes its owner. Who may enter any channel always comes in.
    ///
    /// - `maximumMembers`: The tenant's quota, whatever the channel's own limit says.
    package func decideJoin(
        by requester: Requester,
        key: String?,
        maximumMembers: Int?,
        now: Int64
    ) throws(Refusal) -> ChannelEvent {
        if let maximumMembers, self.members.count >= maximumMembers { throw Refusal(.channelIsFull, self.name.raw) }
        if !requester.may(.enterAnyChannel) {
            try self.checkEntry(of: requester, key: key)
        }
        let isFounding = self.members.isEmpty && !self.modes.contains(.registered)
        return .joined(
            Member(
                session: requester.session,
                user: requester.user,
                modes: isFounding ? .owner : [],
                changes: requester.changes,
                joined: now
            ),
            founding: isFounding ? Founding(name: self.name, created: now) : nil
        )
    }

    private func checkEntry(of requester: Requester, key: String?) throws(Refusal) {
        let isInvited = self.invited.contains(requester.session)
        if self.isBanned(requester), !isInvited { throw Refusal(.banned, self.name.raw) }
        if self.modes.contains(.inviteOnly), !isInvited, !self.matches(requester, .inviteException) {
            throw Refusal(.inviteOnly, self.name.raw)
        }
        if let expected = self.key, !isInvited, !constantTimeEqual(expected, key ?? "") {
            throw Refusal(.badKey, self.name.raw)
        }
        if let limit = self.limit, self.members.count >= limit { throw Refusal(.channelIsFull, self.name.raw) }
    }

    /// Whether a ban holds for somebody and no exception does.
    package func isBanned(_ requester: Requester) -> Bool {
        self.matches(requester, .ban) && !self.matches(requester, .exception)
    }

    func matches(_ requester: Requester, _ list: ListMode) -> Bool {
        guard let entries = self.lists[list] else { return false }
        return entries.contains { $0.matcher.map(requester.matches) ?? false }
    }

    /// Decides whether a member leaves; members always may.
    package func decidePart(by requester: Requester, reason: String?) throws(Refusal) -> ChannelEvent {
        guard let member = self.members[requester.session] else { throw Refusal(.notOnChannel, self.name.raw) }
        try reason?.checkLength(Lengths.reason)
        return .parted(member.session, by: Author(requester.session, member.user), reason: reason)
    }
}

/// Compares secrets without telling by the time taken where they differ.
func constantTimeEqual(_ left: String, _ right: String) -> Bool {
    let (left, right) = (Array(left.utf8), Array(right.utf8))
    var difference = left.count ^ right.count
    for index in right.indices { difference |= Int(right[index] ^ (index < left.count ? left[index] : 0)) }
    return difference == 0
}
