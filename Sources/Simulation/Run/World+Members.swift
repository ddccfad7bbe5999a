import Chat
import Edge
import IRC
import Realm
import StateStore
import Tenant

/// Those with an account: their sessions outlive their connections, and nobody misses anything.
extension World {
    // MARK: How they come back

    /// Looks at what somebody was told just now, for what it goes on from.
    func note(_ person: Person) {
        // Who signs off is told on until that is taken up.
        guard let account = person.account, person.client != nil, person.view.isRegistered,
            let session = self.witness.sessions.accounts[account]
        else { return }
        let clients = self.people.filter { $0.account == account }
        if person.arrival == nil {
            let isAlone = clients.allSatisfy {
                $0 === person || $0.client == nil && $0.left < person.connected
            }
            let resumed = isAlone ? self.witness.sessions.resumed[session] : nil
            if isAlone { self.witness.count(resumed == nil ? "alone" : "resumed") }
            person.arrival = MemberArrival(
                session: session,
                isAlone: isAlone,
                joins: self.witness.sessions.joins[session] ?? [:],
                successor: resumed?.isExact == true ? resumed?.pod : nil
            )
        }
        guard let arrival = person.arrival else { return }
        for (channel, stay) in person.view.channels where stay.origin == nil {
            guard let join = self.witness.sessions.joins[session]?[channel] else { continue }
            let heard = clients.flatMap { client in
                (client.former + [(client.view, client.pod)]).flatMap { view, pod in
                    view.stays(in: channel, of: session, since: join).map { stay in
                        (pod: pod, place: self.last(stay), isOpen: stay.gaps.contains(stay.messages.count))
                    }
                }
            }
            // What it came into since is not what the one before it had been told of.
            let successor = arrival.joins[channel] == join ? arrival.successor : nil
            let told = successor.map { pod in heard.filter { $0.pod == pod }.map(\.place).max() ?? -1 }
            person.set(
                StayOrigin(
                    session: session,
                    join: join,
                    heard: heard.map(\.place).max() ?? -1,
                    told: told,
                    // What one of them was told to have missed, others are not told any more.
                    isWhole: arrival.isAlone && arrival.session == session && !heard.contains(where: \.isOpen)
                ),
                of: channel
            )
        }
    }

    private func last(_ stay: ClientView.Stay) -> Int {
        stay.messages.last.flatMap { self.witness.places[$0] } ?? -1
    }

    /// What a stay begins with follows what was heard before it.
    func compareBeginning(of stay: ClientView.Stay, in channel: String, _ nick: String, isNow: Bool) {
        guard let origin = stay.origin, origin.isWhole, !stay.gaps.contains(0) else { return }
        let all = self.witness.messages[channel] ?? []
        let next = max(origin.heard + 1, origin.join)
        guard let first = stay.messages.first.flatMap({ self.witness.places[$0] }) else {
            if isNow, next < all.count {
                self.witness.violation("\(nick) missed all from \(next) to \(all.count) in \(channel)")
            }
            return
        }
        if first > next { self.witness.violation("\(nick) missed \(next) to \(first - 1) in \(channel)") }
        if let told = origin.told, first <= told {
            self.witness.violation("\(nick) was told \(first) to \(told) in \(channel) once more")
        }
    }

    // MARK: How they end

    /// An account's session ends: somebody signed off or was killed, or nobody came back in time.
    func sessionEnded(_ id: SessionID, _ known: SessionWitness.Known) {
        guard let account = known.holds?.account else { return }
        let clients = self.people.filter { $0.account == account }
        if known.isKilled {
            // Whose process was taken for dead hears of it late, if it came back before all had heard of the KILL.
            for client in clients where known.holds?.holders.contains(where: { $0.pod == client.pod }) == false {
                client.isSignedOffElsewhere = true
            }
            return
        }
        self.witness.count("end")
        let now = self.clock.now
        let isSignedOff = clients.contains { $0.lastQuit.map { now - $0 < Self.grace } == true }
        for client in clients where client.client != nil && (client.arrival.map { $0.session == id } ?? true) {
            // Who signs off ends the session for all clients that anybody knows of. One whose process was taken for dead, and
            // is, for all that the others can know, is not among them; it is told to connect again, also if it is just
            // logging in.
            if isSignedOff, known.holds?.holders.contains(where: { $0.pod == client.pod }) == false {
                client.isSignedOffElsewhere = true
            } else if client.isAttached, client.arrival != nil {
                self.witness.violation("\(account)'s session ended under \(client.view.nick) on \(client.shard)")
            }
        }
        if isSignedOff { return }
        let left = clients.filter { $0.arrival?.session == id }.map(\.left).max() ?? 0
        if now - left < Self.grace {
            self.witness.violation("\(account)'s session ended \(now - left) ms after its last client left")
        }
    }

    // MARK: What is left in the store

    /// Nothing is held that nobody holds, and nothing twice.
    func compareSessions() {
        guard let link = self.links.first(where: { !$0.isDead }) else { return }
        var records: [SessionID: SessionRecord] = [:]
        for snapshot in link.peekAll(self.tenant.id, .user) {
            guard let record = SessionRecord(fields: snapshot.chatFields) else {
                self.witness.violation("\(snapshot.log) is no session")
                continue
            }
            records[record.session] = record
            self.compare(record, snapshot.log)
        }
        for snapshot in link.peekAll(self.tenant.id, .hold) {
            let parts = snapshot.log.name.split(separator: ".", maxSplits: 1)
            let record = SessionID(text: parts[0]).flatMap { records[$0] }
            let holder = SessionHolds.Holder(text: parts[1])
            if record?.holds?.holders.contains(where: { $0 == holder }) != true {
                self.witness.violation("\(snapshot.log) is no session's")
            }
        }
        for kind in [LogKey.Kind.nick, .account] {
            for snapshot in link.peekAll(self.tenant.id, kind) {
                let id = snapshot.fields[FieldName(NameClaim.field)].flatMap(NameClaim.session)
                guard let record = id.flatMap({ records[$0] }) else {
                    self.witness.violation("\(snapshot.log) is of \(String(describing: id)), which there is not")
                    continue
                }
                let name = kind == .nick ? record.user.nick.folded : record.holds?.account
                if name != snapshot.log.name {
                    self.witness.violation("\(snapshot.log) is of a session that has \(name ?? "none")")
                }
            }
        }
        for (log, state) in self.witness.states {
            for member in state.members where records[member.session]?.channels.contains(log.name) != true {
                self.witness.violation("\(member.user.nick.raw) in \(log) is a ghost")
            }
        }
    }

    private func compare(_ record: SessionRecord, _ log: LogKey) {
        let (id, nick) = (record.session, record.user.nick.raw)
        func holds(_ name: LogKey.Kind, _ text: String) -> Bool {
            let snapshot = self.links.lazy.compactMap { $0.peek(LogKey(self.tenant.id, name, text)) }.first
            return snapshot?.fields[FieldName(NameClaim.field)].flatMap(NameClaim.session) == id
        }
        if !holds(.nick, record.user.nick.folded) { self.witness.violation("\(nick) does not have its nickname") }
        for channel in record.channels
        where self.witness.states[LogKey(self.tenant.id, .channel, channel)]?.members.contains(id) != true {
            self.witness.violation("\(nick) is not in \(channel)")
        }
        guard let held = record.holds else {
            if !self.isHere(id, in: self.shards.map(\.realm)) { self.witness.violation("\(nick) is a ghost") }
            if self.witness.sessions.holders[log] == nil { self.witness.violation("nobody holds \(nick)") }
            return
        }
        if held.detached != nil { self.witness.violation("nobody ends \(nick)") }
        if let account = held.account, !holds(.account, account) {
            self.witness.violation("\(nick) is not the session of \(account)")
        }
        for holder in held.holders {
            let shard = self.pods.shard(of: holder.pod, Int(holder.shard))
            if shard.map({ self.isHere(id, in: [$0]) }) != true {
                self.witness.violation("\(nick) is held by \(holder.text), where it is not")
            }
            let hold = LogKey(self.tenant.id, .hold, "\(id.text).\(holder.text)")
            if self.witness.sessions.holders[hold] != holder.pod { self.witness.violation("\(hold) is not held") }
        }
        for (index, shard) in self.shards.enumerated() where self.isHere(id, in: [shard.realm]) {
            if !held.holders.contains(where: { $0.pod == self.pods.pod(of: index) }) {
                self.witness.violation("\(nick) is on shard \(index), which does not hold it")
            }
        }
    }

    /// Whether somebody takes part in a session on one of some shards.
    private func isHere(_ id: SessionID, in shards: [RealmShard]) -> Bool {
        shards.contains { shard in
            guard let session = shard.networks[self.tenant.id]?.sessions[id] else { return false }
            return session.isPresent && !session.attachments.isEmpty
        }
    }
}

extension ClientView {
    /// The stays of a session in a channel since it came in.
    fileprivate func stays(in channel: String, of session: SessionID, since join: Int) -> [Stay] {
        ((self.past[channel] ?? []) + (self.channels[channel].map { [$0] } ?? []))
            .filter { $0.origin?.session == session && $0.origin?.join == join }
    }
}
