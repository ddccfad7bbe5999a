// Who may ask to be let in.

import IRC

extension ChannelState {
    /// Decides whether somebody may knock: at a door that is closed to them, and that they know of.
    package func decideKnock(by requester: Requester, server: String) throws(Refusal) -> ChannelEvent {
        if self.members.contains(requester.session) { throw Refusal(.knockOnOwnChannel, self.name.raw) }
        if self.modes.contains(.secret), !requester.may(.seeHidden) { throw Refusal(.noSuchChannel, self.name.raw) }
        guard self.modes.contains(.inviteOnly) || self.key != nil else {
            throw Refusal(.channelIsOpen, self.name.raw)
        }
        if self.ban(on: requester, .enter) != nil { throw Refusal(.banned, self.name.raw) }
        return .knocked(by: requester.author, server: server)
    }
}
