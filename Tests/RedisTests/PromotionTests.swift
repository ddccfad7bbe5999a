import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// A replica that lagged is promoted: the store goes back in time.
@Suite(.serialized) struct PromotionTests {
    private static let members = Section("M")

    private func set(_ log: LogKey, _ name: String, feed: FeedLabel? = nil) -> Transaction {
        let field = FieldChange.set(FieldName(Self.members, name), Array(name.utf8))
        let change = LogChange(log, payload: ByteBuffer(string: name), fields: [field], feed: feed)
        return Transaction(changes: [change])
    }

    /// The shards take turns.
    private func set(_ numbers: ClosedRange<Int>, _ name: String, _ log: LogKey, by shards: [TestShard]) async throws {
        for number in numbers {
            _ = try await shards[number % shards.count].append(self.set(log, "\(name) \(number)", feed: .any))
        }
    }

    /// Waits until the replica has what its primary has, and lets it have no more.
    private func detach(_ replica: RedisServer, from primary: RedisServer) async throws {
        _ = try primary.command("SET", "mark", "\(replica.port)")
        try await until("the replica") { try replica.command("EXISTS", "mark") == "1" }
        _ = try replica.command("REPLICAOF", "NO", "ONE")
    }

    /// What a shard has of a log by what it heard: the state that it loaded last, and the entries after that.
    private func state(of shard: TestShard, _ log: LogKey, from followed: Snapshot) -> [String] {
        var names = Set(followed.fields.keys.map(\.name))
        for event in shard.receiver.events {
            switch event {
            case .entry(let entry, log): names.insert(String(buffer: entry.payload))
            case .reloaded(let snapshot) where snapshot.log == log: names = Set(snapshot.fields.keys.map(\.name))
            default: continue
            }
        }
        return names.sorted()
    }

    @Test(.timeLimit(.minutes(2)))
    func `every message is accounted for: it is with everybody, or its sender and those who had it are told`()
        async throws
    {
        try await RedisWorld.run { world in
            let replica = try await RedisServer.started(options: ["--replicaof", "127.0.0.1", "\(world.server.port)"])
            defer { replica.end() }
            let (log, quiet) = (world.channel("#a"), world.channel("#quiet"))
            let stores = [try await world.faultyStore(), try await world.faultyStore()]
            let shards = [try await world.shard(stores[0]), try await world.shard(stores[1])]
            var followed: [Snapshot] = []
            for shard in shards {
                followed.append(try await shard.follow(log))
                _ = try await shard.follow(quiet)
            }
            try await shards[0].say("still", in: quiet)
            try await self.set(1...20, "kept", log, by: shards)
            try await self.detach(replica, from: world.server)
            // The primary goes on for a while with what no replica has.
            try await self.set(1...10, "lost", log, by: shards)
            for shard in shards { try await shard.receiver.wait(forEntries: 30, of: log) }
            world.proxy.set(.refuse)
            world.proxy.lead(to: replica.port)
            try world.server.kill()
            for shard in shards { try await world.notices(shard) }
            world.proxy.set(.pass)
            for shard in shards { try await shard.receiver.wait(for: "the new primary") { Self.ready($0) >= 2 } }

            // As many as were lost, so that the numbers are the same.
            try await self.set(1...10, "new", log, by: shards)
            try await shards[0].say("end", in: quiet)
            let truth = try #require(try await shards[0].load(log))
            #expect(truth.fields.count == 30)
            for (shard, snapshot) in zip(shards, followed) {
                try await shard.receiver.wait(for: "the last message") { events in
                    TestReceiver.entries(of: log, in: events).last?.position == truth.position
                }
                #expect(self.state(of: shard, log, from: snapshot) == truth.fields.keys.map(\.name).sorted())
                // Who had what was lost is told so, once.
                #expect(reloads(shard.receiver.events).filter { $0.log == log }.count == 1)
                // Nothing of the quiet one was lost, so nobody is told anything.
                #expect(reloads(shard.receiver.events).filter { $0.log == quiet }.isEmpty)
                try await shard.receiver.wait(forEntries: 2, of: quiet)
                #expect(shard.receiver.payloads(of: quiet) == ["still", "end"])
                let positions = shard.receiver.entries(of: log).map(\.position)
                #expect(Set(positions).count == positions.count)
            }
            // The history keeps the new ones beside those that it may have stored of the lost.
            let journaled = try await within(.seconds(30), "the journal") {
                var found: [String: Position] = [:]
                while found["new 10"] == nil {
                    for record in try await stores[0].readFeed(as: .history, limit: 100, timeout: .milliseconds(50)) {
                        found[String(buffer: record.entry.payload)] = record.entry.position
                    }
                    try Task.checkCancellation()
                }
                return found
            }
            let lost = shards[0].receiver.entries(of: log).filter { String(buffer: $0.payload).hasPrefix("lost") }
            let new = journaled.filter { $0.key.hasPrefix("new") }
            #expect(new.count == 10 && Set(new.values).isDisjoint(with: lost.map(\.position)))
        }
    }

    @Test func `what rests on a state that was lost is decided again on the one there is`() async throws {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard(world.store())
            _ = try await shard.follow(log)
            _ = try await shard.append(self.set(log, "kept"))
            try world.server.remember()
            guard case .appended(let stamps) = try await shard.append(self.set(log, "lost")), let seen = stamps.last
            else {
                return
            }
            try world.server.goBack()
            var transaction = self.set(log, "next")
            transaction.conditions = [Condition(log, .unchanged(since: seen.position))]
            #expect(try await shard.append(transaction) == .refused(condition: 0))
            // By then it has what there is.
            let state = try #require(reloads(shard.receiver.events).last)
            #expect(state.fields.keys.map(\.name) == ["kept"])
            transaction.conditions = [Condition(log, .unchanged(since: state.position))]
            guard case .appended = try await shard.append(transaction) else {
                Issue.record("refused again")
                return
            }
            #expect(shard.receiver.payloads(of: log).last == "next")
        }
    }

    @Test func `who follows a log that another one saw go back, and missed nothing, goes on without loading`()
        async throws
    {
        try await RedisWorld.run { world in
            let log = world.channel("#a")
            let (ahead, behind) = (try await world.shard(world.store()), try await world.shard(world.faultyStore()))
            for shard in [ahead, behind] { _ = try await shard.follow(log) }
            _ = try await ahead.append(self.set(log, "kept"))
            try await behind.receiver.wait(forEntries: 1, of: log)
            try world.server.remember()
            world.proxy.set(.refuse)
            world.proxy.cut()
            _ = try await ahead.append(self.set(log, "lost"))
            try world.server.goBack()
            world.proxy.set(.pass)
            _ = try await ahead.append(self.set(log, "next"))
            try await behind.receiver.wait(forEntries: 2, of: log)
            #expect(behind.receiver.payloads(of: log) == ["kept", "next"])
            #expect(reloads(behind.receiver.events).isEmpty)
            // Whether it loads before the next one or with it: it is told once, and stands where the other one does.
            #expect(reloads(ahead.receiver.events).count == 1)
            let stands = ahead.receiver.events.compactMap { event -> Position? in
                switch event {
                case .entry(let entry, log): entry.position
                case .reloaded(let snapshot): snapshot.position
                default: nil
                }
            }
            #expect(stands.last == behind.receiver.entries(of: log).last?.position)
        }
    }

    @Test func `pods and sessions that began in the lost time are none of those that begin after it`() async throws {
        try await RedisWorld.run { world in
            let first = try await world.store()
            try world.server.remember()
            var before: Set<PodID> = [first.pod]
            for _ in 1...5 { before.insert(try await world.store().pod) }
            try world.server.goBack()
            for _ in 1...5 { #expect(!before.contains(try await world.store().pod)) }
        }
    }

    @Test func `slots that were taken in the lost time are not given to others, and are given back once`() async throws
    {
        try await RedisWorld.run { world in
            let counter = CounterKey(world.tenant, "connections")
            let (store, another) = (try await world.store(), try await world.store())
            // Two shards of one pod, and one of another.
            let shards = [try await world.shard(store), try await world.shard(store)]
            let other = try await world.shard(another)
            #expect(try await store.renewLease(for: .seconds(60)) == .kept)
            #expect(try await shards[0].reserve(2, of: counter, limit: 20) == 2)
            #expect(try await shards[1].reserve(3, of: counter, limit: 20) == 3)
            try world.server.remember()
            #expect(try await shards[0].reserve(4, of: counter, limit: 20) == 4)
            try await shards[1].on { $0.release(1, of: counter) }
            try await until("one slot given back") {
                let granted = try await other.reserve(12, of: counter, limit: 20)
                try await other.on { $0.release(granted, of: counter) }
                return granted == 12
            }
            for round in 1...2 {
                try world.server.goBack()
                // Its sessions have to be looked at, and nothing more.
                #expect(try await store.renewLease(for: .seconds(60)) == .lapsed)
                #expect(try await store.renewLease(for: .seconds(60)) == .kept)
                try await until("the slots, round \(round)") {
                    let granted = try await other.reserve(20, of: counter, limit: 20)
                    try await other.on { $0.release(granted, of: counter) }
                    return granted == 12
                }
            }
            try await shards[0].on { $0.release(6, of: counter) }
            try await shards[1].on { $0.release(2, of: counter) }
            try await until("all of them") {
                let granted = try await other.reserve(20, of: counter, limit: 20)
                try await other.on { $0.release(granted, of: counter) }
                return granted == 20
            }
        }
    }

    /// How often the store became ready.
    private static func ready(_ events: [TestReceiver.Event]) -> Int {
        events.count { event in
            if case .ready = event { true } else { false }
        }
    }
}
