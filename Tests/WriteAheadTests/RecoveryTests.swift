import Logging
import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// What a process finds that another left.
struct RecoveryTests {
    private func texts(_ bench: Bench) async throws -> [String] {
        try await bench.journal().map { String(buffer: $0.entry.payload) }
    }

    @Test func `what was acknowledged is back with its log, place and time`() async throws {
        let bench = try Bench()
        for text in ["1", "2", "3"] { bench.say(text) }
        bench.settle()
        let before = try await bench.journal()
        let after = try await Bench(bench.disk.afterCut(), time: 2_000_000).journal()
        #expect(after.map(\.entry) == before.map(\.entry))
        #expect(after.map(\.log) == before.map(\.log))
    }

    @Test func `no log is of an epoch that an earlier process gave out, also if the clock was set back`() async throws {
        let bench = try Bench(time: 5_000_000)
        bench.say("1")
        bench.settle()
        let later = try Bench(bench.disk.afterCut(), time: 10)
        later.say("2")
        later.settle()
        let epochs = try await later.journal().map(\.entry.position.epoch)
        #expect(epochs.count == 2)
        #expect(epochs[0] < epochs[1])
    }

    @Test func `files are removed when the history has what they hold, and after a clean end nothing is left to store`()
        async throws
    {
        var limits = JournalLimits()
        (limits.segment, limits.room, limits.step) = (2000, 4000, 1000)
        let bench = try Bench(limits: limits)
        for number in 1...60 {
            bench.say("\(number)" + String(repeating: "x", count: 100))
            bench.settle()
        }
        #expect(bench.disk.fileNames.count > 3)
        try await bench.store.acknowledge(try await bench.journal().map(\.id), as: .history)
        bench.settle()
        #expect(bench.disk.fileNames.count == 1)
        await bench.finish { await $0.shutdown() }
        #expect(bench.disk.fileNames.count == 1)
        #expect(bench.disk.size < 100)
        let later = try Bench(bench.disk.afterCut())
        #expect(try await later.journal().isEmpty)
        #expect(later.logged.all.isEmpty)
    }

    /// Two who read, on a disk with files of a few records.
    private func twoReaders(_ disk: SimulatedDisk) throws -> Bench {
        var limits = JournalLimits()
        (limits.segment, limits.room, limits.step) = (1500, 4000, 1000)
        var configuration = InProcessLiveStore.Configuration()
        configuration.consumers = [.history, .counter]
        return try Bench(disk, limits: limits, configuration: configuration)
    }

    @Test(arguments: [0, 1, 20, 59, 60])
    func `each who reads goes on where it was`(counted: Int) async throws {
        let bench = try self.twoReaders(SimulatedDisk(seed: 1))
        for number in 1...60 {
            bench.say("\(number) " + String(repeating: "x", count: 100))
            bench.settle()
        }
        let all = try await bench.journal()
        try await bench.store.acknowledge(all.prefix(counted).map(\.id), as: .counter)
        try await bench.store.acknowledge(all.prefix(40).map(\.id), as: .history)
        bench.worker.passTime()
        bench.settle()
        // Twice, so that files go that knew the places.
        var disk = bench.disk.afterCut()
        for _ in 1...2 {
            let later = try self.twoReaders(disk)
            let left = try await later.store.readFeed(as: .counter, limit: .max, timeout: .zero)
            let kept = try await later.journal()
            // What was acknowledged before what comes first may come again.
            let known = Set(all.map(\.entry.position))
            #expect(left.map(\.entry.position).filter(known.contains) == all.dropFirst(counted).map(\.entry.position))
            #expect(kept.map(\.entry.position).filter(known.contains) == all.dropFirst(40).map(\.entry.position))
            later.say("more", in: later.log)
            later.settle()
            let more = try await later.journal().suffix(1)
            for consumer in [FeedConsumer.counter, .history] {
                try await later.store.acknowledge(more.map(\.id), as: consumer)
            }
            later.worker.passTime()
            later.settle()
            disk = later.disk.afterCut()
        }
    }

    @Test func `a file stays for a record that nobody acknowledges, and no others for it`() async throws {
        var limits = JournalLimits()
        (limits.segment, limits.room, limits.step) = (1000, 4000, 1000)
        let bench = try Bench(limits: limits)
        for number in 1...60 {
            bench.say("\(number)" + String(repeating: "x", count: 100))
            bench.settle()
        }
        let poison = try await bench.journal()[30]
        try await bench.store.acknowledge(try await bench.journal().map(\.id).filter { $0 != poison.id }, as: .history)
        bench.settle()
        #expect(bench.disk.fileNames.count == 2)
        let found = try await Bench(bench.disk.afterCut()).journal()
        #expect(found.contains { $0.entry == poison.entry })
    }

    @Test func `what an erased tenant had on the journal does not come back`() async throws {
        let bench = try Bench()
        let other = LogKey(try #require(TenantID("globex")), .channel, "#tea")
        bench.say("secret")
        bench.say("theirs", in: other)
        bench.settle()
        await bench.finish { [tenant = bench.log.tenant] in _ = try? await $0.erase(tenant) }
        bench.say("new")
        bench.settle()
        #expect(try await self.texts(bench) == ["theirs", "new"])
        #expect(try await self.texts(Bench(bench.disk.afterCut())) == ["theirs", "new"])
    }

    @Test func `what an erased tenant had stays gone, though its file stays for another's record`() async throws {
        var limits = JournalLimits()
        (limits.segment, limits.room, limits.step) = (300, 4000, 1000)
        let bench = try Bench(limits: limits)
        let other = LogKey(try #require(TenantID("globex")), .channel, "#tea")
        bench.say("secret")
        bench.say("theirs", in: other)
        bench.settle()
        for number in 1...5 {
            bench.say("\(number)" + String(repeating: "x", count: 300), in: other)
            bench.settle()
        }
        await bench.finish { [tenant = bench.log.tenant] in _ = try? await $0.erase(tenant) }
        for number in 6...9 {
            bench.say("\(number)" + String(repeating: "x", count: 300), in: other)
            bench.settle()
        }
        let records = try await bench.journal()
        try await bench.store.acknowledge(records.dropFirst().map(\.id), as: .history)
        bench.settle()
        let found = try await self.texts(Bench(bench.disk.afterCut()))
        #expect(found.contains("theirs"))
        #expect(!found.contains("secret"))
    }

    @Test func `damage in the middle is told, and what follows is read`() async throws {
        let bench = try Bench()
        for number in 1...5 {
            bench.say("message \(number)")
            bench.settle()
        }
        let name = try #require(bench.disk.fileNames.first)
        bench.disk.damage(name) { bytes in
            guard let place = bytes.firstRange(of: Array("message 3".utf8)) else { return }
            bytes[place.lowerBound] ^= 1
        }
        let later = try Bench(bench.disk.afterCut())
        #expect(try await self.texts(later) == ["message 1", "message 2", "message 4", "message 5"])
        #expect(later.logged.all.contains { $0.hasPrefix("error: the journal is damaged") })
    }

    @Test(arguments: ["message 3", "message 5"])
    func `what the disk does not give back is told, and the rest is read`(lost: String) async throws {
        let bench = try Bench()
        for number in 1...5 {
            bench.say("message \(number)")
            bench.settle()
        }
        let disk = bench.disk.afterCut()
        let name = try #require(disk.fileNames.first)
        let place = try #require(Array(disk.read(name).bytes.readableBytesView).firstRange(of: Array(lost.utf8)))
        disk.configure { $0.unreadable[name] = place }
        let later = try Bench(disk)
        #expect(try await self.texts(later) == (1...5).map { "message \($0)" }.filter { $0 != lost })
        #expect(later.logged.all.filter { $0.hasPrefix("error: the journal is damaged") }.count == 1)
    }

    @Test func `a damaged file is put aside when the history has the rest of it, and read no more`() async throws {
        let bench = try Bench()
        for number in 1...3 {
            bench.say("message \(number)")
            bench.settle()
        }
        let name = try #require(bench.disk.fileNames.first)
        bench.disk.damage(name) { bytes in
            guard let place = bytes.firstRange(of: Array("message 2".utf8)) else { return }
            bytes[place.lowerBound] ^= 1
        }
        let later = try Bench(bench.disk.afterCut())
        later.settle()
        #expect(later.disk.fileNames.contains(name), "the history lacks the rest")
        try await later.store.acknowledge(try await later.journal().map(\.id), as: .history)
        later.settle()
        #expect(later.disk.fileNames.contains("\(name).damaged"))
        #expect(!later.disk.fileNames.contains(name))
        let last = try Bench(later.disk.afterCut())
        #expect(try await last.journal().isEmpty)
        #expect(last.disk.keeps("message 3"))
        #expect(last.logged.all.isEmpty)
    }

    @Test func `a file that lost its end is told of, if another says how long it was`() async throws {
        var limits = JournalLimits()
        limits.segment = 200
        let bench = try Bench(limits: limits)
        for number in 1...6 {
            bench.say("message \(number)")
            bench.settle()
        }
        let name = try #require(bench.disk.fileNames.first)
        bench.disk.damage(name) { $0.removeLast($0.count - 150) }
        let later = try Bench(bench.disk.afterCut())
        #expect(try await self.texts(later).contains("message 6"))
        #expect(later.logged.all.contains { $0.hasPrefix("error: the journal is damaged") })
    }

    @Test func `who does without a journal on the disk is told of what is on it, for as long as there is some`()
        async throws
    {
        let bench = try Bench()
        bench.say("1")
        bench.settle()
        let disk = bench.disk.afterCut()
        let (before, size) = (Lines(), disk.size)
        try InProcessLiveStore.warnOfMessages(in: disk, logger: Logger(label: "test") { _ in before })
        #expect(before.all.count == 1)
        #expect(before.all.first?.hasPrefix("warning: ") == true)
        #expect(before.all.first?.contains("start with --durability disk") == true)
        #expect(disk.size == size, "nothing is changed")
        let later = try Bench(disk)
        try await later.store.acknowledge(try await later.journal().map(\.id), as: .history)
        later.settle()
        await later.finish { await $0.shutdown() }
        let after = Lines()
        try InProcessLiveStore.warnOfMessages(in: later.disk, logger: Logger(label: "test") { _ in after })
        #expect(after.all.isEmpty)
    }

    @Test func `a torn end is cut and no damage`() async throws {
        let bench = try Bench()
        bench.say("whole")
        bench.settle()
        let name = try #require(bench.disk.fileNames.first)
        bench.disk.damage(name) { bytes in
            guard let end = bytes.lastIndex(where: { $0 != 0 }) else { return }
            bytes.replaceSubrange(end + 1..<end + 6, with: [0x1E, 0x52, 0x4A, 0xF7, 9])
        }
        let later = try Bench(bench.disk.afterCut())
        #expect(try await self.texts(later) == ["whole"])
        #expect(!later.logged.all.contains { $0.hasPrefix("error") })
        #expect(later.logged.all.contains { $0.hasPrefix("notice: the journal ends") })
    }

    @Test func `bytes that were copied from elsewhere are nobody's words`() async throws {
        let bench = try Bench()
        bench.say("mine")
        bench.settle()
        let file = try bench.disk.read(try #require(bench.disk.fileNames.first)).bytes
        // As it might lie on the disk where another file is made.
        let other = SimulatedDisk(seed: 2)
        let stranger = try other.create("journal-1-abcdef")
        try stranger.write(file, at: 0)
        try stranger.sync()
        try other.sync()
        #expect(try await Bench(other).journal().isEmpty)
    }

    @Test func `other files in the folder are left alone`() async throws {
        let disk = SimulatedDisk(seed: 1)
        for name in ["README", "journal-x-1", "journal-1", "journal-01-1", "journal-1-0x1"] {
            _ = try disk.create(name)
        }
        let bench = try Bench(disk)
        bench.settle()
        #expect(bench.disk.fileNames.count == 6)
    }
}
