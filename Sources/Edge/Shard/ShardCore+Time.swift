import IRC
import Metering
import NIOCore
import StateStore

/// What happens by the clock: pings, time-outs, usage.
extension ShardCore {
    /// Once a second.
    func tick() {
        self.seconds += 1
        if self.seconds.isMultiple(of: 60) { self.failedLogins = [:] }
        // Every connection is looked at once in five seconds, a fifth of them each second.
        var index = Int(self.seconds % 5)
        while index < self.connections.count {
            if let connection = self.connections[index] { self.checkTime(of: connection) }
            index += 5
        }
        self.retrySignOffs()
        if !self.owedSlots.isEmpty, self.store.isReady { self.takeOwedSlots() }
        self.reportUsage()
    }

    private func checkTime(of connection: Connection) {
        switch connection.phase {
        case .closing:
            // A client that does not read its last lines does not keep the connection.
            if self.seconds - connection.ended >= 5 { connection.channel.close(promise: nil) }
        case .admitting, .registering:
            if self.seconds - connection.opened >= UInt32(clamping: self.limits.registrationTimeout.components.seconds)
            {
                self.close(connection, reason: "Registration timed out")
            }
        case .registered where connection.isStalled || connection.isReadingPaused:
            // Not read from, so it cannot answer: its time begins when it is heard again.
            connection.lastHeard = self.seconds
            connection.pingSent = nil
        case .registered:
            if let sent = connection.pingSent {
                if self.seconds - sent >= UInt32(clamping: self.limits.pingTimeout.components.seconds) {
                    self.close(connection, reason: "Ping timeout: \(self.seconds - connection.lastHeard) seconds")
                }
            } else if self.seconds - connection.lastHeard
                >= UInt32(clamping: self.limits.pingInterval.components.seconds)
            {
                connection.pingSent = self.seconds
                self.touch(connection)
                connection.outbox.withLineWriter {
                    $0.message(command: "PING", parameters: [connection.scope.serverName], forcesTrailing: true)
                }
            }
        }
    }

    /// Hands over what was counted.
    func reportUsage() {
        for scope in self.scopes.values {
            self.environment.usage.report(scope.usage.drain(now: self.uptime), of: scope.id, shard: self.number)
            if scope.hasEnded, scope.connections == 0 {
                if scope.isFollowingOwnLog { self.store.unfollow(scope.ownLog) }
                self.scopes[scope.id] = nil
            }
        }
    }
}
