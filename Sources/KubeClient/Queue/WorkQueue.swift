// What is to be looked at, each thing once: a key that is added ten times while it waits is worked on once, one that is added
// while it is worked on is worked on once more afterwards, and never by two workers at a time.

package import Backoff
import HeapModule
import Synchronization

/// How the work on a key ended.
package enum WorkOutcome: Sendable, Hashable {
    /// Well; until it is added again.
    case done
    /// Well, and it is to be looked at again after a time.
    case again(after: Duration)
    /// Not well: it is tried again, later and later.
    case failed
}

/// A queue of keys without duplicates, with a delay for each key that fails.
///
/// It needs no bound of its own: it never holds more than there are keys.
package final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private struct Delayed: Comparable {
        let due: Duration
        let key: Key

        static func < (left: Delayed, right: Delayed) -> Bool { left.due < right.due }
        static func == (left: Delayed, right: Delayed) -> Bool { left.due == right.due }
    }

    private struct State {
        var waiting: [Key] = []
        /// Where in `waiting` the next one is; what is before it is taken.
        var head = 0
        /// Waiting, or added while being worked on.
        var wanted: Set<Key> = []
        var working: Set<Key> = []
        var idle: [CheckedContinuation<Key?, Never>] = []
        var delayed = Heap<Delayed>()
        /// When each delayed key is due; what the heap has besides is out of date.
        var due: [Key: Duration] = [:]
        var failures: [Key: Backoff] = [:]
        var sleeper: Task<Void, Never>?
        var isClosed = false
    }

    private let time: TimeSource
    private let backoff: Backoff
    private let state = Mutex(State())

    /// Begins empty.
    ///
    /// - Parameters:
    ///   - backoff: The delays of a key that fails again and again.
    ///   - time: What delays are measured by.
    package init(
        backoff: Backoff = Backoff(first: .milliseconds(50), longest: .seconds(60)),
        time: TimeSource = .continuous
    ) {
        self.backoff = backoff
        self.time = time
    }

    /// How many keys wait to be worked on now, those with a delay left out.
    package var depth: Int { self.state.withLock { $0.waiting.count - $0.head } }

    /// Adds a key, to be worked on as soon as somebody can.
    package func add(_ key: Key) {
        let idle = self.state.withLock { state -> CheckedContinuation<Key?, Never>? in
            state.due[key] = nil
            return Self.enqueue(key, &state)
        }
        idle?.resume(returning: key)
    }

    /// Adds a key once a time has passed, unless it is due sooner already.
    package func add(_ key: Key, after delay: Duration) {
        let due = self.time.now() + delay
        let sleeper = self.state.withLock { state -> Task<Void, Never>? in
            if let earlier = state.due[key], earlier <= due { return nil }
            state.due[key] = due
            let isNext = state.delayed.min.map { due < $0.due } ?? true
            state.delayed.insert(Delayed(due: due, key: key))
            return isNext ? state.sleeper : nil
        }
        // It slept for too long a time.
        sleeper?.cancel()
    }

    /// Works on keys until the task is cancelled; then waits for what is being worked on.
    ///
    /// What is added while nobody works waits for the next who does.
    ///
    /// - Parameters:
    ///   - workers: How many keys at a time.
    ///   - work: The work on one key.
    package func run(workers: Int, _ work: @escaping @Sendable (Key) async -> WorkOutcome) async {
        self.state.withLock { $0.isClosed = false }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.schedule() }
                for _ in 0..<workers {
                    group.addTask {
                        while let key = await self.next() { self.finish(key, await work(key)) }
                    }
                }
            }
        } onCancel: {
            self.close()
        }
    }

    /// - Returns: who is to have the key at once, if somebody waits.
    private static func enqueue(_ key: Key, _ state: inout State) -> CheckedContinuation<Key?, Never>? {
        guard state.wanted.insert(key).inserted, !state.working.contains(key) else { return nil }
        if let idle = state.idle.popLast() {
            state.wanted.remove(key)
            state.working.insert(key)
            return idle
        }
        state.waiting.append(key)
        return nil
    }

    private func next() async -> Key? {
        await withCheckedContinuation { continuation in
            let answer = self.state.withLock { state -> Key?? in
                if state.isClosed { return .some(nil) }
                guard state.head < state.waiting.count else {
                    state.idle.append(continuation)
                    return .none
                }
                let key = state.waiting[state.head]
                state.head += 1
                if state.head > 64, state.head * 2 > state.waiting.count {
                    state.waiting.removeFirst(state.head)
                    state.head = 0
                }
                state.wanted.remove(key)
                state.working.insert(key)
                return key
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func finish(_ key: Key, _ outcome: WorkOutcome) {
        var delay: Duration?
        let next = self.state.withLock { state -> CheckedContinuation<Key?, Never>? in
            state.working.remove(key)
            switch outcome {
            case .done: state.failures[key] = nil
            case .again(let after):
                state.failures[key] = nil
                delay = after
            case .failed:
                var backoff = state.failures[key] ?? self.backoff
                delay = backoff.failed()
                state.failures[key] = backoff
            }
            // Added meanwhile.
            guard state.wanted.remove(key) != nil else { return nil }
            // What is new may cure what failed, so it is not made to wait.
            return Self.enqueue(key, &state)
        }
        next?.resume(returning: key)
        if let delay { self.add(key, after: delay) }
    }

    /// Moves keys whose time has come to those that wait.
    private func schedule() async {
        while !Task.isCancelled {
            let now = self.time.now()
            var ready: [(CheckedContinuation<Key?, Never>, Key)] = []
            let (time, delay) = self.state.withLock { state -> (TimeSource, Duration) in
                while let first = state.delayed.min, first.due <= now {
                    state.delayed.removeMin()
                    guard state.due[first.key] == first.due else { continue }
                    state.due[first.key] = nil
                    if let idle = Self.enqueue(first.key, &state) { ready.append((idle, first.key)) }
                }
                return (self.time, state.delayed.min.map { $0.due - now } ?? .seconds(3600))
            }
            for (idle, key) in ready { idle.resume(returning: key) }
            let sleeper = Task { _ = try? await time.sleep(delay) }
            let isLate = self.state.withLock { state -> Bool in
                state.sleeper = sleeper
                // Added between the look and the sleep, or closed.
                return state.isClosed || state.delayed.min.map { $0.due < now + delay } ?? false
            }
            if isLate { sleeper.cancel() }
            await sleeper.value
        }
    }

    private func close() {
        let (idle, sleeper) = self.state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return (state.idle, state.sleeper)
        }
        sleeper?.cancel()
        for continuation in idle { continuation.resume(returning: nil) }
    }
}
