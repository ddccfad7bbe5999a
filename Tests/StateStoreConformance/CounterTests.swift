import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Slots and tokens.
struct CounterTests {
    @Test(arguments: LiveDriver.all)
    func `slots of all shards and pods never exceed the limit`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let counter = CounterKey(world.tenant, "connections")
            let shards = [try await world.shard(), try await world.shard(), try await world.shardElsewhere()]
            let granted = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<60 {
                    let shard = shards[number % shards.count]
                    group.addTask { try await shard.reserve(3, of: counter, limit: 100) }
                }
                return try await group.reduce(0, +)
            }
            #expect(granted == 100)
            #expect(try await shards[0].reserve(1, of: counter, limit: 100) == 0)
            #expect(try await shards[0].reserve(5, of: counter, limit: 102) == 2)
            #expect(try await shards[0].reserve(5, of: CounterKey(world.tenant, "other"), limit: 3) == 3)
            let elsewhere = CounterKey(try #require(TenantID("other")), "connections")
            #expect(try await shards[0].reserve(5, of: elsewhere, limit: 9) == 5)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `released slots can be taken again, but never more than were held`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let counter = CounterKey(world.tenant, "connections")
            let shard = try await world.shard()
            #expect(try await shard.reserve(10, of: counter, limit: 10) == 10)
            try await shard.on { client in
                for _ in 0..<4 { client.release(1, of: counter) }
            }
            #expect(try await self.reserveAll(shard, counter, atLeast: 4) == 4)
            try await shard.on { $0.release(1000, of: counter) }
            #expect(try await self.reserveAll(shard, counter, atLeast: 10) == 10)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a bucket gives its burst and then what its rate brings`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let bucket = CounterKey(world.tenant, "messages")
            #expect(try await shard.take(7, from: bucket, rate: 0.001, burst: 10) == 7)
            #expect(try await shard.take(7, from: bucket, rate: 0.001, burst: 10) == 3)
            #expect(try await shard.take(7, from: bucket, rate: 0.001, burst: 10) == 0)
            let quick = CounterKey(world.tenant, "quick")
            #expect(try await shard.take(20, from: quick, rate: 1000, burst: 20) == 20)
            var more = 0
            while more < 10 { more += try await shard.take(10 - more, from: quick, rate: 1000, burst: 20) }
            #expect(more == 10)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a bucket is shared by all shards`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let bucket = CounterKey(world.tenant, "messages")
            let shards = [try await world.shard(), try await world.shardElsewhere()]
            let taken = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<40 {
                    let shard = shards[number % 2]
                    group.addTask { try await shard.take(1, from: bucket, rate: 0.001, burst: 25) }
                }
                return try await group.reduce(0, +)
            }
            #expect(taken == 25)
        }
    }

    /// The largest number that every store holds exactly.
    private static let most = 1 << 53

    @Test(arguments: LiveDriver.all)
    func `grants above four thousand million are told whole`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let counter = CounterKey(world.tenant, "connections")
            let (large, limit) = (5_000_000_000, 12_345_678_901_234)
            #expect(try await shard.reserve(large, of: counter, limit: limit) == large)
            #expect(try await shard.reserve(limit, of: counter, limit: limit) == limit - large)
            let bucket = CounterKey(world.tenant, "messages")
            #expect(try await shard.take(large, from: bucket, rate: 0, burst: Double(limit)) == large)
            #expect(try await shard.take(limit, from: bucket, rate: 0, burst: Double(limit)) == limit - large)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `no number makes a counter fail or give more than there is`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let all = CounterKey(world.tenant, "all")
            let none = CounterKey(world.tenant, "none")
            let some = CounterKey(world.tenant, "some")
            #expect(try await shard.reserve(.max, of: all, limit: .max) == Self.most)
            #expect(try await shard.reserve(1, of: all, limit: .max) == 0)
            #expect(try await shard.reserve(1, of: all, limit: .min) == 0)
            #expect(try await shard.reserve(.min, of: none, limit: 10) == 0)
            #expect(try await shard.reserve(10, of: none, limit: -10) == 0)
            #expect(try await shard.reserve(3, of: some, limit: 10) == 3)
            try await shard.on { client in
                client.release(.min, of: some)
                client.release(-1, of: some)
            }
            #expect(try await shard.reserve(100, of: some, limit: 10) == 7)
            try await shard.on { client in
                client.release(.max, of: some)
                client.release(.max, of: some)
            }
            #expect(try await self.reserveAll(shard, some, atLeast: 10) == 10)
        }
    }

    /// A rate and a burst, how much is asked for in turn, and what is granted.
    private static let buckets: [(rate: Double, burst: Double, asked: [Int], granted: [Int])] = [
        (Double(Int.max), Double(Int.max), [1, 20], [1, 20]),
        (1, .infinity, [.max], [most]), (.infinity, 5, [3, 9, 9], [3, 5, 5]), (.infinity, 0, [1], [0]),
        (.greatestFiniteMagnitude, .greatestFiniteMagnitude, [.max], [most]),
        (.nan, 5, [3, 9], [3, 2]), (5, .nan, [1], [0]), (-1, 5, [9, 9], [5, 0]), (5, -.infinity, [1], [0]),
        (0, 5, [.min, -1, 0, 9], [0, 0, 0, 5]),
    ]

    @Test(arguments: LiveDriver.all)
    func `no number makes a bucket fail or give more than its burst`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            for (index, row) in Self.buckets.enumerated() {
                let bucket = CounterKey(world.tenant, "bucket-\(index)")
                var granted: [Int] = []
                for (turn, asked) in row.asked.enumerated() {
                    var got = 0
                    repeat {
                        got = try await shard.take(asked, from: bucket, rate: row.rate, burst: row.burst)
                        // The store's clock must move on before a rate brings something.
                    } while got < row.granted[turn] && turn > 0 && row.rate > 1e9
                    granted.append(got)
                }
                #expect(granted == row.granted, "rate \(row.rate), burst \(row.burst)")
            }
        }
    }

    /// Reserves until so many were granted: a release is told some time after it is called.
    private func reserveAll(_ shard: TestShard, _ counter: CounterKey, atLeast wanted: Int) async throws -> Int {
        try await within(.seconds(10)) {
            var granted = 0
            while granted < wanted { granted += try await shard.reserve(100, of: counter, limit: 10) }
            return granted
        }
    }
}
