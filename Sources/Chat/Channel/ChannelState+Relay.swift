// Who may relay what people elsewhere say.

import IRC

extension ChannelState {
    /// Decides whether somebody who may speak in the channel may do so for somebody behind a bridge: hosts may, and who has the
    /// right to; and not for whom the channel has banned.
    ///
    /// - Parameters:
    ///   - prefix: `nick!user@host` of the one who is relayed, as it is shown.
    ///   - requester: The bridge.
    /// - Throws: ``Refusal`` if it may not.
    package func checkRelay(of prefix: String, by requester: Requester) throws(Refusal) {
        guard requester.may(.relay) || self.members.modes(of: requester.session)?.isHost == true else {
            throw Refusal(.relayingNeeded, self.name.raw)
        }
        func isListed(_ list: ListMode) -> Bool {
            (self.lists[list] ?? []).contains {
                $0.ban?.concerns(.speak) == true && $0.ban?.matches(shown: prefix) == true
            }
        }
        if isListed(.ban), !isListed(.exception) { throw Refusal(.relayedIsBanned, self.name.raw) }
    }
}
