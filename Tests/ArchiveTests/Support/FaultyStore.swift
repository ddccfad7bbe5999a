import NIOCore
import ObjectStore
import Synchronization

/// A store that fails as it is told to; all else is the store behind it.
final class FaultyStore: ObjectStore {
    /// When in a call it fails.
    enum Moment: Sendable {
        /// Nothing is done.
        case before
        /// It is done, and the answer is lost.
        case after
    }

    private struct State {
        var failures: [(moment: Moment, error: ObjectStoreError)] = []
        var away: ObjectStoreError?
        var isLocked: @Sendable (ObjectKey) -> Bool = { _ in false }
        var puts = 0
        var reads = 0
        var latency = Duration.zero
        var isHeld = false
        var held: [AsyncStream<Void>.Continuation] = []
    }

    private let behind: any ObjectStore
    private let state = Mutex(State())

    init(_ behind: any ObjectStore) { self.behind = behind }

    /// How many objects were put.
    var puts: Int { self.state.withLock { $0.puts } }
    /// How many requests read something.
    var reads: Int { self.state.withLock { $0.reads } }

    /// Everything fails with this from now on; nil ends that.
    func fail(_ error: ObjectStoreError?) { self.state.withLock { $0.away = error } }

    /// Some objects cannot be deleted from now on, as if the bucket locked them.
    func lock(_ isLocked: @escaping @Sendable (ObjectKey) -> Bool) { self.state.withLock { $0.isLocked = isLocked } }

    /// Who reads waits from now on, until it is let go or cancelled.
    func hold() { self.state.withLock { $0.isHeld = true } }

    /// Whether anybody waits.
    var isWaitedFor: Bool { self.state.withLock { !$0.held.isEmpty } }

    func letGo() {
        let held = self.state.withLock { state in
            defer { (state.isHeld, state.held) = (false, []) }
            return state.held
        }
        for waiting in held { waiting.finish() }
    }

    /// Every request that reads takes so much longer from now on.
    func slow(by latency: Duration) { self.state.withLock { $0.latency = latency } }

    private func wait() async {
        let latency = self.state.withLock { $0.latency }
        if latency > .zero { try? await ContinuousClock().sleep(for: latency) }
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let isHeld = self.state.withLock { state in
            if state.isHeld { state.held.append(continuation) }
            return state.isHeld
        }
        if isHeld { for await _ in stream {} }
    }

    /// The next put or deletion fails, then the one after it, and so on.
    func failNext(_ moment: Moment, _ error: ObjectStoreError = .unavailable("told to fail")) {
        self.state.withLock { $0.failures.append((moment, error)) }
    }

    private func change<Answer>(
        _ body: () async throws(ObjectStoreError) -> Answer
    ) async throws(ObjectStoreError) -> Answer {
        let failure = self.state.withLock { state -> (moment: Moment, error: ObjectStoreError)? in
            if let away = state.away { return (moment: Moment.before, error: away) }
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure, failure.moment == .before { throw failure.error }
        let answer = try await body()
        if let failure { throw failure.error }
        return answer
    }

    private func read<Answer>(
        _ body: () async throws(ObjectStoreError) -> Answer
    ) async throws(ObjectStoreError) -> Answer {
        await self.wait()
        // Who gave up gets nothing late.
        if Task.isCancelled { throw .timedOut }
        let away = self.state.withLock { state in
            state.reads += 1
            return state.away
        }
        if let away { throw away }
        return try await body()
    }

    func put(
        _ key: ObjectKey,
        _ bytes: ByteBuffer,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        self.state.withLock { $0.puts += 1 }
        return try await self.change { () throws(ObjectStoreError) in try await self.behind.put(key, bytes, options) }
    }

    func put(
        _ key: ObjectKey,
        _ options: PutOptions,
        from body: @escaping @Sendable (any ObjectWriter) async throws -> Void
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        try await self.change { () throws(ObjectStoreError) in
            try await self.behind.put(key, options, from: body)
        }
    }

    func get(
        _ key: ObjectKey,
        _ range: ObjectRange?,
        version: String?
    ) async throws(ObjectStoreError) -> ObjectReading {
        try await self.read { () throws(ObjectStoreError) in
            try await self.behind.get(key, range, version: version)
        }
    }

    func head(_ key: ObjectKey, version: String?) async throws(ObjectStoreError) -> ObjectAttributes {
        try await self.read { () throws(ObjectStoreError) in try await self.behind.head(key, version: version) }
    }

    func list(
        _ prefix: String,
        after: String?,
        delimiter: String?,
        limit: Int
    ) async throws(ObjectStoreError) -> ObjectPage {
        try await self.read { () throws(ObjectStoreError) in
            try await self.behind.list(prefix, after: after, delimiter: delimiter, limit: limit)
        }
    }

    func listVersions(
        _ prefix: String,
        after: VersionPlace?,
        limit: Int
    ) async throws(ObjectStoreError) -> VersionPage {
        try await self.read { () throws(ObjectStoreError) in
            try await self.behind.listVersions(prefix, after: after, limit: limit)
        }
    }

    func delete(_ objects: [ObjectVersion]) async throws(ObjectStoreError) -> [ObjectVersion: ObjectStoreError] {
        let isLocked = self.state.withLock { $0.isLocked }
        return try await self.change { () throws(ObjectStoreError) in
            var failures = try await self.behind.delete(objects.filter { !isLocked($0.key) })
            for object in objects where isLocked(object.key) { failures[object] = .locked("until 2040") }
            return failures
        }
    }

    func copy(
        _ source: ObjectKey,
        to key: ObjectKey,
        _ options: PutOptions
    ) async throws(ObjectStoreError) -> ObjectAttributes {
        try await self.change { () throws(ObjectStoreError) in
            try await self.behind.copy(source, to: key, options)
        }
    }

    func presign(
        _ method: PresignedMethod,
        _ key: ObjectKey,
        for time: Duration
    ) async throws(ObjectStoreError) -> String {
        try await self.behind.presign(method, key, for: time)
    }

    func facts() async throws(ObjectStoreError) -> BucketFacts {
        try await self.read { () throws(ObjectStoreError) in try await self.behind.facts() }
    }

    func shutdown() async { await self.behind.shutdown() }
}
