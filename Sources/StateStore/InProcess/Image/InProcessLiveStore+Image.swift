// The in-process store with an image of it on a disk: what a restart finds again.

import NIOCore
import Synchronization
import Tenant

extension InProcessLiveStore {
    /// How many logs are taken at a time: what a shard waits for them must not be noticed.
    private static let slice = 32
    /// Of the time, one part in so many may go into images.
    private static let share = 20
    /// How much longer than usual a disk is left alone that refused an image.
    private static let patience = 6

    /// An image of everything, for another store to go on from.
    package func takeImage() -> LiveImage {
        let empty = LiveImage(
            pod: self.pod.rawValue,
            epochLimit: self.epochLimit,
            feedNumber: self.state.withLock { $0.feed.lastNumber },
            time: self.wallClock()
        )
        return self.collect(empty) { image, log in
            if log.isWorthKeeping { image.logs.append(log) }
        }
    }

    /// Has images be written from now on, for as long as somebody uses the store.
    ///
    /// If there was one, the first comes before anybody changes anything: from then on the disk knows which pod this is,
    /// and in which epochs its journal goes on.
    func startKeeping() {
        guard let keeper else { return }
        if self.lastSeen != nil { self.writeImage(with: keeper) { _ in } }
        // What is seen to at the start need not be seen to again.
        keeper.worker.run(after: min(.seconds(1), keeper.interval)) { [weak self] in self?.keepImage(with: keeper) }
    }

    private func keepImage(with keeper: ImageKeeper) {
        if self.isClosed.withLock({ $0 }) { return }
        let began = ContinuousClock.now
        self.writeImage(with: keeper) { [weak self] error in
            let pause = error == nil ? keeper.interval : keeper.interval * Self.patience
            let busy = max((ContinuousClock.now - began) * Self.share, keeper.timeOfLast)
            keeper.worker.run(after: max(pause, busy)) { [weak self] in
                self?.keepImage(with: keeper)
            }
        }
    }

    /// Writes an image now, and waits for it.
    func writeImage(with keeper: ImageKeeper) async throws(LiveStoreError) {
        let error = await withCheckedContinuation { continuation in
            keeper.worker.run(after: .zero) {
                self.writeImage(with: keeper) { continuation.resume(returning: $0) }
            }
        }
        if let error { throw error }
    }

    /// Writes an image, unless the disk has everything.
    ///
    /// - Parameters:
    ///   - keeper: Has the disk.
    ///   - then: Gets why it does not have it.
    private func writeImage(with keeper: ImageKeeper, _ then: @escaping @Sendable (LiveStoreError?) -> Void) {
        // Before anything is looked at: what changes meanwhile is for the next one.
        let (change, number) = self.state.withLock { ($0.changes, $0.feed.lastNumber) }
        guard keeper.lacks(change) else { return then(nil) }
        let empty = LiveImageWriter(
            pod: self.pod.rawValue,
            epochLimit: self.epochLimit,
            feedNumber: number,
            time: self.wallClock()
        )
        let image = self.collect(empty) { $0.add($1) }.finished()
        let write: @Sendable (LiveStoreError?) -> Void = { error in
            if let error { return then(error) }
            then(keeper.write(image, upTo: change).map { .unavailable(reason: "\($0)") })
        }
        // It may show what rests on something that the journal does not have: nobody may see that before it has.
        let (waits, refusal) = self.state.withLock { state -> (Bool, LiveStoreError?) in
            guard let gate = state.gate, gate.isHolding else { return (false, nil) }
            if let refusal = gate.refusal { return (false, refusal) }
            state.gate?.wait { error in keeper.worker.run(after: .zero) { write(error) } }
            return (true, nil)
        }
        if !waits { write(refusal) }
    }

    /// Goes through all logs as they are at one moment.
    private func collect<Image>(_ empty: Image, _ add: (inout Image, LogImage) -> Void) -> Image {
        // Again from the beginning if a tenant is erased meanwhile.
        while true {
            var image = empty
            self.state.withLock { $0.beginImage() }
            while let some = self.state.withLock({ $0.takeImages(Self.slice) }) {
                for log in some.logs { add(&image, log) }
                if !some.hasMore { return image }
            }
        }
    }
}
