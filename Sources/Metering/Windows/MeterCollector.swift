import Synchronization
package import Tenant

/// Where the shards of a process meet to hand over what they counted, some times a minute.
package final class MeterCollector: UsageSink {
    private let windows: Mutex<UsageWindows>

    package init(_ windows: UsageWindows) { self.windows = Mutex(windows) }

    package func report(_ delta: UsageDelta, of tenant: TenantID, shard: Int, at now: Int64) {
        self.windows.withLock { $0.add(delta, of: tenant, shard: shard, at: now) }
    }

    /// Closes the windows that are over at `now`, milliseconds since 1970.
    package func close(at now: Int64) -> [UsageRecord] { self.windows.withLock { $0.close(at: now) } }

    /// Closes all windows, at the end of the process.
    package func closeAll() -> [UsageRecord] { self.windows.withLock { $0.closeAll() } }
}
