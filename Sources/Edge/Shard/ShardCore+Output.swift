import Glibc
import IRC
import Logging
import NIOCore

/// Lines out: into outboxes at once, onto the wire at the end of the loop's turn.
extension ShardCore {
    /// Writes lines to a connection; they belong to the answer to its labelled command, if one is under way.
    func send(to connection: Connection, _ write: (inout LineWriter) -> Void) {
        guard connection.isOpen else { return }
        if let response = connection.response {
            var line = ByteBuffer()
            line.withLineWriter(write)
            for single in line.splitLines() { response.append(single) }
            self.sendReady(response, to: connection)
        } else {
            self.touch(connection)
            connection.outbox.withLineWriter(write)
        }
    }

    /// Sends what is certain of a long labelled answer, so that it is not kept whole.
    private func sendReady(_ response: LabeledResponse, to connection: Connection) {
        guard response.isLong else { return }
        let reference = self.nextBatchReference()
        self.send(response.ready(server: connection.scope.serverName, reference: reference), to: connection)
    }

    /// A name for a batch, used once on this shard.
    func nextBatchReference() -> String {
        self.batchReferences &+= 1
        return String(self.batchReferences, radix: 36)
    }

    /// Goes on with a long answer when less than half of the connection's send queue is taken: whoever reads gets all of
    /// it, however long, and nobody is closed for what it asked for.
    func whenDrained(_ connection: Connection, _ body: @escaping () -> Void) {
        if connection.waitingBytes < self.limits.sendQueueBytes / 2 { return body() }
        connection.onDrained.append(body)
    }

    private func resumeDrained(_ connection: Connection) {
        guard !connection.onDrained.isEmpty, connection.waitingBytes < self.limits.sendQueueBytes / 4 else { return }
        let waiting = connection.onDrained
        connection.onDrained = []
        for body in waiting { body() }
    }

    /// Writes what a client is told without having asked; never part of the answer to a labelled command under way.
    func notify(_ connection: Connection, _ write: (inout LineWriter) -> Void) {
        var line = ByteBuffer()
        line.withLineWriter(write)
        self.send(line, to: connection)
    }

    /// A numeric that is no answer.
    func notify(_ connection: Connection, _ numeric: Numeric, _ text: String) {
        self.notify(connection) { writer in
            writer.source(connection.scope.serverName)
            writer.command(numeric)
            writer.parameter(connection.nick)
            writer.trailing(text)
            writer.end()
        }
    }

    /// Writes finished lines to a connection as they are.
    func send(_ lines: ByteBuffer, to connection: Connection) {
        guard connection.isOpen, lines.readableBytes > 0 else { return }
        self.touch(connection)
        connection.outbox.writeImmutableBuffer(lines)
    }

    /// Makes sure that the connection has an outbox and is flushed at the end of the turn.
    @inline(__always)
    func touch(_ connection: Connection) {
        if connection.isDirty { return }
        connection.isDirty = true
        if connection.outbox.capacity == 0, let spare = self.spareOutboxes.popLast() { connection.outbox = spare }
        self.dirty.append(connection)
        if !self.isFlushScheduled { self.scheduleFlush() }
    }

    private func scheduleFlush() {
        self.isFlushScheduled = true
        guard let shard = self.shard else { return }
        self.loop.execute { shard.assumeIsolated { $0.core.flush() } }
    }

    func flush() {
        self.isFlushScheduled = false
        let batch = self.dirty
        self.dirty.removeAll(keepingCapacity: true)
        for connection in batch { self.flush(connection) }
    }

    private func flush(_ connection: Connection) {
        connection.isDirty = false
        // Closed since: its socket's number may be another client's by now.
        guard self[connection.id] === connection else {
            connection.outbox.clear()
            return self.recycle(connection)
        }
        guard connection.outbox.readableBytes > 0 else { return self.recycle(connection) }
        connection.scope.usage.sent(bytes: connection.outbox.readableBytes)
        if connection.unsentBytes == 0, connection.descriptor >= 0 { self.writeDirectly(connection) }
        let rest = connection.outbox.readableBytes
        if rest > 0 {
            let limit = self.limits.sendQueueBytes
            if connection.unsentBytes + rest > limit, connection.isOpen {
                // What does not fit is lost with the connection: a slow reader slows nobody else.
                connection.outbox.clear()
                self.statistics.slowReaders += 1
                self.log(.info, "slow reader closed", of: connection, ["bytes": "\(connection.unsentBytes + rest)"])
                self.close(connection, reason: "SendQ exceeded")
                return
            }
            self.writeThroughChannel(connection)
        }
        self.recycle(connection)
        if connection.phase == .closing, connection.unsentBytes == 0 { connection.channel.close(promise: nil) }
        self.resumeDrained(connection)
    }

    /// Writes straight to the socket, past the channel's pipeline: nothing is queued there, so nothing is overtaken,
    /// and for a plain connection the pipeline would only copy.
    ///
    /// What the socket does not take goes the usual way.
    private func writeDirectly(_ connection: Connection) {
        let descriptor = connection.descriptor
        let sent = connection.outbox.withUnsafeReadableBytes { bytes in
            Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
        }
        if sent > 0 { connection.outbox.moveReaderIndex(forwardBy: sent) }
    }

    private func writeThroughChannel(_ connection: Connection) {
        let bytes = connection.outbox
        let count = bytes.readableBytes
        connection.outbox = ByteBuffer()
        connection.unsentBytes += count
        let id = connection.id
        guard let shard = self.shard else { return }
        connection.channel.writeAndFlush(bytes).whenComplete { _ in
            shard.assumeIsolated { $0.core.wrote(count, to: id) }
        }
    }

    private func wrote(_ count: Int, to id: ConnectionID) {
        guard let connection = self[id] else { return }
        connection.unsentBytes -= count
        if connection.phase == .closing, connection.unsentBytes == 0, connection.outbox.readableBytes == 0 {
            connection.channel.close(promise: nil)
        }
        self.resumeDrained(connection)
    }

    /// Takes the outbox's memory back, so that an idle connection holds none.
    private func recycle(_ connection: Connection) {
        guard connection.outbox.capacity > 0 else { return }
        if self.spareOutboxes.count < 1024, connection.outbox.capacity <= 64 << 10 {
            connection.outbox.clear()
            self.spareOutboxes.append(connection.outbox)
        }
        connection.outbox = ByteBuffer()
    }

    /// A numeric to a client; its usual text comes last unless another is given.
    func reply(_ connection: Connection, _ numeric: Numeric, _ parameters: [String] = [], text: String? = nil) {
        self.send(to: connection) { writer in
            writer.source(connection.scope.serverName)
            writer.command(numeric)
            writer.parameter(connection.nick)
            for parameter in parameters { writer.parameter(parameter) }
            if let text = text ?? numeric.text { writer.trailing(text) }
            writer.end()
        }
    }

    /// FAIL, WARN or NOTE for clients that know them; a NOTICE with the same words for others.
    func standardReply(
        _ connection: Connection,
        _ kind: StandardReply,
        command: String,
        code: String,
        context: [String] = [],
        _ text: String
    ) {
        self.send(to: connection) { writer in
            if connection.capabilities.contains(.standardReplies) {
                writer.standardReply(
                    kind,
                    source: connection.scope.serverName,
                    command: command,
                    code: code,
                    context: context,
                    description: text
                )
            } else {
                writer.source(connection.scope.serverName)
                writer.command("NOTICE")
                writer.parameter(connection.nick)
                writer.trailing(([command] + context).joined(separator: " ") + ": " + text)
                writer.end()
            }
        }
    }
}

extension ByteBuffer {
    /// The lines in the buffer, each with its CR LF.
    func splitLines() -> [ByteBuffer] {
        var lines: [ByteBuffer] = []
        var rest = self
        while let end = rest.readableBytesView.firstIndex(of: UInt8(ascii: "\n")),
            let line = rest.readSlice(length: end - rest.readerIndex + 1)
        { lines.append(line) }
        return lines
    }
}
