package import Chat
package import IRC
import StateStore
import Tenant

/// Where others are and what they are called, by those who may say so: done to their records and in the channels' logs at once, as they
/// would do it themselves, wherever they are and whether or not a client of theirs is there.
extension Network {
    /// How often it is tried on what holds then.
    private static let moves = 10

    /// Takes somebody into a channel that there is, whatever that says of who comes in but for its quota and secure connections.
    ///
    /// - Parameters:
    ///   - found: Whom.
    ///   - name: The channel.
    ///   - actor: Who says so.
    ///   - then: Goes on once they are in it.
    package func take(
        _ found: FoundUser,
        into name: ChannelName,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.move(found, by: actor, attempt: 0, then) { record, unchanged, then in
            if record.channels.count >= self.limits.channels, !record.channels.contains(name.folded) {
                return then(.failure(Refusal(.tooManyChannels, name.raw)))
            }
            self.changeExisting(
                name,
                by: actor,
                { replica throws(Refusal) in
                    if replica.state.members.contains(record.session) {
                        throw Refusal(.userOnChannel, record.user.nick.raw, replica.state.name.raw)
                    }
                    let event = try replica.state.decideJoin(
                        by: record.requester(with: .enterAnyChannel),
                        key: nil,
                        maximumMembers: self.tenant.quotas.channelMembers.hardLimit,
                        now: self.shard.now
                    )
                    var transaction = replica.change(event)
                    let stale = transaction.conditions.count
                    transaction.conditions.append(unchanged)
                    transaction.changes.append(
                        LogChange(
                            unchanged.log,
                            payload: UserEvent.entered(channel: replica.key.name).encoded,
                            fields: [
                                FieldChange(SessionRecord.channelUpdate(replica.key.name, isMember: true))
                            ]
                        )
                    )
                    transaction.changes.append(
                        self.note(.takeIn, record.user.nick.raw, replica.state.name.raw, by: actor)
                    )
                    return Decided(transaction: transaction, value: (), refusals: [stale: Self.isStale])
                },
                then
            )
        }
    }

    /// Takes somebody out of a channel, as if they had left it.
    ///
    /// - Parameters:
    ///   - found: Whom.
    ///   - name: The channel.
    ///   - reason: What those in it are told; nil for nothing.
    ///   - actor: Who says so.
    ///   - then: Goes on once they are out of it.
    package func take(
        _ found: FoundUser,
        outOf name: ChannelName,
        reason: String?,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.move(found, by: actor, attempt: 0, then) { record, unchanged, then in
            self.changeExisting(
                name,
                by: actor,
                { replica throws(Refusal) in
                    guard replica.state.members.contains(record.session) else {
                        throw Refusal(.userNotInChannel, record.user.nick.raw, replica.state.name.raw)
                    }
                    let event = try replica.state.decidePart(by: record.requester(with: []), reason: reason)
                    var transaction = self.leaving(replica, event, unchanged.log)
                    let detail = replica.state.name.raw + (reason.map { " " + $0 } ?? "")
                    transaction.changes.append(self.note(.takeOut, record.user.nick.raw, detail, by: actor))
                    return Decided(transaction: transaction, value: ())
                },
                then
            )
        }
    }

    /// Gives somebody another nickname, whatever their channels say of that.
    ///
    /// - Parameters:
    ///   - found: Whom.
    ///   - nick: Which.
    ///   - actor: Who says so.
    ///   - then: Goes on once they go by it.
    package func rename(
        _ found: FoundUser,
        to nick: Nickname,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.move(found, by: actor, attempt: 0, then) { record, unchanged, then in
            if nick.raw == record.user.nick.raw { return then(.success(())) }
            do throws(Refusal) { try self.check(nick, for: record.user) } catch { return then(.failure(error)) }
            record.memberships(in: self.id, through: self.store) { result in
                guard case .success(let memberships) = result else {
                    if case .failure(let error) = result { then(.failure(self.refusal(error))) }
                    return
                }
                self.act(
                    by: actor,
                    { () throws(Refusal) in
                        var transaction = record.transaction(
                            [.nick(nick)],
                            memberships,
                            in: self.id,
                            isFed: self.keepsHistory
                        )
                        // Any of what it rests on but the nickname itself: looked at anew.
                        var refusals = transaction.conditions.indices.reduce(into: [Int: Refusal]()) {
                            $0[$1] = Self.isStale
                        }
                        refusals[transaction.conditions.count] = Self.isStale
                        // Its channels included.
                        transaction.conditions.append(unchanged)
                        refusals[transaction.conditions.count] = Self.isStale
                        refusals.merge(self.claim(nick, for: record, in: &transaction)) { first, _ in first }
                        transaction.changes.append(self.note(.rename, record.user.nick.raw, nick.raw, by: actor))
                        return Decided(transaction: transaction, value: (), refusals: refusals)
                    },
                    then: then
                )
            }
        }
    }

    /// Stands for: what was decided on holds no more.
    private static let isStale = Refusal(.gone)

    /// Looks somebody's record up and does something that rests on it; and again where it was another meanwhile.
    ///
    /// - `body`: gets the record, and what holds as long as it is that.
    private func move(
        _ found: FoundUser,
        by actor: Actor,
        attempt: Int,
        _ then: @escaping (Result<Void, Refusal>) -> Void,
        _ body: @escaping (SessionRecord, Condition, @escaping (Result<Void, Refusal>) -> Void) -> Void
    ) {
        guard actor.session.isPresent else { return then(.failure(Refusal(.gone))) }
        guard attempt < Self.moves else { return then(.failure(self.refusal(.busy))) }
        do throws(Refusal) { try actor.check(.moveOthers, against: found) } catch { return then(.failure(error)) }
        self.store.load([found.inbox]) { result in
            guard case .success(let snapshots) = result else {
                if case .failure(let error) = result { then(.failure(self.refusal(error))) }
                return
            }
            guard let record = SessionRecord(fields: snapshots[0].chatFields) else {
                return then(.failure(Refusal(.noSuchNick, found.nick)))
            }
            body(record, Condition(found.inbox, .unchanged(since: snapshots[0].position))) { result in
                guard case .failure(let refusal) = result, refusal.reason == .gone else { return then(result) }
                self.shard.later(self.shard.pause(after: attempt)) {
                    self.move(found, by: actor, attempt: attempt + 1, then, body)
                }
            }
        }
    }
}

extension SessionRecord {
    /// Its user as who asks for something.
    fileprivate func requester(with rights: Rights) -> Requester {
        var requester = Requester(
            session: self.session,
            user: self.user,
            realHost: "",
            changes: self.changes,
            rights: rights
        )
        requester.accountSince = self.accountSince
        return requester
    }
}
