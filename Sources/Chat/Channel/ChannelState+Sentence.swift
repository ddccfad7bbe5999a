// What a network's checks do to a member by themselves, and the end of it: entries of the list of bans that end.

import IRC

extension ChannelState {
    /// What is done to who said what is not to be said.
    package enum Sentence: Hashable, Sendable {
        /// Does not speak until a time, in milliseconds since 1970.
        case mute(until: Int64)
        case kick
        /// Is taken out, and does not come in until a time.
        case ban(until: Int64)

        private var ending: Int64? {
            switch self {
            case .mute(let until), .ban(let until): until
            case .kick: nil
            }
        }

        /// The entry that says so, of who is shown and logged in so; nil if none does.
        fileprivate func entry(against user: User, setter: String, now: Int64) -> ListEntry? {
            guard let until = self.ending else { return nil }
            let whom =
                user.account.map { "\(ExtendedBan.account.letter):\($0)" } ?? "*!*@\(user.host)"
            let isMute = if case .mute = self { true } else { false }
            guard let ban = Ban(isMute ? "m:\(whom)" : whom) else { return nil }
            return ListEntry(mask: ban.text, setter: setter, time: now, until: until)
        }
    }

    /// What happens to a member; nothing if it has happened already.
    ///
    /// Who has a voice loses it with a mute, which would not hold otherwise. Where the list of bans is full nothing is added to it.
    ///
    /// - Parameters:
    ///   - sentence: What is done.
    ///   - session: To whom.
    ///   - author: The network.
    ///   - reason: What is told of who is taken out.
    ///   - now: Milliseconds since 1970.
    /// - Returns: The events in order.
    package func decide(
        _ sentence: Sentence,
        of session: SessionID,
        by author: Author,
        reason: String,
        now: Int64
    ) -> [ChannelEvent] {
        guard let member = self.members[session] else { return [] }
        var changes: [ModeChange] = []
        if case .mute = sentence, member.modes.contains(.voice) {
            changes.append(.rank(.voice, session, nick: member.user.nick.raw, on: false))
        }
        if let entry = sentence.entry(against: member.user, setter: author.prefix, now: now) {
            let bans = self.lists[.ban] ?? []
            let holds = bans.contains { $0.ban == entry.ban && $0.holds(at: now) }
            if !holds, bans.count < Self.maximumListEntries { changes.append(.list(.ban, entry, on: true)) }
        }
        var events: [ChannelEvent] = changes.isEmpty ? [] : [.modes(changes, by: author)]
        switch sentence {
        case .mute: break
        case .kick, .ban: events.append(.kicked(session, nick: member.user.nick.raw, by: author, reason: reason))
        }
        return events
    }

    /// The end of entries that do not hold any more; nil if there are none.
    package func decideLapseOfBans(by author: Author, now: Int64) -> ChannelEvent? {
        let lapsed = (self.lists[.ban] ?? []).filter { !$0.holds(at: now) }.prefix(Self.maximumModes)
        return lapsed.isEmpty ? nil : .modes(lapsed.map { .list(.ban, $0, on: false) }, by: author)
    }
}
