package import Chat
package import IRC
import StateStore

/// What people do in registered channels by their level, and what founders clear away.
extension Network {
    /// Asks somebody into a channel: who has a level there itself, hosts and owners by their level others.
    ///
    /// - Parameters:
    ///   - found: Who is invited.
    ///   - name: The channel.
    ///   - actor: Who asks.
    ///   - then: Gets the channel's name as it is spelled.
    package func inviteByLevel(
        _ found: FoundUser,
        to name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<String, Refusal>) -> Void
    ) {
        self.decideOwnership(of: name, by: actor, then) { replica, requester throws(Refusal) in
            let session = found.record.session
            let event = try replica.state.decideInviteByLevel(of: session, found.user, by: requester)
            var transaction = replica.change(event)
            // Nobody asks themselves.
            let author = session == requester.session ? self.serverAuthor : actor.author
            let notice = UserEvent.invited(channel: replica.state.name.raw, by: author)
            let refusals = [transaction.conditions.count: Refusal(.noSuchNick, found.nick)]
            transaction.conditions.append(found.claim)
            transaction.changes.append(LogChange(found.inbox, payload: notice.encoded))
            return Decided(transaction: transaction, value: replica.state.name.raw, refusals: refusals)
        }
    }

    /// Lifts the bans of a channel that mean somebody.
    ///
    /// - Returns: By `then`, whether there was any.
    package func unban(
        _ found: FoundUser,
        in name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<Bool, Refusal>) -> Void
    ) {
        self.decideOwnership(of: name, by: actor, then) { replica, requester throws(Refusal) in
            let somebody: Requester
            if let session = found.session {
                somebody = session.requester(for: replica.state)
            } else {
                let record = found.record
                var other = Requester(
                    session: record.session,
                    user: record.user,
                    realHost: record.facts?.address ?? ""
                )
                other.accountHost = self.hosts.agreed(for: record.user.account, since: record.accountSince)
                somebody = other
            }
            let events = try replica.state.decideUnban(of: somebody, by: requester)
            return replica.decided(events, !events.isEmpty)
        }
    }

    /// The key of a channel, for its hosts and owners by their level; nil if it has none.
    package func key(of name: ChannelName, by actor: Actor, _ then: @escaping (Result<String?, Refusal>) -> Void) {
        self.decideOwnership(of: name, by: actor, then) { replica, requester throws(Refusal) in
            .nothing(try replica.state.key(for: requester))
        }
    }

    /// Lifts all bans of a channel: its founder has that done.
    package func clearBans(of name: ChannelName, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
            try state.decideClearingBans(by: requester)
        }
    }

    /// Has nobody be host or owner of a channel who is not by its level, but for who asks: its founder has that done.
    package func clearRanks(of name: ChannelName, by actor: Actor, _ then: @escaping (Result<Void, Refusal>) -> Void) {
        self.changeOwnership(of: name, by: actor, then) { state, requester throws(Refusal) in
            try state.decideClearingRanks(by: requester)
        }
    }
}
