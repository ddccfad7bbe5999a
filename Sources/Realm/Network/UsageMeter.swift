import Metering

/// Counts one tenant's usage on one shard: plain integers, since only the shard touches them.
package struct UsageMeter {
    private var delta = UsageDelta()
    /// Milliseconds of a monotonic clock up to which connection time is counted.
    private var counted: Int64

    init(now: Int64) { self.counted = now }

    package mutating func received(bytes: Int) { self.delta.bytesIn &+= UInt64(bytes) }

    package mutating func sent(bytes: Int) { self.delta.bytesOut &+= UInt64(bytes) }

    mutating func messageAccepted() { self.delta.messages &+= 1 }

    package mutating func delivered(_ count: Int) { self.delta.deliveries &+= UInt64(count) }

    package mutating func connectionOpened(now: Int64) {
        self.countConnectionTime(until: now)
        self.delta.connections += 1
        self.delta.peakConnections = max(self.delta.peakConnections, self.delta.connections)
    }

    package mutating func connectionClosed(now: Int64) {
        self.countConnectionTime(until: now)
        self.delta.connections -= 1
    }

    /// What was counted since the last time.
    mutating func drain(now: Int64) -> UsageDelta {
        self.countConnectionTime(until: now)
        let result = self.delta
        self.delta = UsageDelta()
        self.delta.connections = result.connections
        self.delta.peakConnections = result.connections
        return result
    }

    private mutating func countConnectionTime(until now: Int64) {
        guard now > self.counted else { return }
        self.delta.connectionMilliseconds &+= UInt64(self.delta.connections) &* UInt64(now - self.counted)
        self.counted = now
    }
}
