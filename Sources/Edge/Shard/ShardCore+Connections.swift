import Chat
import IRC
import Logging
import NIOCore
import StateStore
import Tenant

/// What a listener found out about a connection before the first byte of IRC.
struct Arrival: Sendable {
    var channel: any Channel
    var tenant: HostedTenant
    /// The client's address as text, without a port.
    var address: String
    var isSecure: Bool
    /// The socket, if the shard may write to it itself; -1 otherwise.
    var descriptor: CInt
}

/// Connections come, are let in or not, bring bytes, and go.
extension ShardCore {
    func opened(_ arrival: Arrival) -> ConnectionID {
        let scope = self.scope(of: arrival.tenant)
        let index = self.freePlaces.popLast() ?? self.connections.count
        if index == self.connections.count {
            self.connections.append(nil)
            self.generations.append(0)
        }
        self.generations[index] &+= 1
        let connection = Connection(
            id: ConnectionID(index: index, generation: self.generations[index]),
            channel: arrival.channel,
            scope: scope,
            address: arrival.address,
            isSecure: arrival.isSecure,
            descriptor: arrival.descriptor,
            flood: FloodBucket(
                burst: self.limits.floodBurst,
                rate: self.limits.floodRate,
                now: self.nanoseconds
            ),
            now: self.seconds
        )
        self.connections[index] = connection
        self.connectionCount += 1
        scope.connections += 1
        scope.usage.connectionOpened(now: self.uptime)
        self.log(.debug, "connection opened", of: connection, ["secure": "\(arrival.isSecure)"])
        self.admit(connection)
        return connection.id
    }

    /// Nanoseconds of the loop's clock.
    var nanoseconds: UInt64 { NIODeadline.now().uptimeNanoseconds }

    /// Milliseconds of the same clock: time that is billed must not jump when the wall clock is set.
    var uptime: Int64 { Int64(self.nanoseconds / 1_000_000) }

    func received(_ bytes: ByteBuffer, from id: ConnectionID) {
        guard let connection = self[id], connection.isOpen else { return }
        connection.lastHeard = self.seconds
        connection.pingSent = nil
        connection.scope.usage.received(bytes: bytes.readableBytes)
        if connection.inbound.readableBytes == 0 {
            connection.inbound = bytes
        } else {
            connection.inbound.writeImmutableBuffer(bytes)
            if connection.inbound.readableBytes > self.limits.receiveQueueBytes + LineLimits.fromClient.tags {
                return self.close(connection, reason: "RecvQ exceeded")
            }
        }
        self.process(connection)
    }

    /// Handles lines for as long as nothing is in the way: a command under way, the flood control, the store.
    func process(_ connection: Connection) {
        guard !connection.isProcessing else { return }
        connection.isProcessing = true
        defer { connection.isProcessing = false }
        let store = self.store
        while connection.isOpen, connection.inbound.readableBytes > 0 {
            if connection.isBusy { break }
            guard store.isReady else {
                if !connection.isStalled { self.stalled.append(connection.id) }
                connection.isStalled = true
                break
            }
            let delay = connection.flood.isOn ? connection.flood.delay(now: self.nanoseconds) : 0
            if delay > 0 {
                self.wake(connection.id, after: delay)
                break
            }
            guard let frame = connection.framer.next(from: &connection.inbound) else { break }
            self.handle(frame, from: connection)
        }
        self.settleInput(of: connection)
    }

    /// Drops an empty input buffer, and stops or starts reading as fits what is left to handle.
    private func settleInput(of connection: Connection) {
        let left = connection.inbound.readableBytes
        if left == 0 {
            connection.inbound = ByteBuffer()
        } else {
            connection.inbound.discardReadBytes()
        }
        let isHeld = connection.isBusy || connection.isStalled
        let shouldPause = isHeld && left > 0 || left > LineLimits.fromClient.tags + LineLimits.fromClient.body
        guard shouldPause != connection.isReadingPaused, connection.isOpen else { return }
        connection.isReadingPaused = shouldPause
        connection.channel.setOption(.autoRead, value: !shouldPause).whenFailure { _ in }
    }

    private func wake(_ id: ConnectionID, after nanoseconds: UInt64) {
        guard let shard = self.shard, let connection = self[id], !connection.isWakePending else { return }
        connection.isWakePending = true
        self.loop.scheduleTask(in: .nanoseconds(Int64(clamping: nanoseconds))) {
            shard.assumeIsolated { shard in
                guard let connection = shard.core[id] else { return }
                connection.isWakePending = false
                shard.core.process(connection)
            }
        }
    }

    func storeBecameReady() {
        let waiting = self.stalled
        self.stalled = []
        for id in waiting {
            guard let connection = self[id] else { continue }
            connection.isStalled = false
            self.process(connection)
        }
    }

    /// Ends a connection from this side, with a reason that its client and its peers are told.
    func close(_ connection: Connection, reason: String) {
        guard connection.isOpen else { return }
        connection.response = nil
        self.send(to: connection) { writer in
            writer.message(
                command: "ERROR",
                parameters: ["Closing Link: \(connection.address.isEmpty ? "*" : connection.nick) (\(reason))"],
                forcesTrailing: true
            )
        }
        connection.phase = .closing
        connection.closeReason = reason
        self.leave(connection, reason: reason)
        connection.ended = self.seconds
        if !connection.isDirty, connection.unsentBytes == 0 { connection.channel.close(promise: nil) }
    }

    /// The connection is gone.
    func closed(_ id: ConnectionID) {
        guard let connection = self[id] else { return }
        if connection.isOpen {
            connection.phase = .closing
            self.leave(connection, reason: connection.closeReason ?? "Connection closed")
        }
        connection.lostSocket()
        self.connections[id.index] = nil
        self.freePlaces.append(id.index)
        self.connectionCount -= 1
        self.log(
            .debug,
            "connection closed",
            of: connection,
            ["seconds": "\(self.seconds - connection.opened)", "registered": "\(connection.wasRegistered)"]
        )
        connection.scope.connections -= 1
        connection.scope.usage.connectionClosed(now: self.uptime)
        for counter in connection.heldSlots {
            self.giveBack(CounterKey(connection.scope.id, counter))
        }
        connection.heldSlots = []
    }

    /// The connection broke; its peers are told why.
    func failed(_ id: ConnectionID, reason: String) {
        guard let connection = self[id], connection.closeReason == nil else { return }
        connection.closeReason = reason
    }

    private func leave(_ connection: Connection, reason: String) {
        connection.calls = []
        connection.refusedMessages = []
        connection.heldMessage = nil
        connection.onDrained = []
        connection.inbound = ByteBuffer()
        guard let session = connection.session else { return }
        if session.commitsUnderWay == 0 { return self.signOff(session, reason: reason) }
        session.endReason = reason
        for replica in session.memberships { replica.remove(session) }
    }
}
