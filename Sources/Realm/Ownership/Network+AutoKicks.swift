package import Chat
package import IRC
import StateStore

/// Whom registered channels keep out, by those who are host or owner there by their level.
extension Network {
    /// For how long somebody may be kept out, in seconds, that it is not for good: a century.
    private static let longestAutoKick: Int64 = 36_500 * 86_400
    /// How many members one transaction takes out of a channel.
    private static let mostExpelled = 20

    /// Has a channel keep somebody out from now on, and takes those out of it whom that means.
    ///
    /// - Parameters:
    ///   - mask: Whom: a mask, or an extended ban of an account or a real name.
    ///   - name: The channel.
    ///   - seconds: For how long; nil for good.
    ///   - reason: Why, which they are told.
    ///   - actor: Who asks.
    ///   - then: Gets the entry, once nobody whom it means is there any more.
    package func addAutoKick(
        of mask: String,
        to name: ChannelName,
        for seconds: Int64?,
        reason: String,
        by actor: Actor,
        _ then: @escaping (Result<AutoKick, Refusal>) -> Void
    ) {
        self.decideOwnership(of: name, by: actor) { (result: Result<AutoKick, Refusal>) in
            guard case .success(let entry) = result else { return then(result) }
            self.expel(from: name, reason: entry.reason, by: actor) { state, requester throws(Refusal) in
                Array(try state.members(keptOutBy: entry, for: requester).prefix(Self.mostExpelled))
            } then: { (result: Result<Int, Refusal>) in
                then(result.map { _ in entry })
            }
        } _: { replica, requester throws(Refusal) in
            let now = self.shard.now
            let (event, entry) = try replica.state.decideAutoKick(
                of: mask,
                until: seconds.map { now + min(max($0, 0), Self.longestAutoKick) * 1000 },
                reason: reason,
                by: requester,
                now: now
            )
            return replica.decided([event], entry)
        }
    }

    /// Has a channel keep those out no more whom a mask means.
    ///
    /// - Parameters:
    ///   - mask: As it is listed, or another one that means the same.
    ///   - name: The channel.
    ///   - actor: Who asks.
    ///   - then: Gets the mask as it was listed.
    package func liftAutoKick(
        of mask: String,
        in name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<String, Refusal>) -> Void
    ) {
        self.decideOwnership(of: name, by: actor, then) { replica, requester throws(Refusal) in
            let (event, mask) = try replica.state.decideLift(mask, by: requester, now: self.shard.now)
            return replica.decided([event], mask)
        }
    }

    /// Whom a channel keeps out, in the order in which that was set.
    package func autoKicks(
        of name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<[AutoKick], Refusal>) -> Void
    ) {
        self.decideOwnership(of: name, by: actor, then) { replica, requester throws(Refusal) in
            .nothing(try replica.state.autoKicks(for: requester, now: self.shard.now))
        }
    }

    /// Takes everybody out of a channel who has no level there, but for who asks: its founder has that done.
    ///
    /// - Returns: By `then`, how many.
    package func clearMembers(
        of name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<Int, Refusal>) -> Void
    ) {
        self.expel(from: name, reason: "Cleared by \(actor.session.user.nick.raw)", by: actor) {
            state,
            requester throws(Refusal) in
            Array(try state.members(clearedBy: requester).prefix(Self.mostExpelled))
        } then: { (result: Result<Int, Refusal>) in
            then(result)
        }
    }

    /// Takes members out of a channel, some in a transaction, until there are no more of them.
    ///
    /// - `members`: the next ones, a few at a time.
    private func expel(
        from name: ChannelName,
        reason: String,
        by actor: Actor,
        count: Int = 0,
        _ members: @escaping (ChannelState, Requester) throws(Refusal) -> [Member],
        then: @escaping (Result<Int, Refusal>) -> Void
    ) {
        self.decideOwnership(of: name, by: actor) { (result: Result<Int, Refusal>) in
            guard case .success(let number) = result, number > 0 else { return then(result.map { _ in count }) }
            self.expel(from: name, reason: reason, by: actor, count: count + number, members, then: then)
        } _: { replica, requester throws(Refusal) in
            let leaving = try members(replica.state, requester)
            if leaving.isEmpty { return .nothing(0) }
            let events = leaving.map { member in
                ChannelEvent.kicked(
                    member.session,
                    nick: member.user.nick.raw,
                    by: requester.author,
                    reason: reason
                )
            }
            var transaction = replica.change(events, lifetime: .whileInhabited)
            transaction.changes += leaving.map { member in
                let field = FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: false))
                return LogChange(self.inboxKey(member.session), fields: [field])
            }
            return Decided(transaction: transaction, value: leaving.count)
        }
    }
}
