// Several shards, their people and one store, in one thread and from one seed.

import Chat
import IRC
import StateStore
import Tenant

/// People on shards who ask for things at random, while what they ask and hear is on its way.
package final class World: CustomStringConvertible {
    package struct Options: Sendable {
        package var shards = 3
        /// On each shard; one of all is an operator.
        package var peoplePerShard = 3
        /// How many of a hundred steps begin a command.
        ///
        /// Fewer let the shards catch up.
        package var commandsInHundred = 60

        package init() {}
    }

    package let seed: UInt64
    package let clock = VirtualClock()
    let store: InProcessLiveStore
    let witness = Witness()
    private(set) var shards: [SimulatedShard] = []
    private var random: SeededRandom
    private let options: Options
    private let tenant: TenantID
    private var lastSession: UInt64 = 0

    init(seed: UInt64, options: Options) throws(SimulationFailure) {
        guard let tenant = TenantID("acme") else { throw SimulationFailure(seed: seed, reason: "no tenant") }
        self.seed = seed
        self.options = options
        self.random = SeededRandom(seed: seed)
        self.tenant = tenant
        let clock = self.clock
        self.store = InProcessLiveStore(wallClock: { clock.now })
        for index in 0..<options.shards { self.addShard(index) }
    }

    package var description: String { "seed \(self.seed)" }

    /// Every rule that was broken so far, in words.
    package var violations: [String] { self.witness.violations }

    /// How often what happened, by words such as `join`.
    package var counts: [String: Int] { self.witness.counts }

    private func addShard(_ index: Int) {
        let witness = self.witness
        let link = StoreLink(store: self.store, witness: { witness.saw($0, $1) })
        let shard = SimulatedShard(
            index: index,
            tenant: self.tenant,
            link: link,
            witness: witness,
            clock: self.clock,
            newSession: { [unowned self] in
                self.lastSession += 1
                return self.lastSession
            },
            findUser: { [unowned self] nick in
                self.people.first { $0.requester?.user.nick == nick }?.requester
            }
        )
        let names = ["ann", "bob", "cid", "dee", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo"]
        shard.people = (0..<self.options.peoplePerShard).map { place in
            let number = index * self.options.peoplePerShard + place
            let name = names[number % names.count] + (number < names.count ? "" : String(number))
            return Person(
                name: name,
                isOperator: number == 0,
                address: "10.0.\(number % 2).\(number)",
                shard: shard
            )
        }
        self.shards.append(shard)
    }

    private var people: [Person] { self.shards.flatMap(\.people) }

    // MARK: Steps

    /// Does a number of random things.
    package func run(steps: Int) {
        for _ in 0..<steps { self.step() }
    }

    /// Somebody may ask for something; requests and arrivals of some shards move on.
    private func step() {
        self.clock.advance(by: Int64(self.random.below(30)))
        if self.random.chance(self.options.commandsInHundred) { self.ask() }
        for _ in 0..<self.random.below(4) { self.carry(self.shards[self.random.below(self.shards.count)]) }
        for _ in 0..<self.random.below(7) {
            self.shards[self.random.below(self.shards.count)].link.deliver(&self.random)
        }
    }

    private func ask() {
        let shard = self.shards[self.random.below(self.shards.count)]
        let person = shard.people[self.random.below(shard.people.count)]
        guard person.requester != nil else { return shard.connect(person) }
        let command = Command.random(&self.random, message: person.nextNumber())
        // A connection may break at any time, also while a command is under way.
        if case .quit = command {
            if !person.isRenaming, let requester = person.requester { shard.quit(person, requester) }
            return
        }
        guard person.waiting.count < 8 else { return }
        person.waiting.append(command)
        shard.advance(person)
    }

    private func carry(_ shard: SimulatedShard) {
        shard.link.carry()
        for other in self.shards { other.link.collect() }
    }

    /// Lets everything arrive that is under way, and compares what everybody has in the end.
    package func settle() {
        var steps = 0
        while let shard = self.busyShards.isEmpty ? nil : self.random.pick(self.busyShards, or: self.shards[0]) {
            steps += 1
            guard steps < 100_000 else { return self.witness.violation("it never comes to rest") }
            if shard.link.requestsUnderWay > 0, self.random.chance(50) || shard.link.arrivalsUnderWay == 0 {
                self.carry(shard)
            } else {
                shard.link.deliver(&self.random)
            }
        }
        self.compareReplicas()
        self.compareSessions()
    }

    private var busyShards: [SimulatedShard] {
        self.shards.filter { $0.link.requestsUnderWay + $0.link.arrivalsUnderWay > 0 }
    }

    // MARK: The end

    /// The store's fields, now.
    private func snapshot(_ log: LogKey) -> Snapshot? {
        var snapshot: Snapshot?
        self.shards[0].link.peek(log) { snapshot = $0 }
        return snapshot
    }

    private func compareReplicas() {
        for (log, history) in self.witness.history {
            guard let name = ChannelName(log.name, under: Names.caseMapping), let snapshot = self.snapshot(log) else {
                self.witness.violation("\(log) cannot be loaded")
                continue
            }
            let truth = self.witness.states[log]
            if snapshot.exists != (truth != nil) { self.witness.violation("\(log): does it exist or not?") }
            let stored = ChannelState(name: name, fields: snapshot.chatFields)
            if stored != truth ?? ChannelState(name: name, created: 0) {
                self.witness.violation("\(log): the fields say \(stored), the entries \(String(describing: truth))")
            }
            for shard in self.shards {
                guard let replica = shard.replicas[log.name] else { continue }
                if replica.state != stored {
                    self.witness.violation(
                        "shard \(shard.index) has \(log) as \(replica.state), the store as \(stored)"
                    )
                }
                if replica.next != history.count {
                    self.witness.violation("shard \(shard.index) saw \(replica.next) of \(history.count) of \(log)")
                }
                if replica.position != snapshot.position {
                    self.witness.violation("shard \(shard.index) stands at \(replica.position) of \(log)")
                }
            }
        }
    }

    /// What each person has heard is what the channels and the store say of them.
    private func compareSessions() {
        for person in self.people {
            guard let requester = person.requester else { continue }
            let channels = self.witness.states.filter { $0.value.members[requester.session] != nil }.map(\.key.name)
            if Set(channels) != person.memberships {
                self.witness.violation("\(person.name) is in \(channels) and heard of \(person.memberships)")
            }
            let fields = self.snapshot(person.shard.inboxKey(requester.session))?.chatFields ?? []
            guard let record = SessionRecord(fields: fields) else {
                self.witness.violation("\(person.name) has no record")
                continue
            }
            if record.user != requester.user || record.channels != Set(channels) || record.changes != person.changes {
                self.witness.violation("\(person.name) is \(requester.user) and recorded as \(record)")
            }
            for name in channels {
                let member = self.witness.states[person.shard.channelKey(name)]?.members[requester.session]
                if member?.user != requester.user {
                    self.witness.violation("\(person.name) is another user in \(name)")
                }
            }
        }
    }

    /// How many channels there are and how many members they have, in the end.
    package var population: (channels: Int, members: Int) {
        (self.witness.states.count, self.witness.states.values.reduce(0) { $0 + $1.members.count })
    }
}
