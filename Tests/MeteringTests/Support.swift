import Logging
import Metering
import StateStore
import Synchronization
import Tenant
import TestSupport
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

/// What a database is to fail with, one transaction after the other.
final class Faults: Sendable {
    enum Fault: Sendable {
        case before
        /// It was done, and the answer is lost.
        case after
        /// For good: another try is of no use.
        case refused
    }

    private let state: Mutex<(next: [Fault], answersLost: Int)>

    var left: Int { self.state.withLock { $0.next.count } }

    init(_ faults: [Fault]) { self.state = Mutex((faults, 0)) }

    /// Fails once more.
    func fail() { self.state.withLock { $0.next.append(.before) } }

    /// A database that fails so.
    func of(_ database: any SQLDatabase) -> GuardedDatabase {
        GuardedDatabase(database) { () throws(DurableStoreError) in
            let fault = self.state.withLock { state in
                let fault = state.next.isEmpty ? nil : state.next.removeFirst()
                if fault == .after { state.answersLost += 1 }
                return fault
            }
            if fault == .before { throw .unavailable(reason: "away") }
            if fault == .refused { throw .closed }
        } after: { () throws(DurableStoreError) in
            let isLost = self.state.withLock { state in
                defer { state.answersLost = max(0, state.answersLost - 1) }
                return state.answersLost > 0
            }
            if isLost { throw .unavailable(reason: "the answer is lost") }
        }
    }
}

/// A clock on which every wait is over at once, and which says how long each would have been.
final class HurriedClock: Clock {
    typealias Instant = ContinuousClock.Instant

    private let told = Mutex<[Duration]>([])

    let now: Instant = .now
    let minimumResolution: Duration = .zero
    var waits: [Duration] { self.told.withLock { $0 } }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        self.told.withLock { $0.append(self.now.duration(to: deadline)) }
    }
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

/// What was logged, without its metadata.
final class Lines: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { self.lines.withLock { $0 } }
    var logger: Logger { Logger(label: "test") { _ in self } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .info }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) { self.lines.withLock { $0.append("\(event.message)") } }
}
