// How a shard's calls complete if the journal is on a disk: in order, none before the disk has what it may rest on.

import NIOCore
import Synchronization

extension InProcessClient {
    /// Applies a transaction at once, and tells of it when the disk has what it put on the journal.
    ///
    /// What puts nothing there completes before it returns, unless something that came before it still waits.
    func append(
        _ transaction: Transaction,
        to disk: JournalDisk,
        _ unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void
    ) {
        self.apply(transaction.changes, to: disk, leaves: transaction.leaves, unsettled, completion) { state in
            state.failedCondition(of: transaction)
        }
    }

    func append(
        _ change: LogChange,
        if condition: Condition,
        to disk: JournalDisk,
        _ unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Stamp?, LiveStoreError>) -> Void
    ) {
        let told: (Result<Outcome, LiveStoreError>) -> Void = { result in
            switch result {
            case .success(.appended(let stamps)): completion(.success(stamps.first))
            case .success(.refused): completion(.success(nil))
            case .failure(let error): completion(.failure(error))
            }
        }
        self.apply(CollectionOfOne(change), to: disk, leaves: false, unsettled, told) { state in
            state.holds(condition) ? nil : 0
        }
    }

    private func apply(
        _ changes: some Collection<LogChange>,
        to disk: JournalDisk,
        leaves: Bool,
        _ unsettled: (() -> Void)?,
        _ completion: @escaping (Result<Outcome, LiveStoreError>) -> Void,
        unless failedCondition: (borrowing MemoryState) -> Int?
    ) {
        let now = self.store.wallClock()
        let bytes = changes.reduce(0) { $1.feed == nil ? $0 : $0 + JournalFrame.bound($1) }
        let (index, producer, store) = (self.index, self.producer, self.store)
        let needsRoom = leaves ? nil : changes.first { $0.feed != nil }?.log.tenant
        var made = Made()
        var (isHeld, mustSchedule) = (false, false)
        let result = store.state.withLock { state -> Result<Outcome, LiveStoreError> in
            let refusal = bytes > 0 ? state.gate?.refusal(of: bytes) : state.gate?.refusal
            if let refusal { return .failure(refusal) }
            if let needsRoom, !state.feed.hasRoom(for: needsRoom) { return .failure(.busy) }
            if let failed = failedCondition(state) {
                isHeld = state.holdAnswer(to: index)
                made.mail = state.takeMail(of: index)
                return .success(.refused(condition: failed))
            }
            var stamps: [Stamp] = []
            stamps.reserveCapacity(changes.count)
            if bytes > 0 { state.gate?.beginFrame() }
            // Marked as scheduled for the moment: this client drains below, without a detour over its loop.
            state.mailboxes[index].isScheduled = true
            for change in changes {
                stamps.append(state.apply(change, by: producer, now: now, wake: &made.wakes).stamp)
            }
            if bytes > 0 {
                state.gate?.endFrame()
                mustSchedule = state.gate?.schedule() ?? false
                store.watchDisk(state)
            }
            isHeld = state.holdAnswer(to: index)
            made.mail = state.takeMail(of: index)
            store.watchFeed(&state)
            return .success(.appended(stamps))
        }
        // At the end of the loop's turn, so that everything that is appended in it is written at once.
        if mustSchedule { self.loop.execute { disk.worker.run(after: .zero) { store.writeJournal() } } }
        self.complete(completion, unsettled: unsettled, result, isHeld: isHeld, made)
    }

    /// Reads something and answers in order with everything before it.
    func read<Value>(
        _ completion: @escaping (Result<Value, LiveStoreError>) -> Void,
        _ body: (inout MemoryState) -> sending Value
    ) {
        var isHeld = false
        let index = self.index
        let result = self.store.state.withLock { state -> Result<Value, LiveStoreError> in
            if let refusal = state.gate?.refusal { return .failure(refusal) }
            let value = body(&state)
            isHeld = state.holdAnswer(to: index)
            return .success(value)
        }
        self.complete(completion, result, isHeld: isHeld)
    }

    /// Delivers what a call led to, and gives its answer behind that and behind those of earlier calls.
    private func complete<Value>(
        _ completion: @escaping (Result<Value, LiveStoreError>) -> Void,
        unsettled: (() -> Void)? = nil,
        _ result: Result<Value, LiveStoreError>,
        isHeld: Bool,
        _ made: Made = Made()
    ) {
        if case .failure = result {
            // Nothing was done, so nothing has to come first; but what is being told does.
            self.drain()
            guard self.isDelivering else { return completion(result) }
            let ahead = self.deliveries.count { $0.isAnswer }
            self.answers.insert((nil, { _ in completion(result) }), at: min(ahead, self.answers.count))
            return self.deliveries.append(.answer)
        }
        let waits = isHeld || !self.answers.isEmpty || (self.isDelivering && self.store.disk != nil)
        // Before anything is delivered: its turn may be among that.
        if waits { self.answers.append((unsettled, { error in completion(error.map { .failure($0) } ?? result) })) }
        if !made.wakes.isEmpty { self.wake(made.wakes) }
        self.deliveries.append(contentsOf: made.mail)
        if waits, !isHeld { self.deliveries.append(.answer) }
        self.deliver()
        if !waits { completion(result) }
    }
}
