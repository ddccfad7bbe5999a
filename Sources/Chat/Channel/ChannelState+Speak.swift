// Who may speak, set the topic, kick and invite.

import IRC

extension ChannelState {
    /// Decides whether somebody may send a message to the channel (RFC 2811 4.2.3, 4.3; modern.ircdocs.horse PRIVMSG).
    ///
    /// - `minimum`: The rank that a STATUSMSG prefix asked for; empty for everybody.
    package func checkSpeech(of requester: Requester, to minimum: MemberModes = []) throws(Refusal) {
        if self.modes.contains(.noExternal), !self.members.contains(requester.session) {
            throw Refusal(.cannotSpeak, self.name.raw)
        }
        if !self.restrictsMembers { return }
        if self.members.modes(of: requester.session)?.isEmpty == false { return }
        if self.modes.contains(.moderated) || self.isBanned(requester) {
            throw Refusal(.cannotSpeak, self.name.raw)
        }
    }

    /// Whether some members may not speak: most channels are neither moderated nor have bans.
    package var restrictsMembers: Bool { self.modes.contains(.moderated) || self.lists[.ban] != nil }

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
        if self.members.contains(session) {
            throw Refusal(.userOnChannel, user.nick.raw, self.name.raw)
        }
        if self.modes.contains(.inviteOnly), !member.modes.isHost, !requester.may(.runAnyChannel) {
            throw Refusal(.hostNeeded, self.name.raw)
        }
        return .invited(session, nick: user.nick.raw, by: Author(requester.session, member.user))
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
