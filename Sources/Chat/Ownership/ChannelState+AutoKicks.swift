// Whom a registered channel keeps out, and who says so (AKICK of atheme and anope).

import IRC

extension ChannelState {
    /// Refuses who is kept out.
    ///
    /// Not who has a level, for that can be taken away. An invitation and an exception of bans, which anybody gives who has `+o` for
    /// the moment, do not let them in.
    func checkAutoKicks(of requester: Requester, now: Int64) throws(Refusal) {
        guard let registration, !registration.autoKicks.isEmpty, !requester.may(.enterAnyChannel),
            registration.rank(of: requester.account).isEmpty,
            let entry = registration.autoKicks.first(where: { $0.holds(at: now) && $0.matches(requester) })
        else { return }
        throw Refusal(.banned, self.name.raw, text: "You are kept out of this channel: \(entry.reason)")
    }

    /// Decides whether somebody is kept out from now on: hosts and owners by their level say so.
    ///
    /// What means the same people is replaced, and what does not hold any more goes.
    ///
    /// - Parameters:
    ///   - mask: Whom: a mask, or an extended ban of an account or a real name.
    ///   - until: Until when, in milliseconds since 1970; nil for good.
    ///   - reason: Why, which they are told.
    ///   - requester: Who asks.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What happens, and the entry as it is listed.
    /// - Throws: Why not.
    package func decideAutoKick(
        of mask: String,
        until: Int64?,
        reason: String,
        by requester: Requester,
        now: Int64
    ) throws(Refusal) -> (event: ChannelEvent, entry: AutoKick) {
        let registration = try self.checkLevel(.host, requester)
        guard reason.utf8.count <= AutoKick.longestReason else {
            throw Refusal(.textTooLong, text: "A reason has \(AutoKick.longestReason) bytes at most")
        }
        let setter = requester.account?.name ?? requester.user.nick.raw
        guard let entry = AutoKick(mask: mask, reason: reason, setter: setter, time: now, until: until) else {
            let text: Phrase = "Say whom: nick!user@host, a:<account> or r:<real name>"
            throw Refusal(.invalidAutoKick, self.name.raw, text: text)
        }
        let gone = registration.autoKicks.filter { !$0.holds(at: now) || $0.meansSame(as: entry) }
        guard registration.autoKicks.count - gone.count < AutoKick.maximum else {
            throw Refusal(
                .listIsFull,
                self.name.raw,
                "K",
                text: "The channel keeps out as many as it may: lift one first"
            )
        }
        let changes = gone.map { RegistrationChange.autoKick(mask: $0.mask, nil) }
        return (.registration(changes + [.autoKick(mask: entry.mask, entry)], by: requester.author), entry)
    }

    /// Decides whether those whom a mask means are kept out no more.
    ///
    /// - Parameters:
    ///   - mask: As it is listed, or another one that means the same.
    ///   - requester: Who asks.
    ///   - now: Milliseconds since 1970.
    /// - Returns: What happens, and the mask as it was listed.
    /// - Throws: Why not.
    package func decideLift(
        _ mask: String,
        by requester: Requester,
        now: Int64
    ) throws(Refusal) -> (event: ChannelEvent, mask: String) {
        let registration = try self.checkLevel(.host, requester)
        let meant = AutoKick(mask: mask, reason: "", setter: "", time: now, until: nil)
        guard let known = meant.flatMap({ meant in registration.autoKicks.first { $0.meansSame(as: meant) } }) else {
            throw Refusal(.noSuchAutoKick, self.name.raw, text: "The channel keeps nobody out by that mask")
        }
        let gone = registration.autoKicks.filter { !$0.holds(at: now) || $0.mask == known.mask }
        let changes = gone.map { RegistrationChange.autoKick(mask: $0.mask, nil) }
        return (.registration(changes, by: requester.author), known.mask)
    }

    /// Whom the channel keeps out at a time, for those who may know it: hosts and owners by their level.
    package func autoKicks(for requester: Requester, now: Int64) throws(Refusal) -> [AutoKick] {
        try self.checkLevel(.host, requester).autoKicks.filter { $0.holds(at: now) }
    }

    /// Members whom an entry means and who have to go: not who has a level, nor owners unless an owner says so.
    ///
    /// - Throws: Why who asks takes nobody out, for what it is may have changed meanwhile.
    package func members(
        keptOutBy entry: AutoKick,
        for requester: Requester
    ) throws(Refusal) -> some Sequence<Member> {
        let registration = try self.checkLevel(.host, requester)
        let isOwner = requester.may(.runAnyChannel) || registration.rank(of: requester.account) == .owner
        return self.members.lazy.filter { member in
            (isOwner || !member.modes.contains(.owner)) && member.session != requester.session
                && !registration.knows(member.user) && entry.matches(member)
        }
    }
}
