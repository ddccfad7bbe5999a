import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Seeded runs: shards decide on what they have heard, as edges do, while the store goes back in time and connections break.
@Suite(.serialized) struct RollbackRunTests {
    private static let members = Section("M")

    /// The same numbers for the same seed.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = self.state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    /// A log as a shard has it, by what it followed and heard.
    private struct Replica {
        var position: Position
        var members: Set<String>

        init(_ snapshot: Snapshot) {
            self.position = snapshot.position
            self.members = Set(snapshot.fields.keys.map(\.name))
        }

        mutating func evolve(_ entry: Entry) {
            // Made anew: nothing of what was before holds.
            if entry.position.sequence == 1 { self.members = [] }
            self.position = entry.position
            let text = String(buffer: entry.payload)
            if text.hasPrefix("+") { self.members.insert(String(text.dropFirst())) }
            if text.hasPrefix("-") { self.members.remove(String(text.dropFirst())) }
        }
    }

    private func replica(_ log: LogKey, of shard: TestShard, from followed: Snapshot) -> Replica {
        var replica = Replica(followed)
        for event in shard.receiver.events {
            switch event {
            case .entry(let entry, log): replica.evolve(entry)
            case .reloaded(let snapshot) where snapshot.log == log: replica = Replica(snapshot)
            default: continue
            }
        }
        return replica
    }

    /// Somebody comes or goes, by what the shard knows.
    private func toggle(_ name: String, _ log: LogKey, _ replica: Replica) -> Transaction {
        let leaves = replica.members.contains(name)
        let field = FieldName(Self.members, name)
        let change = LogChange(
            log,
            payload: ByteBuffer(string: (leaves ? "-" : "+") + name),
            fields: [leaves ? .remove(field) : .set(field, [1])]
        )
        return Transaction(conditions: [Condition(log, .unchanged(since: replica.position))], changes: [change])
    }

    @Test(.timeLimit(.minutes(3)), arguments: [1, 2, 3, 4] as [UInt64])
    func `whatever is lost and whoever is cut off, all have in the end what the store has`(seed: UInt64) async throws {
        try await RedisWorld.run { world in
            var dice = Dice(state: seed)
            let logs = (1...3).map { world.channel("#\($0)") }
            var shards: [TestShard] = []
            var followed: [[Snapshot]] = []
            for index in 0..<3 {
                // One of them has a network that nothing happens to.
                let shard = try await world.shard(index == 0 ? world.store() : world.faultyStore())
                shards.append(shard)
                var snapshots: [Snapshot] = []
                for log in logs { snapshots.append(try await shard.follow(log)) }
                followed.append(snapshots)
            }
            try world.server.remember()
            for _ in 1...25 {
                var calls: [(TestShard, [Transaction])] = []
                for (index, shard) in shards.enumerated() {
                    let transactions = (0..<Int.random(in: 1...4, using: &dice)).map { _ in
                        let place = Int.random(in: 0..<logs.count, using: &dice)
                        let replica = self.replica(logs[place], of: shard, from: followed[index][place])
                        return self.toggle("m\(Int.random(in: 0..<6, using: &dice))", logs[place], replica)
                    }
                    calls.append((shard, transactions))
                }
                let event = Int.random(in: 0..<8, using: &dice)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (shard, transactions) in calls {
                        group.addTask { _ = try await shard.append(together: transactions) }
                    }
                    switch event {
                    case 0: try world.server.goBack()
                    case 1: world.proxy.cut()
                    default: break
                    }
                    try await group.waitForAll()
                }
                if event == 2 { try world.server.remember() }
            }
            for log in logs { try await shards[0].say("end", in: log) }
            for (log, place) in zip(logs, 0...) {
                let truth = Replica(try #require(try await shards[0].load(log)))
                for (shard, snapshots) in zip(shards, followed) {
                    try await until("the end of \(log)") {
                        self.replica(log, of: shard, from: snapshots[place]).position == truth.position
                    }
                    let replica = self.replica(log, of: shard, from: snapshots[place])
                    #expect(replica.members == truth.members, "seed \(seed), \(log)")
                }
                // No position was given to two entries.
                var known: [Position: ByteBuffer] = [:]
                for entry in shards.flatMap({ $0.receiver.entries(of: log) }) {
                    let before = known.updateValue(entry.payload, forKey: entry.position)
                    #expect(before == nil || before == entry.payload, "seed \(seed), \(entry.position)")
                }
            }
        }
    }
}
