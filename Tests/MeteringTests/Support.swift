import Logging
import Metering
import StateStore
import Synchronization
import Tenant
import Testing

extension TenantID {
    static var acme: TenantID { get throws { try #require(TenantID("acme")) } }
    static var globex: TenantID { get throws { try #require(TenantID("globex")) } }
}

extension UsageDelta {
    static func messages(_ count: UInt64) -> UsageDelta {
        var delta = UsageDelta()
        delta.messages = count
        return delta
    }

    static func connections(_ now: Int, peak: Int) -> UsageDelta {
        var delta = UsageDelta()
        delta.connections = now
        delta.peakConnections = peak
        return delta
    }
}

/// splitmix64: the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = (self.state ^ (self.state >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// A database that fails when told to, before or after it did what was asked: the answer is lost then.
final class FlakyDatabase: SQLDatabase {
    enum Fault: Sendable {
        case before
        case after
        /// For good: another try is of no use.
        case refused
    }

    private let database: any SQLDatabase
    private let faults: Mutex<[Fault]>

    var faultsLeft: Int { self.faults.withLock { $0.count } }

    var dialect: SQLDialect { self.database.dialect }

    init(_ database: any SQLDatabase, faults: [Fault]) {
        self.database = database
        self.faults = Mutex(faults)
    }

    /// Fails once more.
    func fail() { self.faults.withLock { $0.append(.before) } }

    func withTransaction<Answer: Sendable>(
        _ scope: SQLScope,
        _ access: SQLAccess,
        deadline: Duration,
        _ body: @escaping @Sendable (any SQLConnection) throws(DurableStoreError) -> Answer
    ) async throws(DurableStoreError) -> Answer {
        let fault = self.faults.withLock { $0.isEmpty ? nil : $0.removeFirst() }
        if fault == .before { throw .unavailable(reason: "away") }
        if fault == .refused { throw .closed }
        let answer = try await self.database.withTransaction(scope, access, deadline: deadline, body)
        if fault == .after { throw .unavailable(reason: "the answer is lost") }
        return answer
    }

    func close() async { await self.database.close() }
}

/// A clock on which every wait is over at once.
struct HastyClock: Clock {
    typealias Instant = ContinuousClock.Instant

    var now: Instant { .now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws { await Task.yield() }
}

/// A clock on which every wait is over at once, and which counts them.
final class CountingClock: Clock {
    typealias Instant = ContinuousClock.Instant

    private let count = Mutex(0)

    var now: Instant { .now }
    var minimumResolution: Duration { .zero }
    var waits: Int { self.count.withLock { $0 } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws { self.count.withLock { $0 += 1 } }
}

/// A clock on which nothing is ever over before its task is cancelled, and which tells how long each wait would be.
struct PatientClock: Clock {
    typealias Instant = ContinuousClock.Instant

    let now: Instant = .now
    let minimumResolution: Duration = .zero
    let waits: AsyncStream<Duration>
    private let told: AsyncStream<Duration>.Continuation

    init() { (self.waits, self.told) = AsyncStream.makeStream() }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        self.told.yield(self.now.duration(to: deadline))
        let never = AsyncStream<Never> { _ in }
        for await _ in never {}
        try Task.checkCancellation()
    }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// The time of day as a test sets it.
final class WallClock: Sendable {
    private let time: Mutex<Int64>

    init(_ milliseconds: Int64) { self.time = Mutex(milliseconds) }

    var milliseconds: Int64 {
        get { self.time.withLock { $0 } }
        set { self.time.withLock { $0 = newValue } }
    }
}
