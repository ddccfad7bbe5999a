import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// What a transaction may rest on.
struct ConditionTests {
    @Test(arguments: LiveDriver.all)
    func `unchanged holds until an entry changes a field, not when one only says something`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            let join = LogChange.text(log, "join", [.set(.member("ann"), [1])])
            let seen = try await shard.append(Transaction(changes: [join])).stamps()[0].position
            try await shard.say("hello", in: log)
            #expect(try await self.holds(.unchanged(since: seen), log, shard))
            #expect(
                try await self.holds(.unchanged(since: Position(epoch: seen.epoch, sequence: 0)), log, shard) == false
            )
            #expect(
                try await self.holds(.unchanged(since: Position(epoch: seen.epoch + 1, sequence: 9)), log, shard)
                    == false
            )
            #expect(try await self.holds(.unchanged(since: .none), log, shard) == false)
            _ = try await shard.append(Transaction(changes: [join]))
            #expect(try await self.holds(.unchanged(since: seen), log, shard) == false)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `unchanged since nothing asks that the log does not exist`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            let make = Transaction(
                conditions: [Condition(log, .unchanged(since: .none))],
                changes: [.text(log, "made", [.set(.member("ann"), [])])]
            )
            #expect(try await shard.append(make).stamps().count == 1)
            #expect(try await shard.append(make) == .refused(condition: 0))
            let other = Condition(world.channel("#b"), .unchanged(since: Position(epoch: 1, sequence: 1)))
            #expect(try await shard.append(Transaction(conditions: [other], changes: [])) == .refused(condition: 0))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `exists asks no more than that the log is there`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            #expect(try await self.holds(.exists, log, shard) == false)
            try await shard.say("hello", in: log)
            #expect(try await self.holds(.exists, log, shard))
            _ = try await shard.append(Transaction(changes: [LogChange(log, lifetime: .drop)]))
            #expect(try await self.holds(.exists, log, shard) == false)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `one change under one condition is as a transaction with both`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let other = try await world.shard()
            let (log, guardian) = (world.channel("#a"), world.channel("#b"))
            _ = try await shard.follow(log)
            _ = try await other.follow(log)
            let refused: Stamp? = try await shard.call {
                $0.append(.text(log, "too early"), if: Condition(guardian, .exists), $1)
            }
            #expect(refused == nil)
            try await shard.say("here", in: guardian)
            try await shard.say("1", in: log)
            let second: Stamp? = try await shard.call {
                $0.append(.text(log, "2"), if: Condition(guardian, .exists), $1)
            }
            let third: Stamp? = try await shard.call { $0.append(.text(log, "3"), if: Condition(log, .exists), $1) }
            #expect(second?.position.sequence == 2)
            #expect(third?.position.sequence == 3)
            for follower in [shard, other] {
                try await follower.receiver.wait(forEntries: 3, of: log)
                #expect(follower.receiver.payloads(of: log) == ["1", "2", "3"])
            }
        }
    }

    @Test(arguments: LiveDriver.all)
    func `absent and equals look at one field`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            #expect(try await self.holds(.absent(.member("ann")), log, shard))
            #expect(try await self.holds(.equals(.member("ann"), []), log, shard) == false)
            _ = try await shard.append(Transaction(changes: [.text(log, "", [.set(.member("ann"), [0, 255])])]))
            #expect(try await self.holds(.absent(.member("ann")), log, shard) == false)
            #expect(try await self.holds(.absent(.mode("ann")), log, shard))
            #expect(try await self.holds(.equals(.member("ann"), [0, 255]), log, shard))
            #expect(try await self.holds(.equals(.member("ann"), [0]), log, shard) == false)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a section is counted by the fields that are set in it`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            let request = Excerpt.Request(fields: [], counts: [members, modes])
            #expect(try await shard.excerpts(of: [log], request)[0].counts.isEmpty)
            let fields: [FieldChange] = [
                .set(.member("ann"), [1]), .set(.member("bob"), [1]), .set(.member("ann"), [2]), .set(.mode("t"), []),
                .remove(.member("eve")),
            ]
            _ = try await shard.append(Transaction(changes: [.text(log, "", fields)]))
            #expect(try await shard.excerpts(of: [log], request)[0].counts == [members: 2, modes: 1])
            _ = try await shard.append(Transaction(changes: [.text(log, "", [.remove(.member("ann"))])]))
            #expect(try await shard.excerpts(of: [log], request)[0].counts == [members: 1, modes: 1])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `logs are counted by tenant and kind, and one that exists may always go on`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let other = try #require(TenantID("other"))
            for log in [world.channel("#a"), world.channel("#b"), LogKey(other, .channel, "#c")] {
                try await shard.say("x", in: log)
            }
            try await shard.say("x", in: LogKey(world.tenant, .nick, "ann"))
            #expect(try await self.holds(.logsBelow(3), world.channel("#new"), shard))
            #expect(try await self.holds(.logsBelow(2), world.channel("#new"), shard) == false)
            #expect(try await self.holds(.logsBelow(0), world.channel("#a"), shard))
            #expect(try await self.holds(.logsBelow(2), LogKey(world.tenant, .nick, "bob"), shard))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `of many who race for the last place exactly one gets it`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shards = [try await world.shard(), try await world.shard(), try await world.shardElsewhere()]
            let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<30 {
                    let shard = shards[number % shards.count]
                    group.addTask {
                        let log = world.channel("#\(number)")
                        let outcome = try await shard.append(
                            Transaction(
                                conditions: [Condition(log, .logsBelow(5))],
                                changes: [.text(log, "first", [.set(.member("ann"), [])])]
                            )
                        )
                        if case .appended = outcome { return true }
                        return false
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(won == 5)
            #expect(try await shards[0].count(world.tenant, .channel) == 5)
        }
    }

    private func holds(_ test: Condition.Test, _ log: LogKey, _ shard: TestShard) async throws -> Bool {
        let outcome = try await shard.append(Transaction(conditions: [Condition(log, test)], changes: []))
        return outcome == .appended([])
    }
}
