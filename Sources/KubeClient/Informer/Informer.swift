// A local copy of a collection: listed once, then kept by a watch. What the watch misses (a cut, an expired revision) is
// found by listing again and comparing, so no change goes unnoticed, though some may be told as one.

package import Backoff
package import Logging
import Synchronization

/// Keeps a copy of a collection and tells which objects changed.
///
/// Reads never go to the server. Objects come without `managedFields`, which nobody here needs and which are most of their size.
package final class Informer: Sendable {
    /// An object that may have changed, as it is and as it was known.
    package struct Change: Sendable {
        package let key: ObjectKey
        /// `nil` if it is gone.
        package let object: KubeObject?
        /// `nil` if it was not known.
        package let previous: KubeObject?

        /// Whether this is only the regular reminder that it exists.
        package var isResync: Bool { self.object != nil && self.object == self.previous }
    }

    /// How patient it is.
    package struct Timing: Sendable {
        /// The bounds between which a watch's length is drawn.
        package var watch: ClosedRange<Double> = 300...600
        /// How often every object is told again; spread over a tenth of it.
        package var resync: Duration = .seconds(600)
        package var backoff = Backoff(first: .milliseconds(800), longest: .seconds(30))

        package init() {}
    }

    private struct State {
        var objects: [ObjectKey: KubeObject] = [:]
        var hasSynced = false
        /// It ended, so that nobody waits for what does not come.
        var hasStopped = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    package let resource: KubeResource
    private let client: KubeClient
    private let namespace: String?
    private let options: ListOptions
    private let timing: Timing
    private let logger: Logger
    private let state = Mutex(State())

    package init(
        _ client: KubeClient,
        _ resource: KubeResource,
        in namespace: String? = nil,
        _ options: ListOptions = ListOptions(),
        timing: Timing = Timing(),
        logger: Logger
    ) {
        self.client = client
        self.resource = resource
        self.namespace = namespace
        var options = options
        options.leavesOutManagedFields = true
        self.options = options
        self.timing = timing
        self.logger = logger
    }

    /// The object of a name, as known.
    package subscript(_ key: ObjectKey) -> KubeObject? { self.state.withLock { $0.objects[key] } }

    /// All objects, as known, in no order.
    package var all: [KubeObject] { self.state.withLock { Array($0.objects.values) } }

    /// Whether everything was listed once.
    package var hasSynced: Bool { self.state.withLock { $0.hasSynced } }

    /// Waits until everything was listed once, or the copy was given up.
    package func synced() async {
        await withCheckedContinuation { continuation in
            let isDone = self.state.withLock { state in
                let isDone = state.hasSynced || state.hasStopped
                if !isDone { state.waiters.append(continuation) }
                return isDone
            }
            if isDone { continuation.resume() }
        }
    }

    /// Keeps the copy until the task is cancelled.
    ///
    /// - Parameter changed: Told of every change, after the copy has it, one at a time.
    package func run(_ changed: @escaping @Sendable (Change) -> Void) async {
        self.state.withLock { $0.hasStopped = false }
        await withDiscardingTaskGroup { group in
            group.addTask {
                await self.follow(changed)
                // Who waits for a copy that never came is not left waiting.
                self.finishWaiting(synced: false)
            }
            group.addTask { await self.remind(changed) }
        }
    }

    private func follow(_ changed: @Sendable (Change) -> Void) async {
        var backoff = self.timing.backoff
        // nil: to be listed.
        var revision: String?
        while !Task.isCancelled {
            var began = ContinuousClock.now
            do throws(KubeError) {
                if revision == nil {
                    let list = try await self.client.list(self.resource, in: self.namespace, self.options)
                    self.replace(list.items, changed)
                    self.finishWaiting(synced: true)
                    revision = list.resourceVersion
                }
                guard let from = revision else { continue }
                began = ContinuousClock.now
                let seconds = Double.random(in: self.timing.watch)
                var last = from
                defer { revision = revision == nil ? nil : last }
                try await self.client.watch(
                    self.resource,
                    in: self.namespace,
                    self.options,
                    from: from,
                    timeout: .seconds(seconds)
                ) { event in
                    last = self.take(event, changed) ?? last
                    return true
                }
                // A server that ends watches at once is not asked in a circle.
                if ContinuousClock.now - began > .seconds(1) {
                    backoff.succeeded()
                } else {
                    try await Self.pause(backoff.failed())
                }
            } catch {
                if Task.isCancelled { return }
                if error.isGone { revision = nil }
                // A watch that lasted was a good one, however it ended.
                if revision != nil, ContinuousClock.now - began > .seconds(10) { backoff.succeeded() }
                let delay = max(backoff.failed(), error.status?.retryAfter ?? .zero)
                self.logger.log(
                    level: error.isGone || error == .timedOut ? .debug : .warning,
                    "watching is interrupted",
                    metadata: ["resource": "\(self.resource.plural)", "reason": "\(error)", "delay": "\(delay.words)"]
                )
                try? await Self.pause(delay)
            }
        }
    }

    private static func pause(_ delay: Duration) async throws(KubeError) {
        do { try await TimeSource.continuous.sleep(delay) } catch { throw .timedOut }
    }

    private func remind(_ changed: @Sendable (Change) -> Void) async {
        await self.synced()
        while !Task.isCancelled {
            let keys = self.state.withLock { Array($0.objects.keys) }
            // One after the other over all of the time: what is told for no reason never stands before what has one.
            let delay = self.timing.resync * Double.random(in: 0.9...1.1) / max(1, keys.count)
            for key in keys {
                guard (try? await TimeSource.continuous.sleep(delay)) != nil else { return }
                if let object = self[key] { changed(Change(key: key, object: object, previous: object)) }
            }
            if keys.isEmpty, (try? await TimeSource.continuous.sleep(delay)) == nil { return }
        }
    }

    // MARK: The copy

    private func replace(_ items: [KubeObject], _ changed: (Change) -> Void) {
        let objects = Dictionary(items.map { ($0.key, $0) }) { _, last in last }
        let before = self.state.withLock { state in
            defer { state.objects = objects }
            return state.objects
        }
        for (key, object) in objects where before[key] != object {
            changed(Change(key: key, object: object, previous: before[key]))
        }
        for (key, object) in before where objects[key] == nil {
            changed(Change(key: key, object: nil, previous: object))
        }
    }

    /// - Returns: the revision that is known now.
    private func take(_ event: WatchEvent, _ changed: (Change) -> Void) -> String? {
        switch event {
        case .bookmark(let revision): return revision
        case .added(let object), .modified(let object):
            let object = object.withoutManagedFields
            let before = self.state.withLock { $0.objects.updateValue(object, forKey: object.key) }
            if before != object { changed(Change(key: object.key, object: object, previous: before)) }
            return object.resourceVersion
        case .deleted(let object):
            let before = self.state.withLock { $0.objects.removeValue(forKey: object.key) }
            changed(Change(key: object.key, object: nil, previous: before ?? object))
            return object.resourceVersion
        }
    }

    private func finishWaiting(synced: Bool) {
        let waiters = self.state.withLock { state in
            state.hasSynced = state.hasSynced || synced
            if !synced { state.hasStopped = true }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
