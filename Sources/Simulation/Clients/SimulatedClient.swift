package import Edge
package import NIOCore
package import Tenant

/// A client of IRC without a network: lines in, lines out.
package final class SimulatedClient {
    package let clients: ShardClients
    private let wire: MemoryWire
    private let id: ConnectionID
    /// Lines that came and were not taken yet, without CR LF.
    package var lines: [String] { self.wire.lines }
    package private(set) var isConnected = true

    /// Connects.
    package init(
        to tenant: HostedTenant,
        on clients: ShardClients,
        address: String = "192.0.2.1",
        isSecure: Bool = true,
        fingerprint: String? = nil
    ) {
        self.clients = clients
        self.wire = MemoryWire()
        self.id = clients.opened(
            Arrival(
                wire: self.wire,
                tenant: tenant,
                address: address,
                isSecure: isSecure,
                fingerprint: fingerprint
            )
        )
    }

    /// Sends lines, each ended by CR LF here.
    package func send(_ lines: String...) {
        for line in lines { self.send(ByteBuffer(string: line + "\r\n")) }
    }

    package func send(_ bytes: ByteBuffer) {
        if self.isConnected, !self.wire.isClosed { self.clients.received(bytes, from: self.id) }
    }

    /// Takes the lines that came.
    package func take() -> [String] { self.wire.take() }

    /// Whether the server has closed the connection.
    package var isClosed: Bool { self.wire.isClosed }

    /// Whether the server reads from the client.
    package var isRead: Bool { self.wire.isRead }

    /// Stops to read, so that what is sent to it waits; or reads again.
    package func stopReading() { self.wire.isStuck = true }

    package func readAgain() { self.wire.readAgain() }

    /// The connection is gone, in whatever state it was.
    package func disconnect() {
        guard self.isConnected else { return }
        self.isConnected = false
        self.clients.closed(self.id)
    }
}

/// The bytes that a server sends to one client.
final class MemoryWire: Wire {
    let descriptor: CInt = -1
    private var bytes = ByteBuffer()
    private(set) var isClosed = false
    private(set) var isRead = true
    /// The client does not read.
    var isStuck = false
    private var stuck: [(bytes: ByteBuffer, then: () -> Void)] = []

    func write(_ bytes: ByteBuffer, _ then: @escaping () -> Void) {
        if self.isStuck { return self.stuck.append((bytes, then)) }
        self.bytes.writeImmutableBuffer(bytes)
        then()
    }

    func readAgain() {
        self.isStuck = false
        let stuck = self.stuck
        self.stuck = []
        for one in stuck { self.write(one.bytes, one.then) }
    }

    func setReading(_ isOn: Bool) { self.isRead = isOn }
    func goAway() {}
    func close() { self.isClosed = true }

    var lines: [String] {
        String(buffer: self.bytes).split(separator: "\r\n", omittingEmptySubsequences: true).map(String.init)
    }

    func take() -> [String] {
        defer { self.bytes.clear() }
        return self.lines
    }
}
