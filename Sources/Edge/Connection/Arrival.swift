package import Chat
import IRC
import Logging
package import NIOCore
import Realm
package import Tenant

/// What a listener found out about a connection before the first byte of IRC.
package struct Arrival {
    package var wire: any Wire
    package var tenant: HostedTenant
    /// The client's address as text, without a port.
    package var address: String
    package var isSecure: Bool
    /// The SHA-256 of the client's certificate, in lower-case hexadecimal digits; nil if it has shown none.
    package var fingerprint: String?
    /// By what it came.
    package var kind: AttachedClient.Kind
    /// What its client calls itself; nil if it does not say.
    package var agent: String?
    /// Called when it has registered: it does not wait to be known any more.
    package var becameKnown: () -> Void

    package init(
        wire: any Wire,
        tenant: HostedTenant,
        address: String,
        isSecure: Bool,
        fingerprint: String? = nil,
        kind: AttachedClient.Kind = .irc,
        agent: String? = nil,
        becameKnown: @escaping () -> Void = {}
    ) {
        self.wire = wire
        self.tenant = tenant
        self.address = address
        self.isSecure = isSecure
        self.fingerprint = fingerprint
        self.kind = kind
        self.agent = agent
        self.becameKnown = becameKnown
    }
}

/// Connections come, bring bytes, and go.
extension ShardClients {
    package func opened(_ arrival: Arrival) -> ConnectionID {
        let network = self.network(of: arrival.tenant)
        let connection = self.connections.insert {
            Connection(id: $0, clients: self, arrival: arrival, network: network)
        }
        network.attachments += 1
        network.usage.connectionOpened(now: self.realm.uptime)
        self.clock.beganWaiting()
        network.counts(unregistered: 1)
        connection.log(.debug, "connection opened", ["secure": "\(arrival.isSecure)"])
        network.admit(connection, from: connection.origin) { refusal in
            guard let refusal else { return connection.admitted() }
            connection.close(refusal.told)
        }
        return connection.id
    }

    /// A tenant's network; where its store is not open here, one that lets nobody in.
    func network(of tenant: HostedTenant) -> Network {
        (self.realm(of: tenant) ?? self.realm).network(of: tenant)
    }

    package func received(_ bytes: ByteBuffer, from id: ConnectionID) {
        guard let connection = self.connections[id], connection.isOpen else { return }
        connection.lastHeard = self.realm.seconds
        connection.pingSent = nil
        connection.network.usage.received(bytes: bytes.readableBytes)
        guard connection.reading.received(bytes, limit: self.limits.receiveQueueBytes) else {
            return connection.close("RecvQ exceeded")
        }
        self.dispatcher.process(connection)
    }

    /// The wire is gone: what came before that is still carried out, for a while.
    package func closed(_ id: ConnectionID) {
        guard let connection = self.connections[id] else { return }
        if connection.isOpen, connection.vanished == nil, connection.hasUnbegun { return connection.linger() }
        self.end(connection)
    }

    /// A connection whose wire is gone is over with the last that came over it.
    func endIfFinished(_ connection: Connection) {
        guard connection.vanished != nil, connection.isOpen, !connection.hasUnfinished else { return }
        self.end(connection)
    }

    func end(_ connection: Connection) {
        guard self.connections[connection.id] === connection else { return }
        let wasRegistered = connection.session != nil
        connection.closed()
        self.connections.remove(connection.id)
        connection.log(
            .debug,
            "connection closed",
            ["seconds": "\(self.realm.seconds - connection.opened)", "registered": "\(wasRegistered)"]
        )
        connection.network.attachments -= 1
        connection.network.usage.connectionClosed(now: self.realm.uptime)
    }

    /// The connection broke; its peers are told why.
    func failed(_ id: ConnectionID, reason: String) {
        guard let connection = self.connections[id], connection.brokeBecause == nil else { return }
        connection.brokeBecause = reason
    }
}
