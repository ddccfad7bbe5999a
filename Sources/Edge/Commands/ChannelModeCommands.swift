import Chat
import IRC
import StateStore

/// MODE for channels and users (RFC 2812 3.1.5, 3.2.3; modern.ircdocs.horse MODE).
enum ChannelModeCommands {
    static let rows: [CommandRow] = [CommandRow("MODE", parameters: 1) { Self.mode($0) }]

    private static func mode(_ call: Call) {
        if ChannelName.isChannel(call[0]) {
            return call.core.withChannel(call[0], for: call) { Self.channelMode($0) }
        }
        Self.userMode(call)
    }

    private static func channelMode(_ call: Call) {
        guard let session = call.connection.session, let replica = call.channel else { return }
        let isMember = replica.state.members[session.id] != nil
        guard call.count > 1 else {
            if replica.state.modes.contains(.secret), !isMember, !session.requester.isOperator {
                return call.reply(.errNoSuchChannel, replica.state.name.raw)
            }
            let parameters = replica.state.modeParameters(showingKey: isMember || session.requester.isOperator)
            call.core.reply(call.connection, .rplChannelModeIs, [replica.state.name.raw] + parameters)
            return call.reply(.rplCreationTime, replica.state.name.raw, String(replica.state.created / 1000))
        }
        let requests = ModeRequest.parse(Array(call.parameters.dropFirst()))
        let decision = replica.state.decideModes(requests, by: session.requester, now: call.core.now)
        if call.attempt == 0 {
            for refusal in decision.refusals { call.refuse(refusal) }
            for list in decision.listings { Self.show(list, of: replica, to: call, isMember: isMember) }
        }
        guard !decision.changes.isEmpty else { return }
        call.commit(call.change(replica, .modes(decision.changes, by: session.actor)))
    }

    private static func show(_ list: ListMode, of replica: ChannelReplica, to call: Call, isMember: Bool) {
        let channel = replica.state.name.raw
        guard let session = call.connection.session else { return }
        let numerics: (item: Numeric, end: Numeric)
        switch list {
        case .ban: numerics = (.rplBanList, .rplEndOfBanList)
        case .exception: numerics = (.rplExceptList, .rplEndOfExceptList)
        case .inviteException: numerics = (.rplInvexList, .rplEndOfInvexList)
        }
        // Who may come in in spite of a ban, or uninvited, is for those who run the channel.
        if list != .ban, replica.state.members[session.id]?.modes.isHost != true, !session.requester.isOperator {
            return call.reply(.errChanOPrivsNeeded, channel)
        }
        if replica.state.modes.contains(.secret), !isMember, !session.requester.isOperator {
            return call.reply(.errNotOnChannel, channel)
        }
        for entry in replica.state.lists[list] ?? [] {
            call.reply(numerics.item, channel, entry.mask, entry.setter, String(entry.time / 1000))
        }
        call.reply(numerics.end, channel)
    }

    private static func userMode(_ call: Call) {
        guard let session = call.connection.session else { return }
        guard let nick = Nickname(call[0], under: Names.caseMapping), nick == session.user.nick else {
            return call.core.withUser(call[0], for: call) { $0.reply(.errUsersDontMatch) }
        }
        guard call.count > 1 else { return call.reply(.rplUModeIs, session.user.modes.text) }
        var modes = session.user.modes
        var isAdding = true
        var unknown = false
        for letter in call[1] {
            switch letter {
            case "+": isAdding = true
            case "-": isAdding = false
            default:
                guard let mode = UserModes.letters.first(where: { $0.letter == letter })?.mode else {
                    unknown = true
                    continue
                }
                // Rights come from OPER and accounts from logging in; giving up being an operator is free.
                if mode == .registered || (mode == .operator && isAdding) { continue }
                if isAdding { modes.insert(mode) } else { modes.remove(mode) }
            }
        }
        if unknown { call.reply(.errUModeUnknownFlag) }
        guard modes != session.user.modes else { return }
        call.core.change(session, .modes(modes), for: call)
    }
}
