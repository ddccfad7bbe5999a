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

    /// Reserves until so many were granted: a release is told some time after it is called.
    private func reserveAll(_ shard: TestShard, _ counter: CounterKey, atLeast wanted: Int) async throws -> Int {
        try await within(.seconds(10)) {
            var granted = 0
            while granted < wanted { granted += try await shard.reserve(100, of: counter, limit: 10) }
            return granted
        }
    }
}
