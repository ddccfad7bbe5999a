// What a person said goes from the history, then from the archive, which another worker has for itself meanwhile: each waits for the other.

import Numbers
import StateStore

/// Takes out what was said under an account.
struct EraseJob {
    /// How long the archive is another worker's at most before this is tried again later.
    private static let patience = 60
    private let archive: TenantArchive
    private let order: ArchiveJobOrder.Erase
    private let durable: DurableStore
    private let holder: String
    private let clock: any Clock<Duration>
    private let progress: ArchiveJobProgress

    /// - Parameters:
    ///   - archive: Whose.
    ///   - order: What of it.
    ///   - durable: Where the history is, and who has the archive.
    ///   - holder: Who this is, unique among all that ever were, and nobody who makes segments.
    ///   - clock: Times the waits.
    ///   - progress: Hears how far it is.
    init(
        _ archive: TenantArchive,
        _ order: ArchiveJobOrder.Erase,
        _ durable: DurableStore,
        holder: String,
        clock: any Clock<Duration>,
        _ progress: ArchiveJobProgress
    ) {
        self.archive = archive
        self.order = order
        self.durable = durable
        self.holder = holder
        self.clock = clock
        self.progress = progress
    }

    /// Erases everything.
    ///
    /// - Returns: What came of it, in a sentence.
    /// - Throws: ``ArchiveError``
    func run() async throws(ArchiveError) -> String {
        let erasure = try LineErasure(account: self.order.account)
        let rows = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await self.durable.history.erase(account: self.order.account, of: self.archive.tenant) {
                rows throws(DurableStoreError) in
                if Task.isCancelled { throw .cancelled }
                self.progress.at(0, of: 0, "\(rows) rows of the history are gone")
            }
        }
        self.progress.say("\(rows) rows of the history are gone")
        let lease = try await self.lease()
        let result: Result<LineErasureCount, ArchiveError>
        do throws(ArchiveError) {
            let count = try await ArchiveLease.keep(on: self.clock) {
                _ = try? await self.take()
            } during: { () throws(ArchiveError) in
                try await self.erase(erasure, lease)
            }
            result = .success(count)
        } catch {
            result = .failure(error)
        }
        // Best effort: it lapses by itself.
        try? await self.durable.archives.release(lease)
        let count = try result.get()
        var text = "\(rows) rows of the history and \(count.lines) lines of the archive are gone"
        if count.made > 0 { text += "; \(count.made) of \(count.segments) segments were made anew" }
        if count.locked > 0 {
            text +=
                "; \(count.locked) former ones are locked by the bucket, and go when that ends: ask for it again then"
        }
        self.progress.say(text)
        return text
    }

    private func erase(_ erasure: LineErasure, _ lease: ArchiveLease) async throws(ArchiveError) -> LineErasureCount {
        let now = try await ArchiveError.noting { () throws(DurableStoreError) in
            try await self.durable.archives.work().now
        }
        return try await self.archive.erase(erasure, by: lease, now: now) { count throws(ArchiveError) in
            try ArchiveError.checkCancellation()
            self.progress.at(count.looked, of: count.segments, "\(count.lines) lines of the archive are gone")
        }
    }

    /// Takes the archive from who makes segments, once they are done.
    private func lease() async throws(ArchiveError) -> ArchiveLease {
        for _ in 0..<Self.patience {
            if let lease = try await self.take() { return lease }
            self.progress.at(0, of: 0, "waits for the worker that has the archive")
            try? await self.clock.sleep(for: .seconds(1))
            try ArchiveError.checkCancellation()
        }
        throw .leaseLost
    }

    private func take() async throws(ArchiveError) -> ArchiveLease? {
        try await ArchiveError.noting { () throws(DurableStoreError) in
            try await self.durable.archives.lease(
                self.archive.tenant,
                as: self.holder,
                for: ArchiveService.lease.milliseconds
            )
        }
    }
}
