// An object that is put in parts: begun with the first part that is full, ended with the last, taken back where
// anything fails.

import NIOCore
import Synchronization

/// The parts of one object on their way.
final class S3Upload: Sendable {
    /// The most parts that any store takes.
    private static let mostParts = 10_000

    private struct State {
        var id: String?
        var count = 0
        var parts: [S3Part] = []
        var tasks: [Task<Void, Never>] = []
        var failure: ObjectStoreError?
        var hasWholeChecksum = false
    }

    private let store: S3Store
    private let key: ObjectKey
    private let options: PutOptions
    private let mark: String
    private let slots: Gate
    private let state = Mutex(State())

    init(_ store: S3Store, _ key: ObjectKey, _ options: PutOptions, mark: String) {
        self.store = store
        self.key = key
        self.options = options
        self.mark = mark
        let settings = store.client.settings
        self.slots = Gate(settings.partsAtOnce, queue: 1, longest: settings.callTime * 2, time: store.client.time)
    }

    /// Whether any part was sent.
    var hasBegun: Bool { self.state.withLock { $0.id != nil } }

    /// Sends a part; returns when there is room for another.
    func send(_ part: ByteBuffer) async throws(ObjectStoreError) {
        let id = try await self.id()
        do throws(ObjectStoreError) { try await self.slots.enter() } catch {
            throw self.state.withLock { $0.failure } ?? error
        }
        let (number, failure) = self.state.withLock { state in
            state.count += 1
            return (state.count, state.failure)
        }
        if let failure {
            self.slots.leave()
            throw failure
        }
        guard number <= Self.mostParts else {
            self.slots.leave()
            throw .tooLarge(number * part.readableBytes)
        }
        let task = Task {
            defer { self.slots.leave() }
            do throws(ObjectStoreError) {
                let sent = try await self.store.putPart(self.key, self.options, part, number: number, of: id)
                self.state.withLock { $0.parts.append(sent) }
            } catch { self.state.withLock { $0.failure = $0.failure ?? error } }
        }
        self.state.withLock { $0.tasks.append(task) }
    }

    private func id() async throws(ObjectStoreError) -> String {
        if let id = self.state.withLock({ $0.id }) { return id }
        let (id, isWhole) = try await self.store.beginParts(self.key, self.options, mark: self.mark)
        self.state.withLock { state in
            state.id = id
            state.hasWholeChecksum = isWhole
        }
        return id
    }

    private func settle() async {
        for task in self.state.withLock({ $0.tasks }) { await task.value }
    }

    /// Makes the object of its parts.
    func finish(_ whole: PartWriter.Whole) async throws(ObjectStoreError) -> ObjectAttributes {
        await self.settle()
        let (id, parts, failure, isWhole) = self.state.withLock { ($0.id, $0.parts, $0.failure, $0.hasWholeChecksum) }
        if let failure { throw failure }
        guard let id else { throw .bodyFailed("there are no parts") }
        return try await self.store.completeParts(
            self.key,
            self.options,
            parts.sorted { $0.number < $1.number },
            of: id,
            size: whole.size,
            checksum: isWhole ? whole.checksum : nil,
            mark: self.mark
        )
    }

    /// Takes everything back, also where the caller was cancelled.
    func abort() async {
        for task in self.state.withLock({ $0.tasks }) { task.cancel() }
        await Task {
            await self.settle()
            guard let id = self.state.withLock({ $0.id }) else { return }
            await self.store.abortParts(self.key, of: id)
        }.value
    }
}
