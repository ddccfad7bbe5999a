import Chat
import Logging
import NIOCore
import StateStore

/// Who holds a session that outlives its connections, and how its last attachment here leaves.
extension Session {
    /// This shard as a holder.
    private var own: SessionHolds.Holder { self.network.shard.holder }

    /// What tells attachments elsewhere of a channel that they are in from now on.
    func entering(_ channel: String) -> ByteBuffer {
        self.holds == nil ? ByteBuffer() : UserEvent.entered(channel: channel).encoded
    }

    /// Others changed who holds it.
    func held(_ holds: SessionHolds) {
        self.holds = holds
        self.takeAgain(holds)
        // Those that were elsewhere may have gone.
        self.weighSecurity()
    }

    /// Others took this pod for dead while it was away from the store; its clients are here all the same.
    private func takeAgain(_ holds: SessionHolds, attempt: Int = 0) {
        guard self.isPresent, self.holds == holds, !holds.holders.contains(self.own) || holds.detached != nil else {
            return
        }
        let shard = self.network.shard
        let taken = holds.taken(by: self.own)
        self.takings += 1
        self.network.store.append(taken.transaction(of: self.inbox, from: holds, by: self.own)) { result in
            self.takings -= 1
            defer { self.departIfNothingIsUnderWay() }
            switch result {
            // Who left meanwhile leaves what was taken, if it may have been.
            case .success(.appended) where self.isLeaving: self.left(holds, as: taken)
            case .failure(let error) where self.isLeaving && error.isUnknown: self.left(holds, as: taken)
            // Refused: it has changed again, and that is told.
            case .success, .failure(.closed), .failure(.fenced), .failure(.occupied): break
            case .failure(let error):
                shard.logger.warning(
                    "a session waits for the store",
                    metadata: ["tenant": "\(self.network.id)", "reason": "\(error)"]
                )
                shard.later(shard.pause(after: attempt)) { self.takeAgain(holds, attempt: attempt + 1) }
            }
        }
    }

    private func left(_ before: SessionHolds, as taken: SessionHolds) { if self.holds == before { self.holds = taken } }

    /// Leaves this shard once nothing of the session is under way any more, if it is to.
    func departIfNothingIsUnderWay() {
        guard !self.isCommitting, self.takings == 0, case .leaving(let departure) = self.stage else { return }
        self.depart(departure)
    }

    private var isLeaving: Bool { if case .leaving = self.stage { true } else { false } }

    private func depart(_ departure: Departure) {
        self.stage = .over
        let network = self.network
        network.sessions.remove(self)
        let replicas = self.memberships
        self.memberships = []
        if case .session(let current)? = network.shard.followed[self.inbox], current === self {
            network.shard.followed[self.inbox] = nil
        }
        var record = self.record
        record.channels = Set(replicas.map(\.key.name)).union(self.uncertainChannels)
        network.store.unfollow(self.token)
        self.speech.end()
        let leave = SessionLeave(record, departure, in: network)
        leave.keepRanks(in: replicas.map(\.state))
        leave.begin { for replica in replicas { replica.residentLeft() } }
        self.endMoves()
    }
}

extension SessionHolds {
    /// As it is once a shard has attachments of the session: nobody waits any more.
    func taken(by holder: Holder) -> SessionHolds {
        var holds = self.next
        if holds.detached != nil { holds.holders = [] }
        holds.detached = nil
        if !holds.holders.contains(holder) { holds.holders.append(holder) }
        return holds
    }

    /// For how long at most a pod has been dead when it is found to be, in milliseconds: a lease's term and two looks.
    static let silenceOfTheDead: Int64 = 30_000

    /// As it is once a pod died that held it: others hold it, or a shard that waits for somebody to come back.
    ///
    /// - Parameters:
    ///   - holder: What died.
    ///   - shard: Who waits.
    ///   - now: Milliseconds since 1970.
    ///   - seen: When its pod is known to have been there last; nil if it was found dead soon.
    /// - Returns: That.
    func without(_ holder: Holder, waitingAt shard: Holder, now: Int64, lastSeen seen: Int64? = nil) -> SessionHolds {
        var holds = self.next
        holds.holders.removeAll { $0 == holder }
        guard holds.holders.isEmpty else { return holds }
        holds.holders = [shard]
        if holds.detached != nil {
            // For as long as nobody saw to it nobody could come back either, if all were away.
            holds.detached?.since = now
        } else {
            holds.detached = Detachment(
                since: now,
                received: seen ?? now - Self.silenceOfTheDead,
                isExact: false,
                reason: "Connection lost"
            )
        }
        return holds
    }

    /// Holds as long as nobody has changed who holds the session.
    func condition(on inbox: LogKey) -> Condition {
        Condition(inbox, .equals(FieldName(Self.field), self.bytes))
    }

    /// Makes the transaction that makes it so.
    ///
    /// - Parameters:
    ///   - inbox: The session's log.
    ///   - before: How it was.
    ///   - holder: The shard that does it; its pod keeps what it holds.
    ///   - places: Up to where it was told of its logs, if nobody takes part in it from now on and that is known.
    ///   - isServersEnd: Whether nobody does since a server ended.
    /// - Returns: The transaction.
    func transaction(
        of inbox: LogKey,
        from before: SessionHolds,
        by holder: Holder,
        places: SessionPlaces? = nil,
        outlives isServersEnd: Bool = false
    ) -> Transaction {
        var fields: [FieldChange] = [.set(FieldName(Self.field), self.bytes)]
        if isServersEnd, self.detached != nil {
            fields.append(FieldChange(SessionRecord.outlivedUpdate(self.revision)))
        }
        if let places {
            fields.append(.set(FieldName(SessionPlaces.field), places.bytes))
        } else if before.detached?.isExact == true, self.detached == nil {
            fields.append(.remove(FieldName(SessionPlaces.field)))
        }
        return Transaction(
            conditions: [before.condition(on: inbox)],
            changes: [LogChange(inbox, payload: UserEvent.held(self).encoded, fields: fields)]
                + self.changesOfHolds(of: inbox, from: before)
        )
    }

    /// The holds' own logs: those of pods that hold it no more go.
    func changesOfHolds(of inbox: LogKey, from before: SessionHolds?) -> [LogChange] {
        let gone = (before?.holders ?? []).filter { !self.holders.contains($0) }
        return gone.map { LogChange($0.log(of: inbox), lifetime: .drop, holder: .cleared) }
            + self.holders.filter { before?.holders.contains($0) != true }
            .map { LogChange($0.log(of: inbox), holder: .set(PodID(rawValue: $0.pod))) }
    }
}

extension SessionPlaces.Place {
    init(_ position: Position) { self.init(epoch: position.epoch, sequence: position.sequence) }
}

extension SessionHolds.Holder {
    /// The log that stands for its hold on a session.
    func log(of inbox: LogKey) -> LogKey { LogKey(inbox.tenant, .hold, "\(inbox.name).\(self.text)") }

    /// Reads the name of such a log.
    ///
    /// - Returns: nil if it is none.
    static func read(_ log: LogKey) -> (inbox: LogKey, holder: SessionHolds.Holder)? {
        guard log.kind == .hold, let dot = log.name.firstIndex(of: "."),
            let holder = SessionHolds.Holder(text: log.name[log.name.index(after: dot)...])
        else { return nil }
        return (LogKey(log.tenant, .user, String(log.name[..<dot])), holder)
    }
}
