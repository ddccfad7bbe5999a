// Closing a channel to guests for a while: who does that, and whom it keeps out.

import IRC

extension ChannelState {
    /// Decides that the channel is closed to guests, or open to them again.
    ///
    /// - Parameters:
    ///   - raid: Why and until when; nil to open it.
    ///   - requester: Who says so: who runs the channel.
    ///   - server: Who tells its members.
    /// - Returns: That; nil if it is open already.
    /// - Throws: Why not.
    package func decideRaid(
        _ raid: ChannelRaid?,
        by requester: Requester,
        server: String
    ) throws(Refusal) -> ChannelEvent? {
        try self.checkHost(requester)
        try raid?.reason.checkLength(Lengths.reason)
        if raid == nil, self.raid == nil { return nil }
        return .raid(raid, by: requester.author, server: server)
    }

    /// Refuses a guest who would come in meanwhile without having been asked.
    func checkRaid(entering requester: Requester, now: Int64) throws(Refusal) {
        guard let raid, raid.holds(at: now), requester.user.account == nil, !self.invited.contains(requester.session)
        else { return }
        let text: Phrase = "Guests do not come into this channel for now: \(raid.reason)"
        throw Refusal(.loginNeeded, self.name.raw, text: text)
    }

    /// Refuses a guest without a rank who would speak meanwhile.
    func checkRaid(speaking requester: Requester, now: Int64) throws(Refusal) {
        guard let raid, raid.holds(at: now), requester.user.account == nil else { return }
        let text: Phrase = "Cannot send to channel: guests do not speak here for now: \(raid.reason)"
        throw Refusal(.cannotSpeak, self.name.raw, text: text)
    }
}
