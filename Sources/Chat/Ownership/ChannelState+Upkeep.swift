// How a registered channel ends that nobody needs, and what becomes of one whose founder is no more.

import IRC

extension ChannelRegistration {
    /// How often it is noted that somebody with a level is there, in milliseconds.
    package static let noteInterval: Int64 = 86_400_000

    /// Whether it has not been noted lately that somebody with a level was there.
    package func isUnnoted(at now: Int64) -> Bool {
        // A clock that was ahead says nothing of when that was.
        self.lastUse.map { now - $0 >= Self.noteInterval || $0 - now > Self.noteInterval } ?? true
    }

    /// Whether nobody with a level was there for some time.
    ///
    /// - Parameters:
    ///   - expiry: Milliseconds; 0 for never.
    ///   - opened: Since when anybody can come, milliseconds since 1970; nil if that is not known to have been otherwise.
    ///   - now: Likewise.
    /// - Returns: Whether it is over. Since the use is noted once in a while, not before that has passed, too.
    func isExpired(after expiry: Int64, opened: Int64?, now: Int64) -> Bool {
        guard expiry > 0, let lastUse else { return false }
        return now - max(lastUse, opened ?? lastUse) >= expiry + Self.noteInterval
    }
}

extension ChannelState {
    /// What is noted when somebody comes in: that the channel is used, once a day, if it has a level there.
    package func noteOfUse(by requester: Requester, now: Int64) -> ChannelEvent? {
        guard let registration, registration.isUnnoted(at: now), !registration.rank(of: requester.account).isEmpty
        else { return nil }
        return .registration([.used(now)], by: requester.author)
    }

    /// Decides what becomes of a registered channel that is looked at in turn.
    ///
    /// It goes to its successor, or is nobody's any more, when its founder's account is no more; and it is nobody's when nobody with a
    /// level was there for long. When that was is not known of one that an earlier version registered: it counts from now on.
    ///
    /// - Parameters:
    ///   - expiry: After how many milliseconds; 0 for never.
    ///   - gone: Accounts that are known to be no more.
    ///   - opened: When the network was opened again that had been suspended, milliseconds since 1970; nil if it never was. Until
    ///     then nobody could come, so it counts from then on.
    ///   - guestsFound: Whether guests may be those who begin a channel.
    ///   - author: Who says so.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What happens, if anything.
    package func decideUpkeep(
        expiry: Int64,
        gone: Set<AccountReference>,
        opened: Int64? = nil,
        guestsFound: Bool = true,
        by author: Author,
        now: Int64
    ) -> [ChannelEvent] {
        guard let registration else { return [] }
        if gone.contains(registration.founder) {
            guard let successor = registration.successor, !gone.contains(successor) else {
                return self.lapsing(registration, guestsFound: guestsFound, by: author)
            }
            return [.registration(registration.handingOver + [.used(now)], by: author)]
        }
        guard registration.isUnnoted(at: now) else { return [] }
        let isUsed = self.members.contains { registration.knows($0.user) }
        let isAhead = registration.lastUse.map { $0 > now } ?? true
        if isUsed || isAhead { return [.registration([.used(now)], by: author)] }
        return registration.isExpired(after: expiry, opened: opened, now: now)
            ? self.lapsing(registration, guestsFound: guestsFound, by: author) : []
    }

    /// What happens when it belongs to nobody any more, and nobody said so who could see to what follows.
    ///
    /// Where people stay whom nobody is left to run it for, one of them owns it, as whoever came first would if they had not
    /// stayed: who had the highest level there, or else is in it longest; who has an account before guests, and no bot. Who is called
    /// like the founder is somebody else.
    private func lapsing(
        _ registration: ChannelRegistration,
        guestsFound: Bool,
        by author: Author
    ) -> [ChannelEvent] {
        let dropped = ChannelEvent.registration([.dropped], by: author)
        func place(_ member: Member) -> (UInt8, UInt8, Int64, UInt64) {
            let account = member.user.account.map(Names.accountMapping.fold)
            let level = account.flatMap { registration.levels[$0]?.rank } ?? []
            return (account == nil ? 1 : 0, .max - level.rawValue, member.joined, member.session.rawValue)
        }
        let heirs = self.members.filter { member in
            !member.user.modes.contains(.bot) && (guestsFound || member.user.account != nil)
        }
        guard !self.members.contains(where: \.modes.isHost), let heir = heirs.min(by: { place($0) < place($1) })
        else { return [dropped] }
        return [dropped, .modes([.rank(.owner, heir.session, nick: heir.user.nick.raw, on: true)], by: author)]
    }
}
