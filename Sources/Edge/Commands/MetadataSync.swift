import Chat
import IRC
import NIOCore
import Realm

/// METADATA SYNC: what there is under the keys that a client subscribed to.
enum MetadataSync {
    /// All that the client is told of (draft/metadata-3).
    static let everybody = "*ALL"
    /// With so many members a channel is synced when the client asks for it, not when it comes in.
    private static let mostAtOnce = 100

    static func run(_ call: Call, _ actor: Actor) {
        if call[0].uppercased() == Self.everybody { return self.syncAll(call, actor) }
        call.withMetadata(actor) { found in
            let sync = Sync(call, found.name)
            sync.add(found.metadata, of: found.name)
            guard let channel = found.channel else { return sync.flush() }
            self.add(channel, to: sync, call) { sync.flush() }
        }
    }

    /// Somebody has come into a channel by its client's own command.
    static func entered(_ channel: ChannelView, _ call: Call) {
        let connection = call.connection
        guard connection.knowsMetadata, !connection.subscriptions.isEmpty else { return }
        if channel.state.members.count > Self.mostAtOnce {
            return call.reply(.rplMetadataSyncLater, channel.name, "1")
        }
        let sync = Sync(call, channel.name)
        sync.add(channel.state.metadata, of: channel.name)
        for member in channel.members { sync.add(member) }
        if !sync.isEmpty { sync.flush() }
    }

    /// Members in turns, in as many batches as that takes.
    private static func add(_ channel: ChannelView, to sync: Sync, _ call: Call, _ then: @escaping () -> Void) {
        call.answer(
            channel.members,
            { sync.add($0) },
            pause: { if !sync.isEmpty { sync.flush() } },
            done: then
        )
    }

    private static func syncAll(_ call: Call, _ actor: Actor) {
        let sync = Sync(call, Self.everybody)
        let own = actor.session.user
        sync.add(own.metadata, of: own.nick.raw)
        sync.told.insert(actor.session.id)
        self.add(actor.session.memberships.map(\.state.name)[...], to: sync, call, actor) {
            let watched = call.connection.monitored.values.compactMap { Nickname($0, under: Names.caseMapping) }
            call.network.sessions.find(
                watched,
                call.awaiting { found in
                    for user in found.compactMap({ $0 }) where sync.told.insert(user.record.session).inserted {
                        sync.add(user.user.metadata, of: user.nick)
                    }
                    sync.flush()
                }
            )
        }
    }

    private static func add(
        _ channels: ArraySlice<ChannelName>,
        to sync: Sync,
        _ call: Call,
        _ actor: Actor,
        _ then: @escaping () -> Void
    ) {
        guard let name = channels.first else { return then() }
        call.network.channel(
            name,
            for: actor,
            call.awaitingAny { result in
                let goOn = { self.add(channels.dropFirst(), to: sync, call, actor, then) }
                // It may have left meanwhile.
                guard case .success(let channel) = result, channel.isMember else { return goOn() }
                sync.add(channel.state.metadata, of: channel.name)
                self.add(channel, to: sync, call, goOn)
            }
        )
    }
}

/// An answer in the making.
private final class Sync {
    private let connection: Connection
    private let target: String
    private var lines = ByteBuffer()
    /// Who is in it already.
    var told: Set<SessionID> = []

    init(_ call: Call, _ target: String) {
        self.connection = call.connection
        self.target = target
    }

    var isEmpty: Bool { self.lines.readableBytes == 0 }

    func add(_ member: Member) {
        if member.user.metadata.isEmpty || !self.told.insert(member.session).inserted { return }
        self.add(member.user.metadata, of: member.user.nick.raw)
    }

    func add(_ metadata: Metadata, of target: String) {
        let connection = self.connection
        self.lines.withLineWriter { writer in
            for change in metadata.changes where connection.subscriptions.contains(change.key) {
                connection.write(change, of: target, &writer)
            }
        }
    }

    /// Sends what there is.
    func flush() {
        self.connection.write(metadataOf: self.target, self.lines)
        self.lines = ByteBuffer()
    }
}
