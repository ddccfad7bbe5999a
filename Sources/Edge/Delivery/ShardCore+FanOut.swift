import Chat
import IRC
import NIOCore
import StateStore

/// Messages to those who are here: the hot path. A line is encoded once for each set of capabilities and copied into the
/// outbox of every member that has it.
extension ShardCore {
    func fanOut(_ message: ChatMessage, _ entry: Entry, to replica: ChannelReplica, in scope: TenantScope) {
        let sender = scope.sessions[message.sender]?.connection
        var deliveries = 0
        for group in replica.groups {
            if message.verb == .tagmsg, !group.capabilities.contains(.messageTags) { continue }
            deliveries += self.withLine(of: message, entry, for: group.capabilities) { bytes in
                if message.minimum.isEmpty {
                    return self.copy(bytes, to: group.connections, except: sender) { _ in true }
                }
                return self.copy(bytes, to: group.connections, except: sender) { connection in
                    connection.session.flatMap { replica.state.members[$0.id] }?.modes.reaches(message.minimum) == true
                }
            }
        }
        if let sender, sender.capabilities.contains(.echoMessage),
            sender.session?.memberships.contains(where: { $0 === replica }) == true
        {
            self.echo(message, entry, to: sender)
        }
        scope.usage.delivered(deliveries)
    }

    @inline(__always)
    private func copy(
        _ bytes: UnsafeRawBufferPointer,
        to connections: ContiguousArray<Connection>,
        except sender: Connection?,
        where isWanted: (Connection) -> Bool
    ) -> Int {
        var deliveries = 0
        connections.withUnsafeBufferPointer { connections in
            for index in connections.indices {
                // The group holds them all: none has to be held once more for each line.
                Unmanaged.passUnretained(connections[index])._withUnsafeGuaranteedRef { connection in
                    guard connection !== sender, isWanted(connection) else { return }
                    self.touch(connection)
                    connection.outbox.writeBytes(bytes)
                    deliveries += 1
                }
            }
        }
        return deliveries
    }

    /// A message in somebody's inbox.
    func deliver(_ message: ChatMessage, _ entry: Entry, to session: Session) {
        let connection = session.connection
        guard connection.isOpen else { return }
        if message.verb == .tagmsg, !connection.capabilities.contains(.messageTags) { return }
        self.touch(connection)
        self.withLine(of: message, entry, for: connection.capabilities) { bytes in
            _ = connection.outbox.writeBytes(bytes)
        }
        connection.scope.usage.delivered(1)
    }

    /// The sender's own copy of a message to a user, whose inbox is not the sender's to follow.
    func echo(_ message: ChatMessage, at stamp: Stamp, to sender: Connection) {
        let entry = Entry(
            position: stamp.position,
            time: stamp.time,
            producer: self.store.producer,
            payload: ByteBuffer()
        )
        self.echo(message, entry, to: sender)
    }

    /// The sender's own copy; part of the answer if the command was labelled.
    func echo(_ message: ChatMessage, _ entry: Entry, to sender: Connection) {
        guard sender.isOpen else { return }
        if message.verb == .tagmsg, !sender.capabilities.contains(.messageTags) { return }
        let line = self.withLine(of: message, entry, for: sender.capabilities) { ByteBuffer(bytes: $0) }
        guard let response = sender.response else { return self.send(line, to: sender) }
        response.append(line)
        // The echo is the whole answer to a message to one channel; sent now, it stands where the log has it.
        if sender.calls.isEmpty, ShardCore.isChannelMessage(entry) { self.finish(response, of: sender) }
    }

    /// An echo that was made from the store's answer carries no payload: it is not from a channel's log.
    private static func isChannelMessage(_ entry: Entry) -> Bool { entry.payload.readableBytes > 0 }

    /// Lends a message's line with the tags that clients of these capabilities get.
    @inline(__always)
    private func withLine<Result>(
        of message: ChatMessage,
        _ entry: Entry,
        for capabilities: Capabilities,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        if capabilities.isDisjoint(with: .tagged) { return message.withLine(body) }
        self.encode(message, entry, for: capabilities)
        return self.scratch.withUnsafeReadableBytes(body)
    }

    /// Puts a message's line with its tags into ``scratch``.
    private func encode(_ message: ChatMessage, _ entry: Entry, for capabilities: Capabilities) {
        self.scratch.clear()
        self.scratch.withLineWriter { writer in
            if capabilities.contains(.serverTime) { writer.tag("time", self.timestamps.text(at: entry.time)) }
            if capabilities.contains(.messageTags) { writer.tag("msgid", entry.messageID) }
            if let account = message.account, capabilities.contains(.accountTag) { writer.tag("account", account) }
            if capabilities.contains(.messageTags) {
                if message.isBot { writer.tag("bot") }
                if !message.clientTags.isEmpty { writer.rawTags(message.clientTags) }
            }
        }
        if self.scratch.readableBytes > 0 { self.scratch.writeInteger(UInt8(ascii: " ")) }
        message.withLine { bytes in _ = self.scratch.writeBytes(bytes) }
    }
}

extension Entry {
    /// The `msgid` tag (IRCv3 message-ids): epochs are unique in a cell and numbers in an epoch.
    var messageID: String {
        String(self.position.epoch, radix: 36) + "-" + String(self.position.sequence, radix: 36)
    }
}
