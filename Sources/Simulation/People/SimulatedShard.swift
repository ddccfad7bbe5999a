// One shard of an edge: replicas of channels, and people who use them.

import Chat
import IRC
import NIOCore
import StateStore
import Tenant

/// Follows channels as an edge does and lets its people ask things, each one after the other.
final class SimulatedShard {
    let index: Int
    let tenant: TenantID
    let link: StoreLink
    let witness: Witness
    let clock: VirtualClock
    /// Who has a nickname, as a look-up in the store would tell.
    let findUser: (Nickname) -> Requester?
    private(set) var replicas: [String: SimulatedReplica] = [:]
    private var loading: [String: [(SimulatedReplica) -> Void]] = [:]
    var people: [Person] = []
    /// Numbers of new sessions.
    let newSession: () -> UInt64

    init(
        index: Int,
        tenant: TenantID,
        link: StoreLink,
        witness: Witness,
        clock: VirtualClock,
        newSession: @escaping () -> UInt64,
        findUser: @escaping (Nickname) -> Requester?
    ) {
        self.index = index
        self.tenant = tenant
        self.link = link
        self.witness = witness
        self.clock = clock
        self.newSession = newSession
        self.findUser = findUser
        link.receive = { [unowned self] entry, log in self.received(entry, of: log) }
    }

    func channelKey(_ name: String) -> LogKey { LogKey(self.tenant, .channel, name) }
    func nickKey(_ nick: Nickname) -> LogKey { LogKey(self.tenant, .nick, nick.folded) }
    func inboxKey(_ session: SessionID) -> LogKey { LogKey(self.tenant, .user, session.text) }

    func person(_ session: SessionID) -> Person? { self.people.first { $0.requester?.session == session } }

    // MARK: Replicas

    /// Goes on with a channel that is followed from now on.
    func withFollowed(_ name: ChannelName, _ body: @escaping (SimulatedReplica) -> Void) {
        if let replica = self.replicas[name.folded] { return body(replica) }
        if self.loading[name.folded] != nil {
            self.loading[name.folded]?.append(body)
            return
        }
        self.loading[name.folded] = [body]
        let key = self.channelKey(name.folded)
        let witness = self.witness
        self.link.follow(key, mark: { witness.history[key]?.count ?? 0 }) { [self] result, next in
            let waiting = self.loading.removeValue(forKey: name.folded) ?? []
            guard case .success(let snapshot) = result else {
                return self.witness.violation("\(key) cannot be followed")
            }
            let replica = SimulatedReplica(key: key, name: name, snapshot: snapshot, next: next, isFollowed: true)
            self.replicas[name.folded] = replica
            // One who is refused must not let it go under the hands of the next.
            replica.uses += 1
            for one in waiting { one(replica) }
            replica.uses -= 1
            self.letGo(of: replica)
        }
    }

    /// Goes on with a channel as it is now, followed or looked up once.
    func withChannel(_ name: ChannelName, _ body: @escaping (SimulatedReplica) -> Void) {
        if let replica = self.replicas[name.folded] { return body(replica) }
        let key = self.channelKey(name.folded)
        self.link.load(key) { [self] result in
            guard case .success(let snapshots) = result else {
                return self.witness.violation("\(key) cannot be loaded")
            }
            body(SimulatedReplica(key: key, name: name, snapshot: snapshots[0], next: 0, isFollowed: false))
        }
    }

    /// Lets go of a replica that nobody here needs.
    func letGo(of replica: SimulatedReplica) {
        guard replica.isFollowed, replica.uses == 0, self.replicas[replica.key.name] === replica,
            !self.people.contains(where: { $0.memberships.contains(replica.key.name) })
        else { return }
        self.replicas[replica.key.name] = nil
        self.link.unfollow(replica.key)
    }

    // MARK: Entries

    private func received(_ entry: Entry, of log: LogKey) {
        guard log.kind == .channel, let replica = self.replicas[log.name] else { return }
        self.compare(entry, with: replica)
        guard let event = ChannelEvent(entry.payload) else { return }
        replica.evolve(event, at: entry.position)
        switch event {
        case .joined(let member, _): self.person(member.session)?.memberships.insert(log.name)
        case .parted(let session, _, _), .kicked(let session, _, _, _), .quit(let session, _, _):
            self.person(session)?.memberships.remove(log.name)
            self.letGo(of: replica)
        case .changed(let session, let change, _, let number):
            guard let person = self.person(session), person.changes != number else { return }
            person.changes = number
            person.requester?.user.apply(change)
        case .modes, .topic, .invited, .message: break
        }
    }

    /// Every follower sees every entry of a log, once, in the order of the log.
    private func compare(_ entry: Entry, with replica: SimulatedReplica) {
        let history = self.witness.history[replica.key] ?? []
        guard history.indices.contains(replica.next) else {
            return self.witness.violation("shard \(self.index) saw an entry of \(replica.key) that nobody made")
        }
        let expected = history[replica.next]
        if expected.position != entry.position || expected.payload != entry.payload {
            self.witness.violation(
                "shard \(self.index) saw \(entry.position) of \(replica.key) instead of \(expected.position)"
            )
        }
        replica.next += 1
        if replica.exists, entry.position.epoch == replica.position.epoch {
            if entry.position.sequence != replica.position.sequence + 1 {
                self.witness.violation("shard \(self.index): a gap in \(replica.key) before \(entry.position)")
            }
        } else if entry.position.sequence != 1 {
            self.witness.violation("shard \(self.index): \(replica.key) begins with \(entry.position)")
        }
    }
}
