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
/// It needs no bound of its own: it never holds more than there are keys. Each lane has workers of its own, so keys that wait for
/// something slow hold up only those that wait for the same.
package final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private typealias Turn = WaitingKeys<Key>.Turn

    private struct Delayed: Comparable {
        let due: Duration
        let key: Key

        static func < (left: Delayed, right: Delayed) -> Bool { left.due < right.due }
        static func == (left: Delayed, right: Delayed) -> Bool { left.due == right.due }
    }

    private struct State {
        var isOpen: Bool
        var waiting = WaitingKeys<Key>()
        /// What is worked on, and how urgent it is if it was added meanwhile.
        var working: [Key: WorkUrgency?] = [:]
        /// How many keys of a lane are worked on.
        var busy: [String: Int] = [:]
        /// How many may be.
        var workers = 0
        /// Who hands keys to workers, while there is nothing to hand over.
        var idle: CheckedContinuation<Turn?, Never>?
        var delayed = Heap<Delayed>()
        /// When each delayed key is due; what the heap has besides is out of date.
        var due: [Key: (at: Duration, urgency: WorkUrgency)] = [:]
        var failures: [Key: Backoff] = [:]
        var sleeper: Task<Void, Never>?
        var isStopped = false
    }

    private let time: TimeSource
    private let backoff: Backoff
    private let lane: @Sendable (Key) -> String
    private let state: Mutex<State>

    /// Begins empty.
    ///
    /// - Parameters:
    ///   - isOpen: Whether it takes keys before ``open()``.
    ///   - backoff: The delays of a key that fails again and again.
    ///   - time: What delays are measured by.
    ///   - lane: What a key may have to wait for while it is worked on.
    package init(
        isOpen: Bool = true,
        backoff: Backoff = Backoff(first: .milliseconds(50), longest: .seconds(60)),
        time: TimeSource = .continuous,
        lane: @escaping @Sendable (Key) -> String = { _ in "" }
    ) {
        self.backoff = backoff
        self.time = time
        self.lane = lane
        self.state = Mutex(State(isOpen: isOpen))
    }

    /// How many keys wait to be worked on now, those with a delay left out.
    package var depth: Int { self.state.withLock { $0.waiting.count } }

    /// Takes keys from now on.
    package func open() { self.state.withLock { $0.isOpen = true } }

    /// Takes no more keys and forgets those that wait: who opens it again adds what there is then.
    package func close() {
        self.state.withLock { state in
            state.isOpen = false
            state.waiting = WaitingKeys()
            for key in state.working.keys { state.working[key] = .some(nil) }
            state.delayed = Heap()
            state.due = [:]
            state.failures = [:]
        }
    }

    /// Adds a key, to be worked on as soon as somebody can.
    package func add(_ key: Key, _ urgency: WorkUrgency = .change) {
        let lane = self.lane(key)
        self.handOver { state in
            guard state.isOpen else { return }
            let delayed = state.due.removeValue(forKey: key)
            Self.enqueue(key, min(urgency, delayed?.urgency ?? urgency), in: lane, &state)
        }
    }

    /// Adds a key once a time has passed, unless it is due sooner already.
    package func add(_ key: Key, _ urgency: WorkUrgency = .change, after delay: Duration) {
        let due = self.time.now() + delay
        let sleeper = self.state.withLock { state -> Task<Void, Never>? in
            guard state.isOpen else { return nil }
            if let known = state.due[key], known.at <= due {
                state.due[key]?.urgency = min(known.urgency, urgency)
                return nil
            }
            state.due[key] = (due, min(urgency, state.due[key]?.urgency ?? urgency))
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
    ///   - workers: How many keys of a lane at a time.
    ///   - work: The work on one key.
    package func run(workers: Int, _ work: @escaping @Sendable (Key) async -> WorkOutcome) async {
        self.state.withLock { state in
            state.isStopped = false
            state.workers = workers
        }
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.schedule() }
                while let turn = await self.next() {
                    group.addTask { self.finish(turn, await work(turn.key)) }
                }
            }
        } onCancel: {
            self.stop()
        }
    }

    // MARK: Turns

    private static func enqueue(_ key: Key, _ urgency: WorkUrgency, in lane: String, _ state: inout State) {
        if let again = state.working[key] {
            state.working[key] = min(urgency, again ?? urgency)
        } else {
            state.waiting.add(key, urgency, in: lane)
        }
    }

    private static func take(_ state: inout State) -> Turn? {
        let turn = state.waiting.take { [busy = state.busy, workers = state.workers] in busy[$0] ?? 0 < workers }
        guard let turn else { return nil }
        state.working[turn.key] = .some(nil)
        state.busy[turn.lane, default: 0] += 1
        return turn
    }

    /// Changes what waits, and has the next key worked on if there is one now and was none before.
    private func handOver(_ change: (inout State) -> Void) {
        let (idle, turn) = self.state.withLock { state -> (CheckedContinuation<Turn?, Never>?, Turn?) in
            change(&state)
            guard let idle = state.idle, let turn = Self.take(&state) else { return (nil, nil) }
            state.idle = nil
            return (idle, turn)
        }
        idle?.resume(returning: turn)
    }

    private func next() async -> Turn? {
        await withCheckedContinuation { continuation in
            let answer = self.state.withLock { state -> Turn?? in
                if state.isStopped { return .some(nil) }
                if let turn = Self.take(&state) { return turn }
                state.idle = continuation
                return .none
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    private func finish(_ turn: Turn, _ outcome: WorkOutcome) {
        let key = turn.key
        let lane = self.lane(key)
        var delay: Duration?
        self.handOver { state in
            let again = state.working.removeValue(forKey: key) ?? nil
            let others = (state.busy[turn.lane] ?? 1) - 1
            state.busy[turn.lane] = others == 0 ? nil : others
            switch outcome {
            case .done: state.failures[key] = nil
            case .again(let after):
                state.failures[key] = nil
                delay = after
            case .failed where state.isOpen:
                var backoff = state.failures[key] ?? self.backoff
                delay = backoff.failed()
                state.failures[key] = backoff
            case .failed: break
            }
            // Added meanwhile. What is new may cure what failed, so it is not made to wait.
            if let again { Self.enqueue(key, again, in: lane, &state) }
        }
        if let delay { self.add(key, turn.urgency, after: delay) }
    }

    /// Moves keys whose time has come to those that wait.
    private func schedule() async {
        while !Task.isCancelled {
            let now = self.time.now()
            while self.moveDue(at: now) {}
            let (time, delay) = self.state.withLock { state -> (TimeSource, Duration) in
                (self.time, state.delayed.min.map { $0.due - now } ?? .seconds(3600))
            }
            let sleeper = Task { _ = try? await time.sleep(delay) }
            let isLate = self.state.withLock { state -> Bool in
                state.sleeper = sleeper
                // Added between the look and the sleep, or stopped.
                return state.isStopped || state.delayed.min.map { $0.due < now + delay } ?? false
            }
            if isLate { sleeper.cancel() }
            await sleeper.value
        }
    }

    /// - Returns: whether there was one, and there may be more.
    private func moveDue(at now: Duration) -> Bool {
        let due = self.state.withLock { state -> (key: Key, urgency: WorkUrgency?)? in
            guard let first = state.delayed.min, first.due <= now else { return nil }
            state.delayed.removeMin()
            guard let known = state.due[first.key], known.at == first.due else { return (first.key, nil) }
            state.due[first.key] = nil
            return (first.key, known.urgency)
        }
        if let due, let urgency = due.urgency { self.add(due.key, urgency) }
        return due != nil
    }

    private func stop() {
        let (idle, sleeper) = self.state.withLock { state in
            state.isStopped = true
            defer { state.idle = nil }
            return (state.idle, state.sleeper)
        }
        sleeper?.cancel()
        idle?.resume(returning: nil)
    }
}
