import Numbers
import Synchronization
package import Tenant

/// Where the shards of a process meet to hand over what they counted, some times a minute.
///
/// What they report is counted at the time that the ledger's clock shows, see ``MeterClock``.
package final class MeterCollector: UsageSink {
    private struct State {
        var windows: UsageWindows
        var clock = MeterClock()
    }

    private let state: Mutex<State>
    /// Milliseconds on a clock that nobody sets.
    package let uptime: @Sendable () -> Int64

    /// Begins to collect.
    ///
    /// - Parameters:
    ///   - windows: Where it is counted.
    ///   - uptime: Milliseconds on a clock that nobody sets, and that goes on while the machine sleeps.
    package init(_ windows: UsageWindows, uptime: @escaping @Sendable () -> Int64 = MeterCollector.continuous()) {
        self.state = Mutex(State(windows: windows))
        self.uptime = uptime
    }

    package func report(_ delta: UsageDelta, of tenant: TenantID, shard: Int) {
        self.state.withLock { state in
            state.windows.add(delta, of: tenant, shard: shard, at: state.clock.now(at: self.uptime()))
        }
    }

    /// What time it is by the ledger's clock, milliseconds since 1970; nil as long as nobody knows.
    package var now: Int64? { self.state.withLock { $0.clock.now(at: self.uptime()) } }

    /// Takes what the ledger's clock showed at an uptime.
    package func read(_ time: Int64, at uptime: Int64) -> MeterClock.Reading {
        self.state.withLock { state in
            let reading = state.clock.read(time, at: uptime)
            if reading == .taken, let now = state.clock.now(at: uptime) { state.windows.set(to: now) }
            return reading
        }
    }

    /// Closes the windows that are over: none as long as nobody knows what time it is.
    package func close() -> [UsageRecord] {
        self.state.withLock { state in
            guard let now = state.clock.now(at: self.uptime()) else { return [] }
            return state.windows.close(at: now)
        }
    }

    /// Closes all windows, at the end of the process.
    ///
    /// - Parameter now: Milliseconds since 1970, for what was counted before the ledger had said what time it is.
    /// - Returns: Their records, oldest first.
    package func closeAll(at now: Int64) -> [UsageRecord] {
        self.state.withLock { state in
            if state.clock.now(at: self.uptime()) == nil { state.windows.set(to: now) }
            return state.windows.closeAll()
        }
    }

    /// The milliseconds from now on.
    package static func continuous() -> @Sendable () -> Int64 {
        let began = ContinuousClock.now
        return { Int64(saturating: (ContinuousClock.now - began) / .milliseconds(1)) }
    }
}
