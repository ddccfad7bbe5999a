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
        /// How many of the people have an account, with two clients each on any shard.
        package var members = 0
        /// In how many of a thousand steps a pod dies, or is taken for dead, or its store stalls.
        package var faultsInThousand = 0
        /// How many requests and arrivals move on in a step, at most.
        package var (requests, arrivals) = (3, 6)
        /// Gets every line, and every change that the store applies, to see how a world went wrong.
        package var trace: (@Sendable (String) -> Void)?

        package init() {}

        /// Sessions that outlive their connections; what goes wrong with pods is asked for besides.
        package static var sessions: Options {
            var options = Options()
            (options.shards, options.peoplePerShard, options.members) = (4, 1, 3)
            (options.requests, options.arrivals) = (8, 16)
            return options
        }
    }

    package let seed: UInt64
    package let clock = VirtualClock()
    let tenant: HostedTenant
    let edge: SimulatedEdge
    private let made = LoopLocal<[StoreLink]>([])
    private let makeStore: (PodID) -> any LiveStore
    let witness = Witness()
    let people: [Person]
    var random: SeededRandom
    let options: Options
    private(set) lazy var pods = Pods(self)
    /// For how long an account's session waits, in milliseconds.
    static let grace: Int64 = 8000
    private let usage = CountedUsage()

    init(seed: UInt64, options: Options) throws(SimulationFailure) {
        var quotas = Quotas.unlimited
        quotas.channelMembers = Quota(limit: 6)
        var sessions = SessionSettings()
        sessions.resumeGrace = .milliseconds(Self.grace)
        self.tenant = try HostedTenant.simulated(quotas: quotas, sessions: sessions)
        self.seed = seed
        self.options = options
        self.random = SeededRandom(seed: seed)
        let accounts = SimulatedAccounts()
        accounts.add("boss", password: "secret", role: .admin)
        let (clock, made, witness) = (self.clock, self.made, self.witness)
        let inner = InProcessLiveStore(wallClock: { clock.now }, now: { clock.instant })
        let makeStore = { (pod: PodID) -> any LiveStore in
            WrappedStore(inner, pod: pod) { store, _, receiver in
                let link = StoreLink(store: store, receiver: receiver, clock: clock) { change, outcome in
                    options.trace?("\(clock.now % 1_000_000) pod \(pod.rawValue) \(change.traced) \(outcome)")
                    witness.saw(change, outcome)
                }
                made.value.append(link)
                return link
            }
        }
        self.makeStore = makeStore
        var limits = SessionLimits()
        limits.loginsPerMinute = 1000
        self.edge = SimulatedEdge(
            shards: options.shards,
            seed: seed ^ 0x5EED,
            sessions: limits,
            store: { makeStore(PodID(rawValue: UInt64($0) + 1)) },
            accounts: accounts,
            usage: self.usage,
            clock: clock
        )
        self.people = Self.people(options)
        for person in self.people {
            if let trace = options.trace {
                person.trace = { trace("\(clock.now % 1_000_000) \($0)") }
            }
            if let account = person.account { accounts.add(account, password: "sesame") }
        }
        self.witness.trace = options.trace
        self.witness.sessions.ended = { [unowned self] in self.sessionEnded($0, $1) }
    }

    var shards: [ShardClients] { self.edge.shards }
    /// The way of each shard to the store.
    var links: [StoreLink] { self.made.value }

    /// Puts another process in the place of one that is no more.
    func replace(_ shard: Int, by pod: PodID) {
        self.edge.replace(shard, over: self.makeStore(pod))
        self.made.value[shard] = self.made.value.removeLast()
    }

    private static func people(_ options: Options) -> [Person] {
        let names = ["ann", "bob", "cid", "dee", "eve", "fay", "gus", "hal", "ida", "jon", "kim", "leo"]
        func name(_ number: Int) -> String {
            names[number % names.count] + (number < names.count ? "" : String(number))
        }
        let guests = options.shards * options.peoplePerShard
        let people = (0..<guests).map { number in
            Person(
                name: name(number),
                isOperator: number == 0,
                address: "10.0.\(number % 2).\(number)",
                shard: number / options.peoplePerShard
            )
        }
        return people
            + (guests..<guests + options.members).flatMap { number in
                (0..<2).map { client in
                    Person(
                        name: name(number),
                        isOperator: false,
                        address: "10.0.\(number % 2).\(number)",
                        shard: client % options.shards,
                        account: name(number),
                        number: client
                    )
                }
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
        if self.options.faultsInThousand > 0 { self.pods.step() }
        if self.random.chance(self.options.linesInHundred) { self.speak() }
        for _ in 0..<self.random.below(self.options.requests + 1) { self.carry(self.random.below(self.shards.count)) }
        for _ in 0..<self.random.below(self.options.arrivals + 1) { self.deliver(self.random.below(self.shards.count)) }
        await self.work()
    }

    /// Does what is due on the loops and beside them, and has people read.
    func work() async {
        await self.edge.work {
            for person in self.people {
                person.read(at: self.clock.now)
                self.note(person)
                person.leaveIfClosed(at: self.clock.now)
            }
        }
        self.witness.learn(self.shards.map(\.realm), self.tenant.id)
    }

    private func speak() {
        let person = self.people[self.random.below(self.people.count)]
        guard person.client != nil else { return self.connect(person) }
        // A connection may break at any time, also while a command is under way.
        if self.random.chance(person.account == nil ? 1 : 6) {
            // Somebody with several clients loses all of them at once, now and then.
            let isAll = person.account != nil && self.random.chance(50)
            for other in self.people where other === person || isAll && other.account == person.account {
                other.disconnect(at: self.clock.now)
            }
            return
        }
        guard person.account != nil || person.isOperator, self.options.members > 0 else {
            return person.say(RandomLine.next(&self.random, message: person.nextNumber()), at: self.clock.now)
        }
        if person.isOperator, self.random.chance(10) {
            return person.say("KILL \(self.random.pick(self.people, or: person).name) :spam", at: self.clock.now)
        }
        // All clients of an account at once, now and then.
        let isAll = person.account != nil && self.random.chance(15)
        for other in self.people where other === person || isAll && other.account == person.account {
            guard other.client != nil else { continue }
            other.say(RandomLine.next(&self.random, message: other.nextNumber()), at: self.clock.now)
        }
    }

    private func connect(_ person: Person) {
        if person.account != nil, self.random.chance(30) { return }
        let shard = person.account == nil ? person.shard : self.random.below(self.shards.count)
        guard !self.links[shard].isDead else { return }
        person.connect(to: self.tenant, on: self.shards[shard], of: self.pods.pod(of: shard), at: self.clock.now)
    }

    private func carry(_ shard: Int) {
        guard !self.pods.isStalled(shard) else { return }
        self.links[shard].carry()
        for link in self.links { link.collect() }
    }

    private func deliver(_ shard: Int) {
        guard !self.pods.isStalled(shard) else { return }
        self.links[shard].deliver(&self.random)
    }

    /// Lets everything arrive that is under way, and compares what everybody has in the end.
    package func settle() async {
        if self.options.faultsInThousand > 0 { self.pods.recover() }
        var (steps, quiet) = (0, 0)
        // Whoever waits for somebody to come back gives up on the way.
        let pauses = self.options.members > 0 ? 24 : 3
        while true {
            if self.options.faultsInThousand > 0 { self.pods.tend() }
            await self.work()
            let busy = self.links.filter { $0.requestsUnderWay + $0.arrivalsUnderWay > 0 }
            if busy.isEmpty {
                // What was put off, such as another try after a refusal, begins again.
                quiet += 1
                if steps > 0, quiet > pauses { break }
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
        if self.options.members > 0 { self.compareSessions() }
    }

    /// How many channels there are and how many members they have, in the end.
    package var population: (channels: Int, members: Int) {
        (self.witness.states.count, self.witness.states.values.reduce(0) { $0 + $1.members.count })
    }
}
