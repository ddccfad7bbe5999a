// Who may ask to be let in.

import IRC

extension ChannelState {
    /// Decides whether somebody may knock: at a door that is closed to them, and that they know of.
    ///
    /// - Parameters:
    ///   - requester: Who knocks.
    ///   - server: Who says so.
    ///   - now: Milliseconds since 1970.
    /// - Returns: That it knocks.
    /// - Throws: Why it does not.
    package func decideKnock(
        by requester: Requester,
        server: String,
        now: Int64 = 0
    ) throws(Refusal) -> ChannelEvent {
        if self.members.contains(requester.session) { throw Refusal(.knockOnOwnChannel, self.name.raw) }
        if self.modes.contains(.secret), !requester.may(.seeHidden) { throw Refusal(.noSuchChannel, self.name.raw) }
        guard self.modes.contains(.inviteOnly) || self.key != nil else {
            throw Refusal(.channelIsOpen, self.name.raw)
        }
        try self.checkAutoKicks(of: requester, now: now)
        if self.ban(on: requester, .enter, now: now) != nil { throw Refusal(.banned, self.name.raw) }
        return .knocked(by: requester.author, server: server)
    }
}
