import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Attempts that are counted before they are made: tokens of one of many, and tokens that are given back.
struct AttemptTests {
    /// Five at once, and then none for hours.
    private static let (rate, burst) = (0.0001, 5.0)

    private func network(_ name: String, _ world: World) -> CounterKey {
        CounterKey(world.tenant, "log-ins", of: name)
    }

    @Test(arguments: LiveDriver.all)
    func `attempts are counted by tenant and network, over all shards and pods`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shards = [try await world.shard(), try await world.shardElsewhere()]
            let one = self.network("192.0.2.0/24", world)
            for number in 0..<7 {
                let granted = try await shards[number % 2].take(1, from: one, rate: Self.rate, burst: Self.burst)
                #expect(granted == (number < 5 ? 1 : 0))
            }
            let elsewhere = CounterKey(try #require(TenantID("other")), "log-ins", of: "192.0.2.0/24")
            for key in [self.network("198.51.100.0/24", world), elsewhere, CounterKey(world.tenant, "log-ins")] {
                #expect(try await shards[1].take(9, from: key, rate: Self.rate, burst: Self.burst) == 5)
            }
        }
    }

    @Test(arguments: LiveDriver.all, ["192.0.2.0/24", nil])
    func `an attempt that is given back does not count, and no more come back than were taken`(
        driver: LiveDriver,
        item: String?
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let key = CounterKey(world.tenant, "log-ins", of: item)
            // Nothing was taken yet.
            try await shard.giveBack(3, to: key, rate: Self.rate, burst: Self.burst)
            for _ in 1...20 {
                #expect(try await shard.take(1, from: key, rate: Self.rate, burst: Self.burst) == 1)
                try await shard.giveBack(1, to: key, rate: Self.rate, burst: Self.burst)
            }
            #expect(try await shard.take(3, from: key, rate: Self.rate, burst: Self.burst) == 3)
            for count in [.max, -1, 0, .min, 7] {
                try await shard.giveBack(count, to: key, rate: Self.rate, burst: Self.burst)
            }
            #expect(try await shard.take(9, from: key, rate: Self.rate, burst: Self.burst) == 5)
            #expect(try await shard.take(9, from: key, rate: Self.rate, burst: Self.burst) == 0)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `attempts come back with time, and what is full is not kept`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let key = self.network("192.0.2.0/24", world)
            #expect(try await shard.take(20, from: key, rate: 500, burst: 20) == 20)
            var more = 0
            while more < 10 { more += try await shard.take(10 - more, from: key, rate: 500, burst: 20) }
            #expect(more == 10)
            try await until("everything to be full") {
                _ = try await world.first.renewLease(for: .seconds(60))
                return try await world.first.remains(of: world.tenant) == 0
            }
        }
    }

    @Test(arguments: LiveDriver.all)
    func `of more networks than are kept those that made the fewest attempts are forgotten`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let busy = self.network("busy", world)
            #expect(try await shard.take(5, from: busy, rate: Self.rate, burst: Self.burst) == 5)
            let many = CounterNumbers.items + 1000
            for start in stride(from: 0, to: many, by: 500) {
                let results: [Result<Int, LiveStoreError>] = try await shard.together(
                    (start..<start + 500).map { number in
                        let key = self.network("\(number)", world)
                        return { $0.take(1, from: key, rate: Self.rate, burst: Self.burst, $1) }
                    }
                )
                #expect(try results.allSatisfy { try $0.get() == 1 })
            }
            #expect(try await shard.take(1, from: busy, rate: Self.rate, burst: Self.burst) == 0)
            let last = self.network("\(many - 1)", world)
            #expect(try await shard.take(9, from: last, rate: Self.rate, burst: Self.burst) == 4)
            let first = self.network("0", world)
            #expect(try await shard.take(9, from: first, rate: Self.rate, burst: Self.burst) == 5)
        }
    }

    /// A rate and a burst, how much is asked for in turn, and what is granted.
    private static let buckets: [(rate: Double, burst: Double, asked: [Int], granted: [Int])] = [
        (.infinity, 0, [1], [0]), (.nan, 5, [3, 9], [3, 2]), (5, .nan, [1], [0]), (-1, 5, [9, 9], [5, 0]),
        (5, -.infinity, [1], [0]), (0, 5, [.min, -1, 0, 9], [0, 0, 0, 5]),
        (5.0 / 60, 5, [1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 0]),
        (0.7 / 60, 7, [3, 3, 3], [3, 3, 1]), (0.1, 0.5, [1], [0]),
    ]

    @Test(arguments: LiveDriver.all)
    func `no number makes a network's bucket fail or give more than its burst`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            for (index, row) in Self.buckets.enumerated() {
                let key = self.network("\(index)", world)
                var granted: [Int] = []
                for asked in row.asked {
                    granted.append(try await shard.take(asked, from: key, rate: row.rate, burst: row.burst))
                }
                #expect(granted == row.granted, "rate \(row.rate), burst \(row.burst)")
            }
        }
    }
}
