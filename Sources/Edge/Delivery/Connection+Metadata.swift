import Chat
import IRC
import NIOCore
import Realm

/// How clients are told what users and channels say of themselves by keys (IRCv3 draft/metadata-2 and -3).
extension Connection {
    /// Whether it is told at all.
    var knowsMetadata: Bool { !self.capabilities.isDisjoint(with: .metadata) }

    /// Tells of the keys that the client subscribed to.
    func tell(_ changes: [MetadataChange], of target: String, _ told: Told = .news) {
        guard self.knowsMetadata, !self.subscriptions.isEmpty else { return }
        for change in changes where self.subscriptions.contains(change.key) {
            self.write(told) { self.write(change, of: target, &$0) }
        }
    }

    /// Tells what there is under the keys that the client subscribed to.
    func tell(_ metadata: Metadata, of target: String, _ told: Told = .news) {
        if !metadata.isEmpty, !self.subscriptions.isEmpty { self.tell(metadata.changes, of: target, told) }
    }

    /// A notification: METADATA, or under draft/metadata-3 the numeric that answers GET.
    func write(_ change: MetadataChange, of target: String, _ writer: inout LineWriter) {
        guard !self.capabilities.contains(.metadata3) else { return self.writeNumeric(change, of: target, &writer) }
        writer.message(
            source: self.network.serverName,
            command: "METADATA",
            parameters: [target, change.key, "*"] + (change.value.map { [$0] } ?? []),
            forcesTrailing: change.value != nil
        )
    }

    /// RPL_KEYVALUE, or RPL_KEYNOTSET.
    func writeNumeric(_ change: MetadataChange, of target: String, _ writer: inout LineWriter) {
        let server = self.network.serverName
        guard let value = change.value else {
            return writer.numeric(.rplKeyNotSet, server, self.nick, [target, change.key], in: self.language)
        }
        writer.numeric(
            .rplKeyValue,
            server,
            self.nick,
            [target, change.key, "*"],
            text: .verbatim(value),
            in: self.language
        )
    }

    /// What belongs together about a target, in a batch for those who know it.
    func write(metadataOf target: String, _ lines: ByteBuffer, _ told: Told = .answer) {
        guard self.capabilities.contains(.batch) else { return self.write(lines, told) }
        self.write(batch: ["metadata", target], lines, told)
    }

    /// What the client's own user has, at registration: with what the client set before, which is on its way.
    func tellOwnMetadata(_ session: Session) {
        guard self.knowsMetadata else { return }
        var own = session.user.metadata
        own.apply(self.earlyMetadata.changes)
        var lines = ByteBuffer()
        lines.withLineWriter { writer in
            for change in own.changes { self.write(change, of: self.nick, &writer) }
        }
        self.write(metadataOf: self.nick, lines)
    }
}

extension Happening {
    /// What it says of a channel's or a user's keys.
    var metadata: (changes: [MetadataChange], target: String)? {
        switch self.event {
        case .metadata(let changes, _): (changes, self.channel.name.raw)
        case .changed(_, .metadata(let changes), let author, _): (changes, String(Source(author.prefix).nick))
        default: nil
        }
    }
}
