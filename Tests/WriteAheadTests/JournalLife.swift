// What a process does with a store on a disk, and what has to be left of it when the power is cut.

import Glibc
import Logging
import NIOCore
import NIOEmbedded
import Simulation
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// What every record that was ever put on the journal has to become, over several processes.
final class JournalBook {
    struct Record {
        let log: LogKey
        var stamp: Stamp?
        var isVoid = false
        var isInHistory = false
        /// Whether the store said at once that it did not take it.
        var isRefused = false
    }

    /// Records by the number in their text, in the order of the calls.
    private(set) var records: [Int: Record] = [:]
    private(set) var next = 0
    /// The latest epoch of all processes so far.
    var latestEpoch: UInt64 = 0
    /// The last record of the processes before the last one.
    private var firstOfLife = 0
    /// What did not hold.
    var mistakes: [String] = []

    func note(_ log: LogKey) -> (number: Int, text: String) {
        self.next += 1
        self.records[self.next] = Record(log: log)
        return (self.next, "said-\(self.next)-")
    }

    func refused(_ number: Int) { self.records[number]?.isRefused = true }

    func acknowledged(_ number: Int, _ stamp: Stamp) { self.records[number]?.stamp = stamp }

    /// A tenant is being erased: nothing of it has to be there any more.
    func void(_ tenant: TenantID) {
        for (number, record) in self.records where record.log.tenant == tenant { self.records[number]?.isVoid = true }
    }

    func stored(_ record: FeedRecord) {
        guard let number = Self.number(record.entry) else { return }
        self.records[number]?.isInHistory = true
    }

    /// Whether a record survives a cut now: on this disk, or where the history is.
    func isKept(_ number: Int, _ disk: SimulatedDisk) -> Bool {
        self.records[number]?.isInHistory == true || self.records[number]?.isVoid == true
            || disk.keeps("said-\(number)-")
    }

    static func number(_ entry: Entry) -> Int? {
        let text = String(buffer: entry.payload)
        return text.hasPrefix("said-") ? Int(text.dropFirst(5).prefix { $0 != "-" }) : nil
    }

    /// Compares with what a process found on its journal.
    func compare(_ found: [FeedRecord]) {
        var last = 0
        for record in found {
            guard let number = Self.number(record.entry), let known = self.records[number], known.log == record.log
            else {
                self.mistakes.append("\(record.log) has what was never appended")
                continue
            }
            if number <= last { self.mistakes.append("record \(number) comes after \(last)") }
            last = number
            if let stamp = known.stamp, stamp != Stamp(position: record.entry.position, time: record.entry.time) {
                self.mistakes.append("record \(number) stands elsewhere")
            }
        }
        let numbers = Set(found.compactMap { Self.number($0.entry) })
        for number in numbers where self.records[number]?.isRefused == true {
            self.mistakes.append("record \(number) was refused and is there")
        }
        for (number, record) in self.records where number < last && number > self.firstOfLife {
            if !record.isVoid, !record.isInHistory, !record.isRefused, !numbers.contains(number) {
                self.mistakes.append("record \(number) is missing before \(last)")
            }
        }
        self.firstOfLife = self.next
        for (number, record) in self.records where record.stamp != nil && !record.isInHistory && !record.isVoid {
            if !numbers.contains(number) { self.mistakes.append("record \(number) was acknowledged and is lost") }
        }
    }
}

/// One process: a store, some shards, and a history that takes what it is given.
final class JournalLife {
    private let disk: SimulatedDisk
    private let book: JournalBook
    private let worker = StepWorker()
    private var random: SeededRandom
    private let store: InProcessLiveStore
    private var shards: [Shard] = []
    private let firstEpoch: UInt64
    private let calls = Calls()
    private static let tenants = ["acme", "globex"].compactMap { TenantID($0) }
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Small, so that a few hundred steps see everything.
    static var limits: JournalLimits {
        var limits = JournalLimits()
        (limits.segment, limits.room, limits.step, limits.waiting) = (1500, 1200, 400, 600)
        return limits
    }

    /// How many calls have no answer.
    private final class Calls {
        var open = 0
    }

    private final class Shard: LiveStoreReceiver {
        let loop = EmbeddedEventLoop()
        var client: (any LiveStoreClient)?
        let heard: (Entry, LogKey) -> Void

        init(_ heard: @escaping (Entry, LogKey) -> Void) { self.heard = heard }

        func received(_ entry: Entry, of log: LogKey) { self.heard(entry, log) }
        func reloaded(_ snapshot: Snapshot) {}
        func storeBecameReady() {}
    }

    init(_ disk: SimulatedDisk, _ book: JournalBook, seed: UInt64) throws {
        self.disk = disk
        self.book = book
        self.random = SeededRandom(seed: seed)
        self.firstEpoch = book.latestEpoch
        // A clock that is set back now and then.
        let time = Mutex(Int64(1_000_000 + self.random.below(3) * 100_000))
        self.store = try InProcessLiveStore.open(
            disk,
            worker: self.worker,
            limits: Self.limits,
            wallClock: {
                time.withLock { time in
                    time += 1
                    return time
                }
            },
            logger: Self.quiet
        )
        for _ in 0..<3 { self.shards.append(self.makeShard()) }
    }

    private func makeShard() -> Shard {
        var places: [LogKey: Position] = [:]
        let shard = Shard { [book, disk] entry, log in
            if let last = places[log], last.epoch == entry.position.epoch, last.sequence + 1 != entry.position.sequence
            {
                book.mistakes.append("a shard heard \(entry.position) of \(log) after \(last)")
            }
            places[log] = entry.position
            if let number = JournalBook.number(entry), !book.isKept(number, disk) {
                book.mistakes.append("a shard heard record \(number) before it was on the disk")
            }
        }
        let client = self.store.makeClient(on: shard.loop, receiver: shard)
        shard.client = client
        for log in self.logs where self.random.chance(60) { client.follow(FollowToken(log)) { _ in } }
        return shard
    }

    private var logs: [LogKey] { Self.tenants.flatMap { tenant in (0..<3).map { LogKey(tenant, .channel, "#\($0)") } } }

    /// Looks at what an earlier process left.
    func checkJournal() async throws {
        self.book.compare(try await self.store.readFeed(as: .history, limit: .max, timeout: .zero))
    }

    /// Goes on until the power is cut, or for a while.
    func run(steps: Int) async throws {
        for _ in 0..<steps where !self.disk.isCut { try await self.act() }
        if !self.disk.isCut { self.settle() }
        if !self.disk.isCut, self.random.chance(30) { try await self.end() }
    }

    /// All is well, so every call gets its answer.
    private func settle() {
        self.disk.configure {
            $0.capacity = .max
            $0.failures = 0
            $0.refused = [:]
        }
        for _ in 0..<5 {
            self.worker.passTime()
            for _ in 0..<5 {
                for shard in self.shards { shard.loop.run() }
                self.worker.runAll()
            }
        }
        if !self.disk.isCut, self.calls.open != 0 {
            self.book.mistakes.append("\(self.calls.open) calls have no answer")
        }
    }

    private func act() async throws {
        switch self.random.below(100) {
        case ..<40: self.append()
        case ..<48: self.appendWithout()
        case ..<52:
            self.calls.open += 1
            self.shard.client?.load([self.log]) { [calls] _ in calls.open -= 1 }
        case ..<70: self.shard.loop.run()
        case ..<88: self.worker.step()
        case ..<93: self.worker.passTime()
        case ..<97: try await self.keepHistory()
        case ..<98: await self.erase()
        default: self.disturb()
        }
    }

    private var shard: Shard { self.random.pick(self.shards, or: self.shards[0]) }
    private var log: LogKey { self.random.pick(self.logs, or: self.logs[0]) }

    /// Puts one to three records on the journal, of one tenant, perhaps with the log's end.
    private func append() {
        let first = self.log
        var (changes, numbers): ([LogChange], [Int]) = ([], [])
        for _ in 0...self.random.below(3) {
            let log = self.random.pick(self.logs.filter { $0.tenant == first.tenant }, or: first)
            let (number, text) = self.book.note(log)
            let padding = String(repeating: "x", count: self.random.below(120))
            changes.append(
                LogChange(
                    log,
                    payload: ByteBuffer(string: text + padding),
                    lifetime: self.random.chance(5) ? .drop : .keep,
                    feed: .any
                )
            )
            numbers.append(number)
        }
        let calls = self.calls
        calls.open += 1
        self.shard.client?.append(Transaction(changes: changes)) { [book, disk, firstEpoch] result in
            calls.open -= 1
            if case .failure(let error) = result, error != .closed { for number in numbers { book.refused(number) } }
            guard case .success(.appended(let stamps)) = result else { return }
            for (number, stamp) in zip(numbers, stamps) { book.acknowledged(number, stamp) }
            if !numbers.allSatisfy({ book.isKept($0, disk) }) {
                book.mistakes.append("\(numbers) were acknowledged and are not on the disk")
            }
            if stamps.contains(where: { $0.position.epoch <= firstEpoch }) {
                book.mistakes.append("an epoch of an earlier process came again")
            }
            book.latestEpoch = max(book.latestEpoch, stamps.map(\.position.epoch).max() ?? 0)
        }
    }

    private func appendWithout() {
        let log = self.log
        self.calls.open += 1
        self.shard.client?.append(
            LogChange(log, payload: ByteBuffer(string: "unkept")),
            if: Condition(log, .exists)
        ) { [calls] _ in calls.open -= 1 }
    }

    /// Stores what the journal has, and acknowledges some of it.
    private func keepHistory() async throws {
        let records = try await self.store.readFeed(as: .history, limit: 1 + self.random.below(20), timeout: .zero)
        for record in records { self.book.stored(record) }
        let done = self.random.chance(80) ? records : records.filter { _ in self.random.chance(50) }
        try await self.store.acknowledge(done.map(\.id), as: .history)
    }

    private func erase() async {
        let tenant = self.random.pick(Self.tenants, or: Self.tenants[0])
        self.book.void(tenant)
        await self.finish { [store] in _ = try? await store.erase(tenant) }
    }

    private func end() async throws {
        await self.finish { [store] in await store.shutdown() }
    }

    /// Works until something is done that waits for the disk.
    private func finish(_ body: @escaping @Sendable () async -> Void) async {
        let call = PendingCall(body)
        while !call.isDone {
            await Task.yield()
            for shard in self.shards { shard.loop.run() }
            self.worker.step()
        }
    }

    /// Something goes wrong, or is well again.
    private func disturb() {
        switch self.random.below(6) {
        case 0: self.disk.configure { $0.capacity = $0.size }
        case 1: self.disk.configure { $0.failures = 60 }
        case 2: self.disk.configure { $0.refused["create"] = EMFILE }
        default:
            self.disk.configure {
                $0.capacity = .max
                $0.failures = 0
                $0.refused = [:]
            }
        }
    }
}
