package import Realm

/// What a shard with its clients is given.
package struct EdgeEnvironment: Sendable {
    package var limits: ConnectionLimits
    package var realm: RealmEnvironment
    /// The port at which clients reach IRC over TLS from outside; nil if there is none.
    package var tlsPort: Int?
    /// Who may speak for clients elsewhere.
    package var gateways: WebGateways

    package init(
        limits: ConnectionLimits = ConnectionLimits(),
        realm: RealmEnvironment,
        tlsPort: Int? = 6_697,
        gateways: WebGateways = .none
    ) {
        self.limits = limits
        self.realm = realm
        self.tlsPort = tlsPort
        self.gateways = gateways
    }
}

/// Bounds of one connection, whatever its tenant's plan.
package struct ConnectionLimits: Sendable, Hashable {
    /// Bytes waiting to be sent, past which a slow reader is closed.
    package var sendQueueBytes = 1 << 20
    /// Bytes received and not yet handled, past which a flooder is closed.
    ///
    /// More than a socket brings before reading stops, which is 64 KiB and what TLS or WebSocket held back: whoever is only
    /// fast never gets there (ISUPPORT SAFERATE).
    package var receiveQueueBytes = 128 << 10
    /// Commands that may come at once before the flood control slows a client down; 0 turns it off.
    package var floodBurst = 20
    /// Commands a second that a client may send for good.
    package var floodRate = 4.0
    /// How long a connection may take to register.
    package var registrationTimeout: Duration = .seconds(60)
    /// Silence after which a client is asked whether it is there.
    package var pingInterval: Duration = .seconds(60)
    /// How long it has to answer.
    package var pingTimeout: Duration = .seconds(60)

    package init() {}
}
