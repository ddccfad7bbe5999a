// The in-process store with its journal on a disk.

import Backoff
package import Logging
import NIOCore
package import Observability
import Synchronization
import Tenant

extension InProcessLiveStore {
    /// How long it may take until the disk knows how far consumers have come.
    static let noteDelay = Duration.seconds(1)
    /// How long until a disk without room is asked again.
    private static let patience = Duration.seconds(1)

    /// Makes a store whose journal is on a disk, with what an earlier process left there.
    ///
    /// What was acknowledged then and is not known to be in the history is on the journal again, each record with the
    /// log, position and time that it had. What was live is so again, held by a pod whose lease has lapsed.
    ///
    /// - Parameters:
    ///   - folder: Where the journal is; nobody else may use it. Nil to keep it in memory.
    ///   - images: Where images of what is live are; nil to begin with nothing and leave nothing.
    ///   - worker: Waits for the disk.
    ///   - configuration: As for a store in memory.
    ///   - limits: How large files get.
    ///   - wallClock: Milliseconds since 1970.
    ///   - writeTimes: Where is measured how long the disk takes, once for all that it writes together.
    ///   - logger: Hears of what was found, and of failures.
    /// - Returns: The store; what was found is on its journal.
    /// - Throws: ``JournalProblem`` if the folder cannot be read or written.
    package static func open(
        _ folder: (any JournalFolder)?,
        images: ImagePlace? = nil,
        worker: any JournalWorker = QueueWorker(),
        configuration: Configuration = Configuration(),
        limits: JournalLimits = JournalLimits(),
        wallClock: @escaping @Sendable () -> Int64 = WallClock.system,
        writeTimes: HistogramFamily? = nil,
        logger: Logger
    ) throws(JournalProblem) -> InProcessLiveStore {
        let recovery = try folder.map { folder throws(JournalProblem) in try JournalRecovery(folder) }
        if let recovery { self.report(recovery, logger) }
        let keeper = images.map { ImageKeeper($0, logger: logger) }
        var image = keeper?.read(at: wallClock())
        if let recovery { image?.add(recovery) }
        let firstEpoch = max(self.firstEpoch(wallClock()), recovery?.epochLimit ?? 0, image?.epochLimit ?? 0)
        var state = MemoryState(firstEpoch: firstEpoch, configuration: configuration)
        var disk: JournalDisk?
        if let folder, let recovery {
            let writer: SegmentWriter
            do throws(FileFailure) {
                writer = try SegmentWriter(
                    folder,
                    limits: limits,
                    epochLimit: firstEpoch + self.epochs,
                    found: recovery
                )
            } catch { throw .failed(error) }
            state.restore(recovery, limits: limits, capacity: writer.capacity)
            disk = JournalDisk(writer, worker: worker, writeTimes: writeTimes, logger: logger)
        }
        let store = InProcessLiveStore(
            state,
            from: image,
            firstEpoch: firstEpoch,
            disk: disk,
            keeper: keeper,
            configuration,
            wallClock
        )
        if disk != nil { worker.run(after: .zero) { store.removeFiles() } }
        store.startKeeping()
        return store
    }

    /// Warns of acknowledged messages on a disk that this process does not use; changes nothing there.
    ///
    /// - Parameters:
    ///   - folder: Where an earlier process kept its journal.
    ///   - logger: Hears of them.
    /// - Throws: ``JournalProblem`` if the folder cannot be read.
    package static func warnOfMessages(in folder: any JournalFolder, logger: Logger) throws(JournalProblem) {
        let found = try JournalRecovery(folder)
        let count = found.records.count - found.erased.count
        guard count > 0 || !found.damage.isEmpty else { return }
        logger.warning(
            """
            the journal on the disk has acknowledged messages that may not be in the history, and is not read: \
            stop, and start with --durability disk to have them stored
            """,
            metadata: ["count": "\(count)", "damaged places": "\(found.damage.count)"]
        )
    }

    private static func report(_ recovery: JournalRecovery, _ logger: Logger) {
        for damage in recovery.damage {
            logger.error(
                "the journal is damaged: messages that were acknowledged may be missing in the history",
                metadata: [
                    "file": "\(damage.file.text)", "bytes": "\(damage.bytes)",
                    "kept as": "\(damage.file.damagedText)",
                    "offset": "\(damage.offset.map(String.init) ?? "unknown")",
                ]
            )
        }
        if recovery.tornBytes > 0 {
            logger.notice(
                "the journal ends in what was not written to its end, and nobody was told of",
                metadata: ["bytes": "\(recovery.tornBytes)"]
            )
        }
        if !recovery.records.isEmpty {
            logger.notice(
                "the journal has messages that go to the history again",
                metadata: ["count": "\(recovery.records.count - recovery.erased.count)"]
            )
        }
    }

    /// Called under the lock, as ``watchFeed(_:)`` is.
    func watchDisk(_ state: borrowing MemoryState) {
        let isBehind = state.gate?.isBehind ?? false
        if isBehind != self.isDiskBehind.load(ordering: .relaxed) {
            self.isDiskBehind.store(isBehind, ordering: .relaxed)
        }
    }

    // MARK: On the worker

    /// Writes what waits, and what comes meanwhile, until nothing is left.
    func writeJournal() {
        guard let disk else { return }
        while let batch = self.state.withLock({ $0.gate?.takeBatch() }) {
            let began = ContinuousClock.now
            let (failure, capacity, lack) = disk.writer.withLock { writer in
                do throws(FileFailure) { try writer.write(batch) } catch {
                    return (Optional(error), 0, FileFailure?.none)
                }
                return (nil, writer.capacity, writer.lack)
            }
            if failure == nil { disk.writeTimes?.observe(ContinuousClock.now - began) }
            if let failure { return self.failed(failure, disk) }
            self.wrote(capacity, lack, disk)
        }
    }

    /// Writes how far consumers have come, if nothing else was written since that took it along.
    func notePlaces() {
        if self.state.withLock({ $0.gate?.mustNote() ?? false }) { self.writeJournal() }
    }

    private func wrote(_ capacity: Int, _ lack: FileFailure?, _ disk: JournalDisk) {
        let (told, wakes, isReady, before) = self.state.withLock { state in
            let before = (lack: state.gate?.lack, failure: state.gate?.failure)
            let wasBehind = self.isDiskBehind.load(ordering: .relaxed)
            let done = state.gate?.wrote()
            state.gate?.hasRoom(for: capacity, lack: lack)
            for record in done?.records ?? [] { state.feed.append(record) }
            self.watchDisk(state)
            let isReady = wasBehind && !self.isDiskBehind.load(ordering: .relaxed)
            return (done?.told ?? [], state.clientsToWake(), isReady, before)
        }
        self.wake(wakes)
        for tell in told { tell(nil) }
        disk.attempts.withLock { $0.backoff.succeeded() }
        if before.failure != nil { disk.logger.notice("the journal can be written again") }
        self.noteRoom(lack, before: before.lack, disk)
        if isReady { self.tellReady() }
    }

    private func failed(_ failure: FileFailure, _ disk: JournalDisk) {
        let (told, wakes, isFirst) = self.state.withLock { state in
            let isFirst = state.gate?.failure == nil
            let told = state.gate?.failed(failure) ?? []
            self.watchDisk(state)
            return (told, state.clientsToWake(), isFirst)
        }
        self.wake(wakes)
        for tell in told { tell(.unavailable(reason: "\(failure)")) }
        if isFirst {
            disk.logger.error(
                "the journal cannot be written: nothing is accepted until it can",
                metadata: ["reason": "cannot \(failure)"]
            )
        }
        let delay = disk.attempts.withLock { $0.backoff.failed() }
        disk.worker.run(after: delay) { self.writeJournal() }
    }

    /// Sees to it that a disk without room is asked again.
    private func noteRoom(_ lack: FileFailure?, before: FileFailure?, _ disk: JournalDisk) {
        guard let lack else {
            if before != nil { disk.logger.notice("there is room for the journal again") }
            return
        }
        if before == nil {
            disk.logger.error(
                "the journal gets no more room: messages that are to be kept are refused once what it has is used up",
                metadata: ["reason": "cannot \(lack)"]
            )
        }
        let isNew = disk.attempts.withLock { attempts in
            defer { attempts.isMakingRoom = true }
            return !attempts.isMakingRoom
        }
        if isNew { disk.worker.run(after: Self.patience) { self.makeRoom() } }
    }

    private func makeRoom() {
        guard let disk else { return }
        disk.attempts.withLock { $0.isMakingRoom = false }
        let isIdle = self.state.withLock { state in
            guard let gate = state.gate, gate.failure == nil, !gate.isClosed else { return false }
            return state.gate?.schedule() ?? false
        }
        // Who works, or tries again, makes room as well.
        guard isIdle else { return }
        self.removeFiles()
        let (failure, capacity, lack) = disk.writer.withLock { writer in
            do throws(FileFailure) { try writer.makeRoom() } catch {
                return (Optional(error), 0, FileFailure?.none)
            }
            return (nil, writer.capacity, writer.lack)
        }
        if let failure { return self.failed(failure, disk) }
        let before = self.state.withLock { state in
            defer { state.gate?.hasRoom(for: capacity, lack: lack) }
            return state.gate?.lack
        }
        self.noteRoom(lack, before: before, disk)
        self.writeJournal()
    }

    /// Removes the files whose records are all in the history.
    func removeFiles() {
        guard let disk else { return }
        disk.writer.withLock { writer in
            do throws(FileFailure) {
                try writer.removeUnneeded { numbers in self.state.withLock { $0.feed.needs(numbers) } }
            } catch {
                // Tried again when the history has more.
                disk.logger.warning("the journal cannot be tidied", metadata: ["reason": "cannot \(error)"])
            }
        }
    }

    // MARK: Calls that wait for it

    /// Has the disk know that what a tenant has on the journal is void.
    func erase(_ tenant: TenantID, from disk: JournalDisk) async throws(LiveStoreError) {
        let error: LiveStoreError? = await withCheckedContinuation { continuation in
            let (refusal, mustSchedule, isReady) = self.state.withLock { state -> (LiveStoreError?, Bool, Bool) in
                if let refusal = state.gate?.refusal(of: 256) { return (refusal, false, false) }
                state.eraseFromGate(tenant)
                state.gate?.wait { continuation.resume(returning: $0) }
                self.watchDisk(state)
                return (nil, state.gate?.schedule() ?? false, self.watchFeed(&state))
            }
            if let refusal { continuation.resume(returning: refusal) }
            if isReady { self.tellReady() }
            if mustSchedule { disk.worker.run(after: .zero) { self.writeJournal() } }
        }
        if let error { throw error }
    }

    /// Writes what waits and leaves the files.
    func close(_ disk: JournalDisk) async {
        await withCheckedContinuation { continuation in
            disk.worker.run(after: .zero) {
                let (isFirst, wakes) = self.state.withLock { state in
                    let isFirst = state.gate?.isClosed == false && state.gate?.failure == nil
                    state.gate?.isClosed = true
                    return (isFirst, state.clientsToWake())
                }
                self.wake(wakes)
                if isFirst {
                    self.writeJournal()
                    disk.writer.withLock { writer in
                        do throws(FileFailure) {
                            try writer.finish { numbers in self.state.withLock { $0.feed.needs(numbers) } }
                        } catch {
                            disk.logger.warning("the journal cannot be tidied", metadata: ["reason": "cannot \(error)"])
                        }
                    }
                }
                continuation.resume()
            }
        }
    }
}
