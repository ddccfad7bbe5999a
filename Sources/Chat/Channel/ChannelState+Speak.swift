// Who may speak, set the topic, kick and invite.

import IRC

extension ChannelState {
    /// Decides whether somebody may send a message to the channel (RFC 2811 4.2.3, 4.3; modern.ircdocs.horse PRIVMSG).
    ///
    /// What a message may be holds for all, who may speak for those without a rank.
    ///
    /// - Parameters:
    ///   - requester: Who speaks.
    ///   - said: What is said, as far as it matters.
    ///   - last: When it last spoke there, in milliseconds since 1970, if the channel is slow.
    ///   - now: Likewise.
    /// - Throws: Why not.
    package func checkSpeech(
        of requester: Requester,
        _ said: Said = Said(),
        after last: Int64? = nil,
        now: Int64 = 0
    ) throws(Refusal) {
        if self.modes.contains(.noExternal), !self.members.contains(requester.session) {
            throw Refusal(.cannotSpeak, self.name.raw)
        }
        if !self.members.contains(requester.session) {
            do throws(Refusal) { try self.checkAutoKicks(of: requester, now: now) } catch {
                throw Refusal(.cannotSpeak, self.name.raw)
            }
        }
        if !self.restrictsMembers { return }
        if said.isCTCP, self.modes.contains(.noCTCP) { throw self.silenced("no CTCP here (+C)") }
        if said.isFormatted, self.modes.contains(.noFormatting) {
            throw self.silenced("no colours or formatting here (+c)")
        }
        if said.isNotice, self.modes.contains(.noNotice) { throw self.silenced("no notices here (+T)") }
        if self.members.modes(of: requester.session)?.isEmpty == false { return }
        if self.modes.contains(.moderated) || self.ban(on: requester, .speak, now: now) != nil {
            throw Refusal(.cannotSpeak, self.name.raw)
        }
        try self.checkRaid(speaking: requester, now: now)
        if self.modes.contains(.accountsSpeak), requester.user.account == nil {
            throw self.silenced("log in to an account first (+M)")
        }
        if let slow, let last {
            let wait = last + Int64(slow.seconds) * 1000 - now
            if wait > 0 { throw self.silenced("wait \((wait + 999) / 1000) seconds (+W)") }
        }
    }

    /// The rank that a member must have to hear somebody.
    ///
    /// - `asked`: the rank that a STATUSMSG prefix asked for; empty for everybody.
    package func audience(of session: SessionID, _ asked: MemberModes) -> MemberModes {
        guard self.modes.contains(.heardByHosts), self.members.modes(of: session)?.isEmpty != false else {
            return asked
        }
        return asked.reaches(.host) ? asked : .host
    }

    private func silenced(_ why: Phrase) -> Refusal {
        Refusal(.cannotSpeak, self.name.raw, text: "Cannot send to channel: \(why)")
    }

    /// How long members without a rank wait between messages, if they do.
    package var slow: SlowMode? { self.values[.slow].flatMap { SlowMode($0) } }

    /// Whether there is something to look at before a member's message: most channels have no such mode and no bans.
    package var restrictsMembers: Bool { self.restrictsMembers(at: .min) }

    /// The same at a time, in milliseconds since 1970: doors that were closed until then are open.
    package func restrictsMembers(at now: Int64) -> Bool {
        !self.modes.isDisjoint(with: .aboutSpeech) || self.lists[.ban] != nil || self.values[.slow] != nil
            || self.raid?.holds(at: now) == true
    }

    /// Decides whether a member may go by another nickname.
    package func checkNickChange(by requester: Requester) throws(Refusal) {
        guard self.modes.contains(.noNickChange), !requester.may(.runAnyChannel),
            self.members.modes(of: requester.session)?.isHost != true
        else { return }
        throw Refusal(.nickIsKept, self.name.raw)
    }

    /// Decides a change of the topic; an empty text clears it (RFC 2812 3.2.4).
    package func decideTopic(
        _ text: String,
        by requester: Requester,
        now: Int64
    ) throws(Refusal) -> ChannelEvent {
        guard let member = self.members[requester.session] else { throw Refusal(.notOnChannel, self.name.raw) }
        if self.modes.contains(.topicByHosts), !member.modes.isHost, !requester.may(.runAnyChannel) {
            throw Refusal(.hostNeeded, self.name.raw)
        }
        try self.checkTopicLock(requester)
        try text.checkLength(Lengths.topic)
        let actor = Author(requester.session, member.user)
        if text.isEmpty { return .topic(nil, by: actor) }
        return .topic(Topic(text: text, setter: member.user.nick.raw, time: now), by: actor)
    }

    /// Decides a KICK (RFC 2812 3.2.8).
    ///
    /// A host cannot kick an owner (IRCX draft 4.1).
    package func decideKick(
        of target: Member,
        by requester: Requester,
        reason: String
    ) throws(Refusal) -> ChannelEvent {
        try self.checkHost(requester)
        let isOwner = self.members.modes(of: requester.session)?.contains(.owner) ?? false
        if target.modes.contains(.owner), !isOwner, !requester.may(.runAnyChannel) {
            throw Refusal(.ownerCannotBeKicked, self.name.raw)
        }
        try reason.checkLength(Lengths.reason)
        return .kicked(
            target.session,
            nick: target.user.nick.raw,
            by: Author(requester.session, requester.user),
            reason: reason
        )
    }

    /// Decides an INVITE (RFC 2812 3.2.7): only members invite, into an invite-only channel only hosts.
    package func decideInvite(
        of session: SessionID,
        _ user: User,
        by requester: Requester
    ) throws(Refusal) -> ChannelEvent {
        guard let member = self.members[requester.session] else { throw Refusal(.notOnChannel, self.name.raw) }
        // Who is hidden from a member is not found out by inviting them.
        if let ranks = self.members.modes(of: session), !self.hides(ranks) || member.modes.isHost {
            throw Refusal(.userOnChannel, user.nick.raw, self.name.raw)
        }
        if self.modes.contains(.inviteOnly), !member.modes.isHost, !requester.may(.runAnyChannel) {
            throw Refusal(.hostNeeded, self.name.raw)
        }
        return .invited(session, nick: user.nick.raw, by: Author(requester.session, member.user))
    }

    /// Decides whether somebody may have others forwarded to the channel: who runs it, and everybody if it says so.
    package func checkForward(by requester: Requester) throws(Refusal) {
        if !self.modes.contains(.freeForward) { try self.checkHost(requester) }
    }

    /// Only a host, an owner or who runs any channel goes on.
    package func checkHost(_ requester: Requester) throws(Refusal) {
        if requester.may(.runAnyChannel) { return }
        guard let member = self.members[requester.session] else { throw Refusal(.notOnChannel, self.name.raw) }
        guard member.modes.isHost else { throw Refusal(.hostNeeded, self.name.raw) }
    }
}

extension String {
    /// Refuses a text that would not arrive whole.
    ///
    /// - `limit`: In bytes, one of ``Lengths``.
    package func checkLength(_ limit: Int) throws(Refusal) {
        if self.utf8.count > limit { throw Refusal(.textTooLong) }
    }
}
