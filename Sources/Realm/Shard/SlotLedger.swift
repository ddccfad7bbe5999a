import StateStore

/// The slots of hard quotas that those here hold, and those that the store still owes for them.
package final class SlotLedger {
    unowned let shard: RealmShard
    /// By counter, of those who are here.
    private var held: [CounterKey: Int] = [:]
    /// Of these the store gave to others, and has not given back yet.
    private var owed: [CounterKey: Int] = [:]

    init(_ shard: RealmShard) { self.shard = shard }

    /// Takes one slot; what is given is held until ``giveBack(_:)``.
    func take(_ key: CounterKey, limit: Int, _ then: @escaping (Result<Bool, LiveStoreError>) -> Void) {
        self.shard.store.reserve(1, of: key, limit: limit) { result in
            if case .success(1) = result { self.held[key, default: 0] += 1 }
            then(result.map { $0 == 1 })
        }
    }

    /// Gives a slot back, or owes one less.
    func giveBack(_ key: CounterKey) {
        guard let count = self.held[key] else { return }
        self.held[key] = count > 1 ? count - 1 : nil
        guard let owed = self.owed[key] else { return self.shard.store.release(1, of: key) }
        self.owed[key] = owed > 1 ? owed - 1 : nil
    }

    /// Takes all slots anew, after the store gave them to others.
    ///
    /// Whatever the limits are: those who are here are here, and
    /// are counted.
    package func takeAgain() {
        self.owed = self.held
        self.takeOwed()
    }

    /// Once a second.
    func retry() {
        if !self.owed.isEmpty, self.shard.store.isReady { self.takeOwed() }
    }

    /// Counter by counter, and again for as long as the store does not give them.
    private func takeOwed() {
        let owed = self.owed
        self.owed = [:]
        for (key, count) in owed {
            self.shard.store.reserve(count, of: key, limit: .max) { result in
                if case .failure(let error) = result, error != .closed { self.owed[key, default: 0] += count }
            }
        }
    }
}
