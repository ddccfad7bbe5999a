import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// What followers hear, and when.
struct FollowTests {
    @Test(arguments: LiveDriver.all)
    func `a follower gets a snapshot and then every entry in order`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let (speaker, listener) = (try await world.shard(), try await world.shardElsewhere())
            _ = try await speaker.append(Transaction(changes: [.text(log, "before", [.set(.member("ann"), [1])])]))
            let snapshot = try await listener.follow(log)
            #expect(snapshot.position.sequence == 1)
            #expect(snapshot.fields == [.member("ann"): [1]])
            for number in 1...50 { try await speaker.say("\(number)", in: log) }
            try await listener.receiver.wait(forEntries: 50, of: log)
            #expect(listener.receiver.payloads(of: log) == (1...50).map(String.init))
            #expect(listener.receiver.entries(of: log).map(\.position.sequence) == Array(2...51))
            #expect(listener.receiver.entries(of: log).allSatisfy { $0.producer == speaker.producer })
            #expect(speaker.receiver.entries(of: log).isEmpty)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `who asks for what is there meanwhile hears each entry once, in order`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let (speaker, listener) = (try await world.shard(), try await world.shard())
            _ = try await listener.follow(log)
            for number in 1...50 {
                try await speaker.say("\(number)", in: log)
                let heard = try await listener.on { client in
                    client.deliverWaiting()
                    return listener.receiver.payloads(of: log)
                }
                // In one process it waits for nothing but to be asked for.
                if !driver.hasPods { #expect(heard.count == number) }
            }
            try await listener.receiver.wait(forEntries: 50, of: log)
            #expect(listener.receiver.payloads(of: log) == (1...50).map(String.init))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `own entries are delivered before the append completes`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            _ = try await shard.follow(log)
            for number in 1...100 {
                let position = try await shard.say("\(number)", in: log).stamps()[0].position
                #expect(shard.receiver.entries(of: log).last?.position == position)
            }
            #expect(shard.receiver.payloads(of: log) == (1...100).map(String.init))
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a refusal comes after the entries that caused it`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let (quick, slow) = (try await world.shard(), try await world.shardElsewhere())
            let seen = try await slow.follow(log).position
            for number in 1...30 {
                let member = FieldName.member("\(number)")
                let stamp = try await quick.append(Transaction(changes: [.text(log, "join", [.set(member, [])])]))
                    .stamps()
                let outcome = try await slow.append(
                    Transaction(conditions: [Condition(log, .unchanged(since: seen))], changes: [.text(log, "late")])
                )
                #expect(outcome == .refused(condition: 0))
                #expect(slow.receiver.entries(of: log).last?.position == stamp[0].position)
            }
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a refusal because the log is gone comes after its last entry`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let (quick, slow) = (try await world.shard(), try await world.shardElsewhere())
            let made = try await quick.say("made", in: log).stamps()[0].position
            _ = try await slow.follow(log)
            _ = try await quick.append(Transaction(changes: [.text(log, "gone", [], .drop)]))
            let outcome = try await slow.append(
                Transaction(conditions: [Condition(log, .unchanged(since: made))], changes: [.text(log, "late")])
            )
            #expect(outcome == .refused(condition: 0))
            #expect(slow.receiver.payloads(of: log) == ["gone"])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `several shards that speak at once are heard in the same order by all`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            var shards: [TestShard] = []
            for _ in 0..<3 { shards.append(try await world.shardElsewhere()) }
            for shard in shards { _ = try await shard.follow(log) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, shard) in shards.enumerated() {
                    for number in 0..<200 { group.addTask { try await shard.say("\(index)/\(number)", in: log) } }
                }
                try await group.waitForAll()
            }
            for shard in shards { try await shard.receiver.wait(forEntries: 600, of: log) }
            let first = shards[0].receiver.entries(of: log)
            #expect(first.map(\.position.sequence) == Array(1...600))
            for shard in shards.dropFirst() { #expect(shard.receiver.entries(of: log) == first) }
        }
    }

    @Test(arguments: LiveDriver.all)
    func `after unfollow nothing more is heard, and following again goes on from a snapshot`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard()
            let token = FollowToken(log)
            _ = try await shard.follow(token)
            try await shard.say("1", in: log)
            try await shard.on { $0.unfollow(token) }
            try await shard.say("2", in: log)
            let again = try await shard.follow(log)
            #expect(again.position.sequence == 2)
            try await shard.say("3", in: log)
            #expect(shard.receiver.payloads(of: log) == ["1", "3"])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `following and unfollowing in one turn ends as the last call says`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard()
            let snapshot: Snapshot = try await shard.call { client, completion in
                for token in [FollowToken(log), FollowToken(log)] {
                    client.follow(token) { _ in }
                    client.unfollow(token)
                }
                client.follow(FollowToken(log), completion)
            }
            #expect(snapshot.exists == false)
            for number in 1...5 { try await shard.say("\(number)", in: log) }
            #expect(shard.receiver.payloads(of: log) == ["1", "2", "3", "4", "5"])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `who lets go of a log late takes it from nobody who follows it since`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard()
            let (former, latter) = (FollowToken(log), FollowToken(log))
            _ = try await shard.follow(former)
            _ = try await shard.follow(latter)
            try await shard.on { $0.unfollow(former) }
            for number in 1...5 { try await shard.say("\(number)", in: log) }
            #expect(shard.receiver.payloads(of: log) == ["1", "2", "3", "4", "5"])
            try await shard.on { client in
                client.unfollow(latter)
                client.unfollow(former)
                client.unfollow(latter)
            }
            try await shard.say("6", in: log)
            #expect(shard.receiver.payloads(of: log).last == "5")
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a log that is let go of before it was loaded is still loaded for who follows it since`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard()
            try await shard.say("before", in: log)
            let snapshot: Snapshot = try await shard.call { client, completion in
                let former = FollowToken(log)
                client.follow(former) { _ in }
                client.follow(FollowToken(log), completion)
                client.unfollow(former)
            }
            #expect(snapshot.position.sequence == 1)
            try await shard.say("after", in: log)
            #expect(shard.receiver.payloads(of: log) == ["after"])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a log that is dropped and made again has another epoch and starts at one`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let (speaker, listener) = (try await world.shard(), try await world.shardElsewhere())
            _ = try await listener.follow(log)
            var epochs: Set<UInt64> = []
            for _ in 1...3 {
                let join = LogChange.text(log, "join", [.set(.member("ann"), [1])])
                let part = LogChange.text(log, "part", [.remove(.member("ann"))], .dropIfEmpty(members))
                let joined = try await speaker.append(Transaction(changes: [join])).stamps()[0].position
                let parted = try await speaker.append(Transaction(changes: [part])).stamps()[0].position
                #expect(joined.sequence == 1)
                #expect(parted == Position(epoch: joined.epoch, sequence: 2))
                epochs.insert(joined.epoch)
                #expect(try await speaker.load(log)?.exists == false)
                #expect(try await speaker.entries(of: log).isEmpty)
            }
            #expect(epochs.count == 3)
            try await listener.receiver.wait(forEntries: 6, of: log)
            #expect(listener.receiver.payloads(of: log) == ["join", "part", "join", "part", "join", "part"])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a log that another section keeps stays without the one that it would go with`(driver: LiveDriver) async throws
    {
        try await driver.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard()
            let keeper = FieldName(Section("r"), "founder")
            let lifetime = LogChange.Lifetime.dropIfEmpty(members, unless: keeper.section)
            func part() -> LogChange { .text(log, "part", [.remove(.member("ann"))], lifetime) }
            let join = LogChange.text(log, "join", [.set(.member("ann"), [1]), .set(keeper, [2])])
            _ = try await shard.append(Transaction(changes: [join])).stamps()
            _ = try await shard.append(Transaction(changes: [part()])).stamps()
            #expect(try await shard.load(log)?.fields == [keeper: [2]])
            // Nobody is there, and now nothing keeps it.
            let drop = LogChange.text(log, "drop", [.remove(keeper)], lifetime)
            _ = try await shard.append(Transaction(changes: [drop])).stamps()
            #expect(try await shard.load(log)?.exists == false)
            let again = LogChange.text(log, "join", [.set(.member("ann"), [1])])
            _ = try await shard.append(Transaction(changes: [again])).stamps()
            _ = try await shard.append(Transaction(changes: [part()])).stamps()
            #expect(try await shard.load(log)?.exists == false)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a log is dropped within a transaction and made again by the next change`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard()
            _ = try await shard.follow(log)
            let stamps = try await shard.append(
                Transaction(changes: [
                    .text(log, "1", [.set(.member("ann"), [1])]), .text(log, "2", [], .drop),
                    .text(log, "3", [.set(.member("bob"), [2])]), .text(log, "4", [], .dropIfEmpty(members)),
                ])
            ).stamps()
            #expect(stamps.map(\.position.sequence) == [1, 2, 1, 2])
            #expect(stamps[0].position.epoch < stamps[2].position.epoch)
            #expect(shard.receiver.payloads(of: log) == ["1", "2", "3", "4"])
            let snapshot = try await shard.load(log)
            #expect(snapshot?.fields == [.member("bob"): [2]])
            #expect(snapshot?.position == stamps[3].position)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a call made while an entry is delivered neither deadlocks nor reorders`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let log = world.channel("#a")
            let shard = try await world.shard()
            _ = try await shard.follow(log)
            let last: Outcome = try await shard.call { client, completion in
                client.append(Transaction(changes: [.text(log, "1")])) { _ in
                    client.append(Transaction(changes: [.text(log, "2"), .text(log, "3")]), completion)
                }
            }
            #expect(try last.stamps().map(\.position.sequence) == [2, 3])
            #expect(shard.receiver.payloads(of: log) == ["1", "2", "3"])
        }
    }
}
