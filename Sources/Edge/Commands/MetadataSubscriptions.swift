import Chat
import IRC
import NIOCore
import Realm

/// The keys of which a client is told: SUB, UNSUB and SUBS, each client's own.
enum MetadataSubscriptions {
    static func run(_ subcommand: String, _ call: Call) {
        switch subcommand {
        case "SUB": self.add(call)
        case "UNSUB": self.remove(call)
        default: self.list(call)
        }
    }

    private static func add(_ call: Call) {
        let connection = call.connection
        var added: [String] = []
        var isNew = false
        for key in call.parameters.dropFirst(2) {
            guard Metadata.isKey(key) else {
                call.fail(.invalidKey, key.asWord)
                continue
            }
            if connection.subscriptions.count >= Metadata.maximumSubscriptions {
                call.failSubscription(to: key)
                break
            }
            if !connection.subscriptions.contains(key) {
                connection.subscriptions.append(key)
                isNew = true
            }
            added.append(key)
        }
        self.tell(.rplMetadataSubOK, added, call)
        guard isNew, let session = connection.session else { return }
        self.offer(call, session)
    }

    /// What there is of the new keys the client asks for when it likes.
    private static func offer(_ call: Call, _ session: Session) {
        let channels = session.memberships.map(\.state.name.raw)
        if call.connection.capabilities.contains(.metadata3) {
            guard !channels.isEmpty || !call.connection.monitored.isEmpty else { return }
            return call.reply(.rplMetadataSyncLater, MetadataSync.everybody, "0")
        }
        for channel in channels { call.reply(.rplMetadataSyncLater, channel, "0") }
    }

    private static func remove(_ call: Call) {
        var removed: [String] = []
        for key in call.parameters.dropFirst(2) {
            guard Metadata.isKey(key) else {
                call.fail(.invalidKey, key.asWord)
                continue
            }
            call.connection.subscriptions.removeAll { $0 == key }
            removed.append(key)
        }
        self.tell(.rplMetadataUnsubOK, removed, call)
    }

    private static func list(_ call: Call) {
        let connection = call.connection
        guard connection.capabilities.contains(.batch) else {
            return self.tell(.rplMetadataSubs, connection.subscriptions, call)
        }
        var lines = ByteBuffer()
        lines.withLineWriter { writer in
            for keys in self.groups(connection.subscriptions) {
                writer.numeric(.rplMetadataSubs, call.server, connection.nick, keys, in: connection.language)
            }
        }
        connection.write(batch: ["metadata-subs"], lines, .answer)
    }

    private static func tell(_ numeric: Numeric, _ keys: [String], _ call: Call) {
        for group in self.groups(keys) { call.connection.reply(numeric, group) }
    }

    /// A line has no more parameters than a client counts on (RFC 2812 2.3).
    private static func groups(_ keys: [String]) -> [[String]] {
        stride(from: 0, to: keys.count, by: 10).map { Array(keys[$0...].prefix(10)) }
    }
}

/// What is set before registration: the user has it from the first moment.
enum EarlyMetadata {
    static func run(_ subcommand: String, _ call: Call) {
        guard call[0] == "*" else { return call.fail(.forbidden, call[0].asWord, "*") }
        let connection = call.connection
        let early = connection.earlyMetadata
        switch subcommand {
        case "GET": call.show(Array(call.parameters.dropFirst(2)), of: early, "*")
        case "LIST": call.show(early.sorted.map(\.key), of: early, "*")
        case "SYNC": call.reply(.rplMetadataSyncLater, "*", "1")
        default:
            var change: MetadataChange?
            if subcommand == "SET" {
                guard let asked = call.metadataChange else { return }
                change = asked
            }
            do throws(Refusal) {
                let changes = try early.deciding(change, on: "*")
                connection.earlyMetadata.apply(changes)
                call.tell(change, "*", changes)
            } catch { call.failFull("*") }
        }
    }
}
