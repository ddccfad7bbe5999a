import IRC
import Numbers
import Realm

/// What happens to connections by the clock: pings and time-outs.
final class ConnectionClock {
    unowned let clients: ShardClients
    /// Connections that have not registered.
    private var waiting = 0

    init(_ clients: ShardClients) { self.clients = clients }

    /// Past so many connections that have not registered, they are given less and less time.
    private static let tight = 1000

    /// For how many seconds what came is carried out after the wire is gone.
    private static let lingering: UInt32 = 10

    /// Once a second: every connection is looked at once in five seconds, a fifth of them each time.
    func tick() {
        let parts = 5
        self.clients.connections.each(Int(self.clients.realm.seconds) % parts, of: parts) { self.check($0) }
    }

    func beganWaiting() { self.waiting += 1 }
    func endedWaiting() { self.waiting -= 1 }

    /// How long a connection may take to register: the shorter the more there are, so that those who mean it find room.
    var registrationTimeout: UInt32 {
        let usual = self.usualTimeout
        guard self.waiting > Self.tight else { return usual }
        return max(min(usual, 5), usual / UInt32(clamping: self.waiting / Self.tight + 1))
    }

    private var usualTimeout: UInt32 { UInt32(clamping: self.clients.limits.registrationTimeout.components.seconds) }

    private func check(_ connection: Connection) {
        let (now, limits) = (self.clients.realm.seconds, self.clients.limits)
        if let vanished = connection.vanished {
            // Nobody is there whom to ping; what cannot be done by now is not.
            return now - vanished >= Self.lingering ? self.clients.end(connection) : ()
        }
        switch connection.phase {
        case .closing(let since):
            // A client that does not read its last lines does not keep the connection.
            if now - since >= 5 { connection.wire.close() }
        case .admitting, .registering:
            // Who waits for the server is not to blame for it.
            let time = connection.commands.isBusy ? self.usualTimeout : self.registrationTimeout
            if now - connection.opened >= time { connection.close("Registration timed out") }
        case .registered where connection.reading.isHeldUp:
            // Not read from, so it cannot answer: its time begins when it is heard again.
            connection.lastHeard = now
            connection.pingSent = nil
        case .registered:
            ResumeCommand.renewToken(of: connection)
            if let sent = connection.pingSent {
                if now - sent >= UInt32(clamping: limits.pingTimeout.components.seconds) {
                    connection.close("Ping timeout: \(now - connection.lastHeard) seconds")
                }
            } else if now - connection.lastHeard >= UInt32(clamping: limits.pingInterval.components.seconds) {
                connection.pingSent = now
                connection.write(.news) {
                    $0.message(command: "PING", parameters: [connection.network.serverName], forcesTrailing: true)
                }
            }
        }
    }
}
