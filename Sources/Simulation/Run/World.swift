// Several shards, their clients and one store, in one thread and from one seed.

import Chat
import Crypto
import Edge
import IRC
import Logging
import NIOCore
import Realm
import StateStore
import Tenant

/// People at clients of the real realm and the real adapter of IRC, who send lines at random, while what their shards ask of
/// the store and hear from it is on its way.
package final class World: CustomStringConvertible {
    package struct Options: Sendable {
        package var shards = 3
        /// On each shard; one of all is an operator.
        package var peoplePerShard = 3
        /// How many of a hundred steps begin with a line.
        ///
        /// Fewer let the shards catch up.
        package var linesInHundred = 60

        package init() {}
    }

    package let seed: UInt64
    package let clock = VirtualClock()
    private let tenant: HostedTenant
    private let edge: SimulatedEdge
    private let made = LoopLocal<[StoreLink]>([])
    private let witness = Witness()
    private let people: [Person]
    private var random: SeededRandom
    private let options: Options
    private let usage = CountedUsage()

    init(seed: UInt64, options: Options) throws(SimulationFailure) {
        var quotas = Quotas.unlimited
        quotas.channelMembers = Quota(limit: 6)
        self.tenant = try HostedTenant.simulated(quotas: quotas)
        self.seed = seed
        self.options = options
        self.random = SeededRandom(seed: seed)
        let accounts = SimulatedAccounts()
        accounts.add("boss", password: "secret", role: .admin)
        let (clock, made, witness) = (self.clock, self.made, self.witness)
        let store = WrappedStore(InProcessLiveStore(wallClock: { clock.now })) { store, _, receiver in
            let link = StoreLink(store: store, receiver: receiver) { witness.saw($0, $1) }
            made.value.append(link)
            return link
        }
        self.edge = SimulatedEdge(
            shards: options.shards,
            seed: seed ^ 0x5EED,
            store: store,
            accounts: accounts,
            usage: self.usage,
            clock: clock
        )
        self.people = Self.people(options)
    }

    private var shards: [ShardClients] { self.edge.shards }
    /// The way of each shard to the store.
    private var links: [StoreLink] { self.made.value }

    private static func people(_ options: Options) -> [Person] {
        let names = ["ann", "bob", "cid", "dee", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo"]
        return (0..<options.shards * options.peoplePerShard).map { number in
            Person(
                name: names[number % names.count] + (number < names.count ? "" : String(number)),
                isOperator: number == 0,
                address: "10.0.\(number % 2).\(number)",
                shard: number / options.peoplePerShard
            )
        }
    }

    package var description: String { "seed \(self.seed)" }

    /// Every rule that was broken so far, in words.
    package var violations: [String] { self.witness.violations }

    /// How often what happened, by words such as `join`.
    package var counts: [String: Int] {
        let refusals = self.people.reduce(0) { $0 + $1.view.refusals }
        return self.witness.counts.merging(["refused by a rule": refusals], uniquingKeysWith: +)
    }

    // MARK: Steps

    /// Does a number of random things.
    package func run(steps: Int) async {
        for _ in 0..<steps { await self.step() }
    }

    /// Somebody may send a line; requests and arrivals of some shards move on.
    private func step() async {
        self.edge.pass(milliseconds: Int64(self.random.below(30)))
        if self.random.chance(self.options.linesInHundred) { self.speak() }
        for _ in 0..<self.random.below(4) { self.carry(self.random.below(self.shards.count)) }
        for _ in 0..<self.random.below(7) {
            self.links[self.random.below(self.shards.count)].deliver(&self.random)
        }
        await self.work()
    }

    /// Does what is due on the loops and beside them, and has people read.
    private func work() async {
        await self.edge.work { for person in self.people { person.read() } }
        self.witness.learn(self.shards.map(\.realm), self.tenant.id)
    }

    private func speak() {
        let person = self.people[self.random.below(self.people.count)]
        guard let client = person.client else { return person.connect(to: self.tenant, on: self.shards[person.shard]) }
        // A connection may break at any time, also while a command is under way.
        if self.random.chance(1) { return person.disconnect() }
        client.send(RandomLine.next(&self.random, message: person.nextNumber()))
    }

    private func carry(_ shard: Int) {
        self.links[shard].carry()
        for link in self.links { link.collect() }
    }

    /// Lets everything arrive that is under way, and compares what everybody has in the end.
    package func settle() async {
        var steps = 0
        while true {
            await self.work()
            let busy = self.links.filter { $0.requestsUnderWay + $0.arrivalsUnderWay > 0 }
            if busy.isEmpty {
                // What was put off, such as another try after a refusal, begins again.
                if steps > 0, self.isQuiet() { break }
                self.edge.pass(milliseconds: 1500)
            }
            steps += 1
            guard steps < 100_000 else { return self.witness.violation("it never comes to rest") }
            guard let link = busy.isEmpty ? nil : busy[self.random.below(busy.count)] else { continue }
            if link.requestsUnderWay > 0, self.random.chance(50) || link.arrivalsUnderWay == 0 {
                link.carry()
                for other in self.links { other.collect() }
            } else {
                link.deliver(&self.random)
            }
        }
        self.compareReplicas()
        self.compareClients()
    }

    private var quietFor = 0

    /// Whether nothing came of some seconds in which nothing was under way.
    private func isQuiet() -> Bool {
        self.quietFor += 1
        return self.quietFor > 3
    }

    // MARK: The end

    private func compareReplicas() {
        for log in self.witness.history.keys {
            guard let name = ChannelName(log.name, under: Names.caseMapping), let snapshot = self.links[0].peek(log)
            else {
                self.witness.violation("\(log) cannot be loaded")
                continue
            }
            let truth = self.witness.states[log]
            if snapshot.exists != (truth != nil) { self.witness.violation("\(log): does it exist or not?") }
            let stored = ChannelState(name: name, fields: snapshot.chatFields)
            if stored != truth ?? ChannelState(name: name, created: 0) {
                self.witness.violation("\(log): the fields say \(stored), the entries \(String(describing: truth))")
            }
            for (index, shard) in self.shards.enumerated() {
                guard let (state, position) = shard.realm.networks[self.tenant.id]?.replicas.state(of: log.name) else {
                    continue
                }
                if state != stored {
                    self.witness.violation("shard \(index) has \(log) as \(state), the store as \(stored)")
                }
                if position != snapshot.position {
                    self.witness.violation("shard \(index) stands at \(position) of \(log)")
                }
            }
        }
    }

    /// What each client was told is what there is.
    private func compareClients() {
        for person in self.people {
            for mistake in person.view.mistakes { self.witness.violation("\(person.name): \(mistake)") }
            guard let client = person.client, client.isConnected, person.view.isRegistered else { continue }
            self.compare(person)
        }
    }

    private func compare(_ person: Person) {
        let nick = person.view.nick
        var truth: [String: [String: Set<Character>]] = [:]
        for state in self.witness.states.values where state.members.contains(where: { $0.user.nick.raw == nick }) {
            truth[state.name.raw] = Dictionary(
                state.members.map { ($0.user.nick.raw, Set($0.modes.prefixes)) },
                uniquingKeysWith: { first, _ in first }
            )
        }
        let seen = person.view.channels.mapValues(\.members)
        if seen != truth { self.witness.violation("\(nick) was told of \(seen), there is \(truth)") }
        for (channel, stays) in person.view.past.merging(person.view.channels.mapValues { [$0] }, uniquingKeysWith: +) {
            for stay in stays { self.compare(stay.messages, in: channel, of: nick) }
        }
    }

    /// The messages of one stay follow each other as they do in the log, and none of them is missing.
    private func compare(_ messages: [String], in channel: String, of nick: String) {
        guard let first = messages.first, let all = self.witness.messages[channel.lowercased()] else { return }
        guard let start = all.firstIndex(of: first) else {
            return self.witness.violation("\(nick) heard \(first) in \(channel), which nobody said")
        }
        if Array(all[start...].prefix(messages.count)) != messages {
            self.witness.violation("\(nick) heard \(messages) in \(channel) of \(all[start...])")
        }
    }

    /// How many channels there are and how many members they have, in the end.
    package var population: (channels: Int, members: Int) {
        (self.witness.states.count, self.witness.states.values.reduce(0) { $0 + $1.members.count })
    }
}
