// What happened to objects, for `kubectl describe` and `kubectl get events` (events.k8s.io/v1). What happens again is counted
// on the event that there is, and what happens all the time is told less and less: events are for people.

package import Logging
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tells of what happens, in the background and within bounds.
package final class EventRecorder: Sendable {
    /// Whether somebody should look.
    package enum Kind: String, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    /// Something that happened to an object.
    package struct Happening: Sendable, Hashable {
        /// Which object (``KubeObject/reference``).
        package let regarding: JSON
        package let kind: Kind
        /// One word for programs, such as `ScaledUp`.
        package let reason: String
        /// What was being done, in one word, such as `Reconcile`.
        package let action: String
        /// What happened, for people; cut at 1,024 bytes.
        package let note: String

        package init(regarding: JSON, kind: Kind, reason: String, action: String, note: String) {
            self.regarding = regarding
            self.kind = kind
            self.reason = reason
            self.action = action
            self.note = note
        }
    }

    /// How events are held together and held back.
    package struct Limits: Sendable {
        /// For how long a repeated event counts on the one that there is.
        package var series: Duration = .seconds(600)
        /// How many events of one object at once.
        package var burst = 25
        /// After how long one more may be told of that object.
        package var refill: Duration = .seconds(300)
        /// How many wait to be sent; further ones are dropped and counted.
        package var queue = 1000

        package init() {}
    }

    private struct Series {
        var name: String
        var namespace: String
        var count: Int
        var last: Duration
    }

    private struct Budget {
        var left: Double
        var at: Duration
    }

    private struct State {
        var series: [Happening: Series] = [:]
        var budgets: [String: Budget] = [:]
    }

    private let client: KubeClient
    private let controller: String
    private let instance: String
    private let limits: Limits
    private let time: TimeSource
    private let logger: Logger
    private let queue: AsyncStream<Happening>
    private let continuation: AsyncStream<Happening>.Continuation
    private let state = Mutex(State())
    private let drops = Atomic(0)

    /// Prepares to tell; ``run()`` sends.
    ///
    /// - Parameters:
    ///   - client: Reaches the server.
    ///   - controller: Who tells, such as `roost.chat/operator`.
    ///   - instance: Which process of it.
    ///   - limits: What is held together and held back.
    ///   - time: What it is measured by.
    ///   - logger: Hears of events that could not be sent.
    package init(
        _ client: KubeClient,
        controller: String,
        instance: String,
        limits: Limits = Limits(),
        time: TimeSource = .continuous,
        logger: Logger
    ) {
        self.client = client
        self.controller = controller
        self.instance = instance
        self.limits = limits
        self.time = time
        self.logger = logger
        (self.queue, self.continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(limits.queue))
    }

    /// Events that were not told, for one bound or the other.
    package var dropped: Int { self.drops.load(ordering: .relaxed) }

    /// Tells of something, soon.
    package func record(_ happening: Happening) {
        if case .dropped = self.continuation.yield(happening) { self.drops.add(1, ordering: .relaxed) }
    }

    /// Sends until the task is cancelled.
    package func run() async {
        for await happening in self.queue {
            guard let series = self.admit(happening) else {
                self.drops.add(1, ordering: .relaxed)
                continue
            }
            do throws(KubeError) {
                try await self.send(happening, series)
            } catch {
                // A namespace that is going takes no events any more.
                if !error.isNamespaceTerminating && !error.isNotFound {
                    self.logger.debug("an event was not told", metadata: ["reason": "\(error)"])
                }
                self.drops.add(1, ordering: .relaxed)
            }
        }
    }

    /// - Returns: the series that it belongs to, new or not; `nil` if the object has had its share.
    private func admit(_ happening: Happening) -> Series? {
        let now = self.time.now()
        let object = happening.regarding["uid"].string ?? happening.regarding["name"].string ?? ""
        return self.state.withLock { state in
            self.forgetOld(&state, now)
            var budget = state.budgets[object] ?? Budget(left: Double(self.limits.burst), at: now)
            budget.left = min(Double(self.limits.burst), budget.left + (now - budget.at) / self.limits.refill)
            budget.at = now
            guard budget.left >= 1 else {
                state.budgets[object] = budget
                return nil
            }
            budget.left -= 1
            state.budgets[object] = budget
            var series: Series
            if let known = state.series[happening], now - known.last < self.limits.series {
                series = known
            } else {
                let namespace = happening.regarding["namespace"].string ?? "default"
                let prefix = (happening.regarding["name"].string ?? "object").prefix(200)
                let suffix = String(UInt64.random(in: 0...UInt64.max), radix: 16)
                series = Series(name: "\(prefix).\(suffix)", namespace: namespace, count: 0, last: now)
            }
            series.count += 1
            series.last = now
            state.series[happening] = series
            return series
        }
    }

    /// Keeps what is remembered within a bound.
    private func forgetOld(_ state: inout State, _ now: Duration) {
        guard state.series.count > 4096 || state.budgets.count > 4096 else { return }
        state.series = state.series.filter { now - $0.value.last < self.limits.series }
        let full = self.limits.refill * self.limits.burst
        state.budgets = state.budgets.filter { now - $0.value.at < full }
        if state.series.count > 4096 { state.series = [:] }
    }

    private func send(_ happening: Happening, _ series: Series) async throws(KubeError) {
        let now = KubeTime.microText(Date())
        if series.count > 1 {
            let patch: JSON = ["series": ["count": .integer(Int64(series.count)), "lastObservedTime": .string(now)]]
            do throws(KubeError) {
                _ = try await self.client.patch(
                    .events,
                    series.name,
                    in: series.namespace,
                    manager: self.controller,
                    patch
                )
                return
            } catch {
                // The server forgets events after an hour or so: told anew then.
                if !error.isNotFound { throw error }
            }
        }
        let event = KubeObject(
            .events,
            name: series.name,
            namespace: series.namespace,
            [
                "eventTime": .string(now), "reportingController": .string(self.controller),
                "reportingInstance": .string(String(self.instance.prefix(128))),
                "action": .string(happening.action), "reason": .string(happening.reason),
                "regarding": happening.regarding, "note": .string(Self.cut(happening.note)),
                "type": .string(happening.kind.rawValue),
            ]
        )
        _ = try await self.client.create(.events, event)
    }

    private static func cut(_ note: String) -> String {
        guard note.utf8.count > 1024 else { return note }
        var text = note
        while text.utf8.count > 1021 { text.removeLast() }
        return text + "…"
    }
}
