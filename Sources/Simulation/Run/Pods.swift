import Edge
import Realm
import StateStore

/// The processes of a world's shards, one each: they die and come again, are taken for dead and live, and wait for a store that
/// stalls.
final class Pods {
    private unowned let world: World
    private var pods: [UInt64]
    private var last: UInt64
    /// Until when the store is not to be reached from a shard, in the clock's milliseconds.
    private var stalls: [Int: Int64] = [:]
    /// When a dead process is replaced, by shard.
    private var rebirths: [Int: Int64] = [:]
    /// The processes that others take for dead, since when.
    private var suspects: [UInt64: Int64] = [:]
    /// Shards that have to look at what they hold, since others took them for dead.
    private var doubtful: Set<Int> = []
    /// Who sees to what a dead process held, until it has.
    private var settlers: [UInt64: UInt64] = [:]
    private var checking: Set<UInt64> = []

    /// What the store has not taken up by then it does not do.
    private static let deadline: Int64 = 1500
    /// How long a process is dead before others see to what it held.
    private static let silence: Int64 = 1000

    init(_ world: World) {
        self.world = world
        self.pods = (0..<world.options.shards).map { UInt64($0) + 1 }
        self.last = UInt64(world.options.shards)
    }

    func pod(of shard: Int) -> UInt64 { self.pods[shard] }

    func isStalled(_ shard: Int) -> Bool { self.stalls[shard] != nil }

    /// The shard of a process that lives.
    func shard(of pod: UInt64, _ number: Int) -> Realm.RealmShard? {
        guard number < self.pods.count, self.pods[number] == pod, !self.world.links[number].isDead else { return nil }
        return self.world.shards[number].realm
    }

    // MARK: What goes wrong

    func step() {
        let shard = self.world.random.below(self.pods.count)
        if self.world.random.below(1000) < self.world.options.faultsInThousand {
            switch self.world.random.below(4) {
            case 0: self.kill(shard)
            case 1: self.doubt(shard)
            default: self.stall(shard)
            }
        }
        // Time passes, now and then much of it.
        if self.world.random.chance(2) { self.world.edge.pass(milliseconds: Int64(self.world.random.below(2500))) }
        self.tend()
    }

    private var now: Int64 { self.world.clock.now }

    private func soon(_ most: Int) -> Int64 { self.now + Int64(self.world.random.below(most)) }

    private func tell(_ what: String, _ shard: Int) {
        self.world.witness.count(what)
        self.world.options.trace?("\(self.now % 1_000_000) \(what) of pod \(self.pods[shard])")
    }

    private func kill(_ shard: Int) {
        let links = self.world.links
        guard links.count(where: { !$0.isDead }) > 2, !links[shard].isDead else { return }
        self.tell("death", shard)
        // Some of what it asked for last is done.
        for _ in 0..<self.world.random.below(links[shard].requestsUnderWay + 1) where !self.isStalled(shard) {
            links[shard].carry()
        }
        for link in links { link.collect() }
        links[shard].die()
        for person in self.world.people where person.pod == self.pods[shard] { person.lose(at: self.now) }
        self.rebirths[shard] = self.soon(3000)
        self.suspects[self.pods[shard]] = self.now
        self.stalls[shard] = nil
        self.doubtful.remove(shard)
    }

    /// Its lease lapses while it lives.
    private func doubt(_ shard: Int) {
        guard !self.world.links[shard].isDead, self.suspects[self.pods[shard]] == nil else { return }
        self.tell("doubt", shard)
        self.stalls[shard] = self.soon(3000)
        self.suspects[self.pods[shard]] = self.now - Self.silence
        self.doubtful.insert(shard)
    }

    private func stall(_ shard: Int) {
        guard !self.world.links[shard].isDead else { return }
        self.tell("stall", shard)
        self.stalls[shard] = self.soon(4000)
        // It may be the store itself.
        guard self.world.random.chance(30) else { return }
        for other in self.pods.indices where !self.world.links[other].isDead { self.stalls[other] = self.soon(4000) }
    }

    /// Nothing goes wrong any more.
    func recover() {
        for shard in self.stalls.keys { self.stalls[shard] = self.now }
        for shard in self.rebirths.keys { self.rebirths[shard] = self.now }
    }

    // MARK: What comes of it

    func tend() {
        for link in self.world.links { link.expire(after: Self.deadline) }
        for (shard, until) in self.stalls.sorted(by: { $0.key < $1.key }) where until <= self.now {
            self.stalls[shard] = nil
            self.tell("recovery", shard)
            self.world.links[shard].forget(percent: 5, &self.world.random)
            // Its lease is renewed.
            if self.doubtful.contains(shard) { self.suspects[self.pods[shard]] = nil }
        }
        for (shard, time) in self.rebirths.sorted(by: { $0.key < $1.key }) where time <= self.now {
            self.rebirths[shard] = nil
            self.last += 1
            self.pods[shard] = self.last
            self.world.replace(shard, by: PodID(rawValue: self.last))
        }
        for (pod, since) in self.suspects.sorted(by: { $0.key < $1.key }) where since + Self.silence <= self.now {
            self.settle(pod)
        }
        for shard in self.doubtful.sorted() where !self.isStalled(shard) { self.check(shard) }
    }

    /// Has a shard of another process see to what one held that is taken for dead.
    private func settle(_ pod: UInt64) {
        if let settler = self.settlers[pod], self.pods.contains(settler) { return }
        let orphans = self.world.witness.sessions.holders.filter { $0.value == pod }.map(\.key)
            .sorted { $0.description < $1.description }
        let others = self.pods.indices.filter { self.suspects[self.pods[$0]] == nil && !self.isStalled($0) }
        guard !orphans.isEmpty, let other = others.first else { return }
        self.settlers[pod] = self.pods[other]
        self.tell("settling", other)
        self.world.shards[other].realm.settle(orphans: Array(orphans.prefix(200))) { _ in self.settlers[pod] = nil }
    }

    private func check(_ shard: Int) {
        let pod = self.pods[shard]
        guard self.checking.insert(pod).inserted else { return }
        self.world.shards[shard].realm.checkSessions { isDone in
            self.checking.remove(pod)
            if isDone { self.doubtful.remove(shard) }
        }
    }
}
