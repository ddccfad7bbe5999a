package import Tenant

/// What one shard counted for one tenant since it last told.
package struct UsageDelta: Sendable, Hashable {
    /// Messages that were accepted.
    package var messages: UInt64 = 0
    /// Messages that were sent to clients.
    package var deliveries: UInt64 = 0
    /// Bytes that were read.
    package var bytesIn: UInt64 = 0
    /// Bytes that were written.
    package var bytesOut: UInt64 = 0
    /// Connections open now.
    package var connections: Int = 0
    /// The most that were open at once.
    package var peakConnections: Int = 0
    /// Milliseconds that connections were open, summed over them.
    package var connectionMilliseconds: UInt64 = 0

    package init() {}
}

/// Takes what shards counted.
package protocol UsageSink: Sendable {
    /// Adds to a tenant's usage.
    ///
    /// - Parameters:
    ///   - delta: What was counted since this shard's last report for this tenant.
    ///   - tenant: For whom.
    ///   - shard: Which shard of this process counted.
    func report(_ delta: UsageDelta, of tenant: TenantID, shard: Int)
}
