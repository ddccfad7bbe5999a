package import Tenant

/// The windows of a process that are open: collects what its shards count and closes windows into records.
///
/// Pure.
///
/// Windows are aligned to multiples of their length since 1970. What a shard reports belongs to the window in which its
/// report before was made, or to the oldest window still open; so it is off by at most the time between two reports,
/// and nothing is ever counted twice or left out. A closed window is never opened again, even if the clock goes back a
/// little. Where it is set to another time (``set(to:)``), windows that turn out to be ahead of it are given up, and what was
/// counted in them counts in the one that is open then.
package struct UsageWindows: Sendable {
    private struct Key: Hashable {
        let tenant: TenantID
        let start: Int64
    }

    /// What is known of a shard since its last report.
    private struct ShardState {
        var connections: Int
        /// When; nil while the time is not known.
        var reported: Int64?
    }

    private struct Counts {
        var sums = UsageDelta()
        var peak = 0

        mutating func add(_ delta: UsageDelta, others: Int) {
            self.sums.addCounts(of: delta)
            self.peak = max(self.peak, delta.peakConnections + others)
        }

        mutating func add(_ other: Counts) {
            self.add(other.sums, others: 0)
            self.peak = max(self.peak, other.peak)
        }

        func quantity(_ meter: Meter) -> Int64 {
            meter.row.count.map { Int64(clamping: self.sums[keyPath: $0]) } ?? Int64(self.peak)
        }
    }

    /// Of what is closed from now on.
    private var source: MeterSource
    private let length: Int64
    private let grace: Int64
    private var open: [Key: Counts] = [:]
    /// What was counted before the time was known.
    private var early: [TenantID: Counts] = [:]
    private var shards: [TenantID: [Int: ShardState]] = [:]
    /// Where the oldest window begins that may be open.
    private var horizon = Int64.min

    /// Opens nothing yet.
    ///
    /// - Parameters:
    ///   - source: Who counts.
    ///   - minutes: How long a window is, at least 1.
    ///   - grace: How many milliseconds after its end a window is closed, so that all shards have reported.
    package init(source: MeterSource, minutes: Int = 1, grace: Int64 = 3000) {
        self.source = source
        self.length = Int64(max(minutes, 1)) * 60_000
        self.grace = grace
    }

    /// Adds what a shard counted.
    ///
    /// `now` is in milliseconds since 1970, nil as long as nobody knows.
    package mutating func add(_ delta: UsageDelta, of tenant: TenantID, shard: Int, at now: Int64?) {
        let last = self.shards[tenant]?[shard]?.reported ?? now
        self.shards[tenant, default: [:]][shard] = ShardState(connections: delta.connections, reported: now)
        // The other shards are taken as they last reported: exact while one changes at a time.
        let others = self.shards[tenant, default: [:]].reduce(0) { $0 + ($1.key == shard ? 0 : $1.value.connections) }
        guard let now, let last else {
            self.early[tenant, default: Counts()].add(delta, others: others)
            return
        }
        let key = Key(tenant: tenant, start: max(self.start(of: min(last, now)), self.horizon))
        self.open[key, default: Counts()].add(delta, others: others)
    }

    /// Begins to go by another time: what was counted without one, and in windows that begin later, counts in the window of
    /// `now`.
    ///
    /// Where that is a window that may have been closed, this process counts as another life from now on: its records have
    /// other ids then.
    package mutating func set(to now: Int64) {
        let start = self.start(of: now)
        if start < self.horizon {
            self.source = MeterSource(
                pod: self.source.pod,
                process: self.source.process,
                epoch: self.source.epoch + 1
            )
            self.horizon = start
        }
        for (key, counts) in self.open where key.start > start {
            self.open[key] = nil
            self.open[Key(tenant: key.tenant, start: start), default: Counts()].add(counts)
        }
        for (tenant, counts) in self.early {
            self.open[Key(tenant: tenant, start: start), default: Counts()].add(counts)
        }
        self.early = [:]
        for tenant in self.shards.keys {
            self.shards[tenant] = self.shards[tenant]?.mapValues {
                ShardState(connections: $0.connections, reported: now)
            }
        }
    }

    /// Closes the windows whose end and grace are over.
    ///
    /// - Returns: Their records, oldest first; none for what was not used.
    package mutating func close(at now: Int64) -> [UsageRecord] { self.close(before: self.start(of: now - self.grace)) }

    /// Closes all windows, at the end of the process.
    package mutating func closeAll() -> [UsageRecord] {
        guard let last = self.open.keys.map(\.start).max() else { return [] }
        return self.close(before: last + self.length)
    }

    private mutating func close(before horizon: Int64) -> [UsageRecord] {
        self.horizon = max(self.horizon, horizon)
        let closed = self.open.filter { $0.key.start < self.horizon }
        for key in closed.keys { self.open[key] = nil }
        return closed.sorted { ($0.key.start, $0.key.tenant) < ($1.key.start, $1.key.tenant) }.flatMap { key, counts in
            Meter.allCases.compactMap { meter in
                let quantity = counts.quantity(meter)
                guard quantity > 0 else { return nil }
                return UsageRecord(
                    tenant: key.tenant,
                    meter: meter,
                    start: key.start,
                    end: key.start + self.length,
                    source: self.source,
                    quantity: quantity
                )
            }
        }
    }

    private func start(of time: Int64) -> Int64 {
        let rest = time % self.length
        return time - (rest < 0 ? rest + self.length : rest)
    }
}
