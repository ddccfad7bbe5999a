package import Logging
package import Metering
package import StateStore
package import Tenant

/// What a shard is given: its limits, the store, and what differs between a real process and a test.
package struct EdgeEnvironment: Sendable {
    package var limits: ConnectionLimits
    package var store: any LiveStore
    package var authenticator: any Authenticator
    package var logger: Logger
    /// Milliseconds since 1970.
    package var wallClock: @Sendable () -> Int64
    /// Random bits for session ids and nonces.
    package var random: @Sendable () -> UInt64
    /// The cloak of a tenant, keyed by it.
    package var cloak: @Sendable (TenantID) -> HostCloak
    /// Reads tenants and certificates again.
    package var rehash: @Sendable () -> Void
    /// Told about usage when a tenant's counters were drained.
    package var usage: any UsageSink
    /// When this process began, milliseconds since 1970.
    package var started: Int64

    package init(
        limits: ConnectionLimits = ConnectionLimits(),
        store: any LiveStore,
        authenticator: any Authenticator,
        logger: Logger,
        usage: any UsageSink,
        cloak: @escaping @Sendable (TenantID) -> HostCloak,
        rehash: @escaping @Sendable () -> Void = {},
        wallClock: @escaping @Sendable () -> Int64 = InProcessLiveStore.systemTime,
        random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 1...UInt64.max) }
    ) {
        self.limits = limits
        self.store = store
        self.authenticator = authenticator
        self.logger = logger
        self.usage = usage
        self.cloak = cloak
        self.rehash = rehash
        self.wallClock = wallClock
        self.random = random
        self.started = wallClock()
    }
}

/// Bounds of one connection, whatever its tenant's plan.
package struct ConnectionLimits: Sendable, Hashable {
    /// Bytes waiting to be sent, past which a slow reader is closed.
    package var sendQueueBytes = 1 << 20
    /// Bytes received and not yet handled, past which a flooder is closed.
    package var receiveQueueBytes = 64 << 10
    /// Commands that may come at once before the flood control slows a client down; 0 turns it off.
    package var floodBurst = 20
    /// Commands a second that a client may send for good.
    package var floodRate = 4.0
    /// How long a connection may take to register.
    package var registrationTimeout: Duration = .seconds(60)
    /// Silence after which a client is asked whether it is there.
    package var pingInterval: Duration = .seconds(120)
    /// How long it has to answer.
    package var pingTimeout: Duration = .seconds(60)
    /// Channels that one session may be in (ISUPPORT CHANLIMIT).
    package var channelsPerSession = 100
    /// Nicknames that one session may watch (ISUPPORT MONITOR).
    package var monitorLimit = 100
    /// Failed log-ins from one address a minute, past which further ones are refused.
    package var failedLoginsPerMinute = 10

    package init() {}
}
