import NIOCore
import Observability
import StateStore
import Tenant
import TestSupport
import Testing

/// Numbering, stamping, fields and atomicity.
struct AppendTests {
    @Test(arguments: LiveDriver.all)
    func `entries of a log are numbered from one without gaps, in one epoch`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            var positions: [Position] = []
            for number in 1...20 {
                let outcome = try await shard.say("\(number)", in: log)
                positions += try outcome.stamps().map(\.position)
            }
            #expect(positions.map(\.sequence) == Array(1...20))
            #expect(Set(positions.map(\.epoch)).count == 1)
            #expect(try await shard.load(log)?.position == positions.last)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `times are of now and never go back`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            var times: [Int64] = []
            for number in 1...20 {
                times += try await shard.say("\(number)", in: world.channel("#a")).stamps().map(\.time)
            }
            #expect(times == times.sorted())
            #expect(abs(times[0] - WallClock.system()) < 60_000)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `an entry is later than what it comes after, also in another log`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let logs = [world.channel("#a"), world.channel("#b")]
            var last: Int64 = 0
            for number in 1...20 {
                var change = LogChange.text(logs[number % 2], "\(number)")
                change.after = last
                let time = try await shard.append(Transaction(changes: [change])).stamps()[0].time
                #expect(time > last)
                last = time
            }
            #expect(abs(last - WallClock.system()) < 60_000)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `who follows sees the times that were answered, also of what was appended at once`(driver: LiveDriver)
        async throws
    {
        try await driver.run { world in
            let (shard, other) = (try await world.shard(), try await world.shard())
            let (a, b) = (world.channel("#a"), world.channel("#b"))
            let first = try await shard.say("1", in: a).stamps()[0].time
            _ = try await other.follow(a)
            var later = LogChange.text(a, "3", [.set(.member("ann"), [1])])
            later.after = first + 20
            later.feed = FeedLabel("x")
            let stamps = try await shard.append(
                Transaction(changes: [.text(a, "2"), later, .text(b, "4"), .text(a, "5")])
            ).stamps()
            #expect(
                stamps[1].time >= first + 21 && stamps[3].time >= stamps[1].time && stamps[2].time <= stamps[1].time
            )
            try await other.receiver.wait(forEntries: 3, of: a)
            let expected = [stamps[0], stamps[1], stamps[3]]
            for seen in [other.receiver.entries(of: a), try await shard.entries(of: a, after: 1)] {
                #expect(seen.map(\.time) == expected.map(\.time))
                #expect(seen.map(\.position) == expected.map(\.position))
            }
            #expect(try await shard.load(a)?.fields == [.member("ann"): [1]])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `nobody leads the times of a log far ahead of the clock`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            for after in [Int64.max, WallClock.system() + 3_600_000, -1] {
                var change = LogChange.text(world.channel("#a"), "x")
                change.after = after
                let time = try await shard.append(Transaction(changes: [change])).stamps()[0].time
                #expect(abs(time - WallClock.system()) < 60_000)
            }
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a transaction over several logs stamps every change and is seen whole`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let (a, b) = (world.channel("#a"), world.channel("#b"))
            let stamps = try await shard.append(
                Transaction(changes: [
                    .text(a, "1", [.set(.member("ann"), [1])]), .text(b, "2", [.set(.member("ann"), [2])]),
                    .text(a, "3"),
                ])
            ).stamps()
            #expect(stamps.map(\.position.sequence) == [1, 1, 2])
            #expect(stamps[0].position.epoch == stamps[2].position.epoch)
            #expect(stamps[0].position.epoch != stamps[1].position.epoch)
            let snapshots = try await shard.load([b, a])
            #expect(snapshots.map(\.log) == [b, a])
            #expect(snapshots.map(\.position.sequence) == [1, 2])
            #expect(snapshots[0].fields == [.member("ann"): [2]])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a refused transaction changes nothing anywhere`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let (a, b) = (world.channel("#a"), world.channel("#b"))
            try await shard.say("x", in: a)
            let before = try await shard.load(a)
            let outcome = try await shard.append(
                Transaction(
                    conditions: [Condition(a, .absent(.member("ann"))), Condition(a, .equals(.member("ann"), [1]))],
                    changes: [.text(a, "1", [.set(.member("ann"), [1])]), .text(b, "2")]
                )
            )
            #expect(outcome == .refused(condition: 1))
            #expect(try await shard.load(a)?.position == before?.position)
            #expect(try await shard.load(a)?.fields == [:])
            #expect(try await shard.load(b)?.exists == false)
            #expect(try await shard.count(world.tenant, .channel) == 1)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `fields are set, replaced and removed, with any bytes`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#é\u{1}: :\r\n\u{0}x")
            let bytes = (0...255).map { UInt8($0) }
            let name = FieldName.member("na\u{0}me\r\nü")
            for value in [bytes, [], [7]] {
                _ = try await shard.append(Transaction(changes: [.text(log, "s", [.set(name, value)])])).stamps()
                #expect(try await shard.load(log)?.fields == [name: value])
            }
            _ = try await shard.append(Transaction(changes: [.text(log, "r", [.remove(name), .remove(name)])])).stamps()
            #expect(try await shard.load(log)?.fields == [:])
            #expect(try await shard.load(log)?.exists == true)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `payloads come back byte for byte, empty and large ones too`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            let payloads = [[], (0...255).map { UInt8($0) }, [UInt8](repeating: 0xFF, count: 70_000)].map {
                ByteBuffer(bytes: $0)
            }
            _ = try await shard.append(Transaction(changes: payloads.map { LogChange(log, payload: $0) })).stamps()
            let entries = try await shard.entries(of: log)
            #expect(entries.map(\.payload) == payloads)
            #expect(entries.allSatisfy { $0.producer == shard.producer })
        }
    }

    @Test(arguments: LiveDriver.all)
    func `entries are read after a number, oldest first, as many as asked for`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            let all = Transaction(changes: (1...10).map { .text(log, "\($0)") })
            _ = try await shard.append(all)
            _ = try await shard.append(all)
            #expect(
                try await shard.entries(of: log, after: 7, limit: 5).map(\.position.sequence) == [8, 9, 10, 11, 12]
            )
            #expect(try await shard.entries(of: log, after: 18).map { String(buffer: $0.payload) } == ["9", "10"])
            #expect(try await shard.entries(of: log, after: 20).isEmpty)
            #expect(try await shard.entries(of: world.channel("#none")).isEmpty)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `calls of one client are applied in order`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let log = world.channel("#a")
            let order: [UInt64] = try await shard.call { client, completion in
                let calls = Calls(500, completion)
                for number in 0..<500 {
                    let change = LogChange.text(log, "\(number)")
                    client.append(Transaction(changes: [change])) { calls.took($0, at: number) }
                }
            }
            #expect(order == Array(1...500))
            let texts = try await shard.entries(of: log).map { String(buffer: $0.payload) }
            #expect(texts.suffix(200) == (300..<500).map(String.init)[...])
        }
    }

    /// Gathers where the entries of many calls stand.
    private final class Calls {
        private var sequences: [UInt64]
        private var missing: Int
        private let completion: (Result<[UInt64], LiveStoreError>) -> Void

        init(_ count: Int, _ completion: @escaping (Result<[UInt64], LiveStoreError>) -> Void) {
            self.sequences = Array(repeating: 0, count: count)
            self.missing = count
            self.completion = completion
        }

        func took(_ result: Result<Outcome, LiveStoreError>, at index: Int) {
            if case .success(.appended(let stamps)) = result { self.sequences[index] = stamps[0].position.sequence }
            self.missing -= 1
            if self.missing == 0 { self.completion(.success(self.sequences)) }
        }
    }
}
