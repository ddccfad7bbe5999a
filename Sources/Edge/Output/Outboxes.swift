import Glibc
import IRC
import Logging
import NIOCore
import Realm
import StateStore

/// Lines out: into outboxes at once, onto the wire at the end of the loop's turn, each outbox in one write.
final class Outboxes {
    /// It is never gone before what it alone holds.
    unowned(unsafe) let clients: ShardClients
    private var queued: [Connection] = []
    private var isScheduled = false
    private var spares: [ByteBuffer] = []

    init(_ clients: ShardClients) { self.clients = clients }

    /// Makes sure that the connection has an outbox and is flushed at the end of the turn.
    @inline(__always)
    func touch(_ connection: Connection) {
        if connection.writing.isQueued { return }
        self.queue(connection)
    }

    private func queue(_ connection: Connection) {
        connection.writing.isQueued = true
        if connection.writing.outbox.capacity == 0, let spare = self.spares.popLast() {
            connection.writing.outbox = spare
        }
        self.queued.append(connection)
        if self.isScheduled { return }
        self.isScheduled = true
        let outboxes = NIOLoopBound(self, eventLoop: self.clients.loop)
        self.clients.loop.execute { outboxes.value.flush() }
    }

    private func flush() {
        // What other shards' clients said meanwhile goes out with the rest: half as many calls to the kernel.
        self.clients.realm.store.deliverWaiting()
        for realm in self.clients.further.values { realm.store.deliverWaiting() }
        self.isScheduled = false
        let batch = self.queued
        self.queued.removeAll(keepingCapacity: true)
        for connection in batch { self.flush(connection) }
    }

    private func flush(_ connection: Connection) {
        connection.writing.isQueued = false
        // Closed since: its socket's number may be another client's by now.
        guard self.clients.connections[connection.id] === connection else {
            connection.writing.outbox.clear()
            return self.recycle(connection)
        }
        guard connection.writing.outbox.readableBytes > 0 else { return self.recycle(connection) }
        connection.network.usage.sent(bytes: connection.writing.outbox.readableBytes)
        if connection.writing.unsent == 0, connection.descriptor >= 0 { self.writeDirectly(connection) }
        let rest = connection.writing.outbox.readableBytes
        if rest > 0 {
            let waiting = connection.writing.unsent + rest
            if waiting > self.clients.limits.sendQueueBytes, connection.isOpen {
                // What does not fit is lost with the connection: a slow reader slows nobody else.
                connection.writing.outbox.clear()
                self.clients.statistics.slowReaders += 1
                connection.log(.info, "slow reader closed", ["bytes": "\(waiting)"])
                return connection.close("SendQ exceeded")
            }
            // It may be on its way before this returns, and those who waited for that have written more by then.
            self.writeThroughWire(connection)
        } else {
            self.recycle(connection)
        }
        self.settle(connection)
    }

    /// Writes straight to the socket, past the channel's pipeline: nothing is queued there, so nothing is overtaken,
    /// and for a plain connection the pipeline would only copy.
    ///
    /// What the socket does not take goes the usual way.
    private func writeDirectly(_ connection: Connection) {
        let descriptor = connection.descriptor
        let sent = connection.writing.outbox.withUnsafeReadableBytes { bytes in
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
        if sent > 0 { connection.writing.outbox.moveReaderIndex(forwardBy: sent) }
    }

    private func writeThroughWire(_ connection: Connection) {
        let bytes = connection.writing.outbox
        let count = bytes.readableBytes
        connection.writing.outbox = ByteBuffer()
        connection.writing.unsent += count
        connection.wire.write(bytes) {
            connection.writing.unsent -= count
            self.settle(connection)
        }
    }

    /// Ends what was to end once all is sent, and has those go on who waited for that.
    private func settle(_ connection: Connection) {
        if !connection.isOpen {
            if connection.writing.isEmpty { connection.wire.close() }
            return
        }
        for body in connection.writing.takeDrained(below: self.clients.limits.sendQueueBytes / 4) { body() }
    }

    /// Takes the outbox's memory back, so that an idle connection holds none.
    private func recycle(_ connection: Connection) {
        guard connection.writing.outbox.capacity > 0 else { return }
        if self.spares.count < 1024, connection.writing.outbox.capacity <= 64 << 10 {
            connection.writing.outbox.clear()
            self.spares.append(connection.writing.outbox)
        }
        connection.writing.outbox = ByteBuffer()
    }
}
