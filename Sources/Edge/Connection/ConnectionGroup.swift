import Chat
import IRC
import NIOCore
import Realm
import StateStore

/// Members of a channel whose clients understand the same: each gets the same bytes.
final class ConnectionGroup: AttachmentGroup {
    private let capabilities: Capabilities
    private let ranks: VisibleRanks
    private let encoder: LineEncoder
    private let outboxes: Outboxes
    private var connections: ContiguousArray<Connection> = []

    init(_ capabilities: Capabilities, seeing ranks: VisibleRanks, encoder: LineEncoder, outboxes: Outboxes) {
        self.capabilities = capabilities
        self.ranks = ranks
        self.encoder = encoder
        self.outboxes = outboxes
    }

    var isEmpty: Bool { self.connections.isEmpty }

    func accepts(_ attachment: any Attachment) -> Bool {
        guard let connection = attachment as? Connection else { return false }
        return connection.capabilities == self.capabilities && connection.ranks == self.ranks
    }

    func insert(_ attachment: any Attachment) {
        if let connection = attachment as? Connection { self.connections.append(connection) }
    }

    var attachments: [any Attachment] { Array(self.connections) }

    func remove(_ attachment: any Attachment) -> Bool {
        guard let place = self.connections.firstIndex(where: { $0 === attachment }) else { return false }
        self.connections.swapAt(place, self.connections.count - 1)
        self.connections.removeLast()
        return true
    }

    func pass(
        _ message: ChatMessage,
        _ entry: Entry,
        in channel: ChannelState,
        except sender: (any Attachment)?
    ) -> Int {
        if message.verb == .tagmsg, !self.capabilities.contains(.messageTags) { return 0 }
        return self.encoder.withLine(of: message, at: entry.time, id: entry.position, for: self.capabilities) { bytes in
            if message.minimum.isEmpty { return self.copy(bytes, except: sender) { _ in true } }
            return self.copy(bytes, except: sender) { connection in
                connection.session.flatMap { channel.members.modes(of: $0.id) }?.reaches(message.minimum) == true
            }
        }
    }

    @inline(__always)
    private func copy(
        _ bytes: UnsafeRawBufferPointer,
        except sender: (any Attachment)?,
        where isWanted: (Connection) -> Bool
    ) -> Int {
        var deliveries = 0
        let outboxes = self.outboxes
        self.connections.withUnsafeBufferPointer { connections in
            for index in connections.indices {
                // The group holds them all: none has to be held once more for each line.
                Unmanaged.passUnretained(connections[index])._withUnsafeGuaranteedRef { connection in
                    guard connection !== sender, isWanted(connection) else { return }
                    outboxes.touch(connection)
                    connection.writing.outbox.writeBytes(bytes)
                    deliveries += 1
                }
            }
        }
        return deliveries
    }

    func tell(_ happening: Happening, isTold: ((any Attachment) -> Bool)?) {
        if let (changes, target) = happening.metadata {
            guard self.knowsMetadata else { return }
            return self.tell(changes, of: target, but: happening.cause, isTold)
        }
        if case .invited = happening.event, !self.capabilities.contains(.inviteNotify) { return }
        var lines = ByteBuffer()
        lines.withLineWriter { self.encoder.write(happening, for: self.capabilities, seeing: self.ranks, &$0) }
        guard lines.readableBytes > 0 else { return }
        let (outboxes, cause) = (self.outboxes, happening.cause)
        self.connections.withUnsafeBufferPointer { connections in
            lines.withUnsafeReadableBytes { bytes in
                for index in connections.indices {
                    // As in ``copy(_:except:where:)``.
                    Unmanaged.passUnretained(connections[index])._withUnsafeGuaranteedRef { connection in
                        guard connection.isOpen, isTold?(connection) != false else { return }
                        // What a client's own command did is part of the answer to it.
                        if cause === connection { return connection.write(lines, .answer) }
                        outboxes.touch(connection)
                        connection.writing.outbox.writeBytes(bytes)
                    }
                }
            }
        }
        if self.knowsMetadata, case .joined(let member, _) = happening.event, happening.returning == nil,
            !member.user.metadata.isEmpty
        {
            self.tell(member.user.metadata.changes, of: member.user.nick.raw, but: nil) { attachment in
                attachment.session?.id != member.session && isTold?(attachment) != false
            }
        }
    }

    private var knowsMetadata: Bool { !self.capabilities.isDisjoint(with: .metadata) }

    /// Each client is told of the keys that it asked for.
    private func tell(
        _ changes: [MetadataChange],
        of target: String,
        but cause: (any Attachment)?,
        _ isTold: ((any Attachment) -> Bool)?
    ) {
        for connection in self.connections where isTold?(connection) != false && connection !== cause {
            connection.tell(changes, of: target)
        }
    }

    func hold(_ pace: Pace) { for connection in self.connections { connection.hold(pace) } }

    func tellOfGap(in channel: ChannelState) {
        let text: Phrase = "Some of \(channel.name.raw) may be missing: the chat store was away for too long"
        for connection in self.connections { connection.notice(text) }
    }
}
