package import NIOCore
import NIOPosix
package import StateStore
import Synchronization

/// Writes down what a shard hears, and lets a test wait for it.
package final class TestReceiver: LiveStoreReceiver, Sendable {
    /// One thing that was heard.
    package enum Event: Sendable {
        case entry(Entry, LogKey)
        case reloaded(Snapshot)
        case ready
        /// A slice of what was missed waits.
        case repair(LogKey)

        package var isRepair: Bool { if case .repair = self { true } else { false } }
    }

    private struct State {
        var events: [Event] = []
        var waiting: [UInt64: (condition: @Sendable ([Event]) -> Bool, promise: EventLoopPromise<Void>)] = [:]
        var next: UInt64 = 0
        /// The log whose repairs are to wait.
        var heldLog: LogKey?
        var repairs: [NIOLoopBound<() -> Void>] = []
    }

    private let state = Mutex(State())

    package init() {}

    package func received(_ entry: Entry, of log: LogKey) { self.heard(.entry(entry, log)) }

    package func reloaded(_ snapshot: Snapshot) { self.heard(.reloaded(snapshot)) }

    package func storeBecameReady() { self.heard(.ready) }

    package func repairing(_ log: LogKey, next: @escaping () -> Void) {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop,
            self.state.withLock({ $0.heldLog == log })
        else { return next() }
        let bound = NIOLoopBound(next, eventLoop: loop)
        self.state.withLock { $0.repairs.append(bound) }
        self.heard(.repair(log))
    }

    /// Has each slice of a repair of a log wait from now on.
    package func holdRepairs(of log: LogKey) { self.state.withLock { $0.heldLog = log } }

    /// Lets the repairs that wait bring one slice more; on the shard's loop.
    package func letRepairsGoOn() {
        let waiting = self.state.withLock { state in
            defer { state.repairs = [] }
            return state.repairs
        }
        for next in waiting { next.value() }
    }

    /// Everything that was heard, in order.
    package var events: [Event] { self.state.withLock { $0.events } }

    /// The entries of a log that were heard, in order.
    package func entries(of log: LogKey) -> [Entry] { Self.entries(of: log, in: self.events) }

    /// The payloads of a log that were heard, in order, as text.
    package func payloads(of log: LogKey) -> [String] { self.entries(of: log).map { String(buffer: $0.payload) } }

    /// The entries of a log among what was heard.
    package static func entries(of log: LogKey, in events: [Event]) -> [Entry] {
        events.compactMap { event in
            if case .entry(let entry, log) = event { entry } else { nil }
        }
    }

    /// Waits until what was heard fulfils a condition.
    ///
    /// - Throws: ``TooLate``.
    package func wait(
        for what: String,
        within limit: TimeAmount = .seconds(15),
        until condition: @escaping @Sendable ([Event]) -> Bool
    ) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Void.self)
        let id = self.state.withLock { state -> UInt64? in
            if condition(state.events) { return nil }
            state.next += 1
            state.waiting[state.next] = (condition, promise)
            return state.next
        }
        guard let id else { return promise.succeed() }
        let timer = loop.scheduleTask(in: limit) {
            guard self.state.withLock({ $0.waiting.removeValue(forKey: id) }) != nil else { return }
            promise.fail(TooLate(description: "\(what) did not come within \(limit)"))
        }
        defer { timer.cancel() }
        try await promise.futureResult.get()
    }

    /// Waits until this many entries of a log were heard.
    package func wait(forEntries count: Int, of log: LogKey, within limit: TimeAmount = .seconds(15)) async throws {
        try await self.wait(for: "entry \(count) of \(log)", within: limit) { events in
            Self.entries(of: log, in: events).count >= count
        }
    }

    private func heard(_ event: Event) {
        let done = self.state.withLock { state -> [EventLoopPromise<Void>] in
            state.events.append(event)
            let events = state.events
            let ids = state.waiting.filter { $0.value.condition(events) }.keys
            return ids.compactMap { state.waiting.removeValue(forKey: $0)?.promise }
        }
        for promise in done { promise.succeed() }
    }
}
