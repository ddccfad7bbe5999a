import Chat
import IRC
import NIOCore
import Realm

/// METADATA: what users and channels say of themselves by keys (IRCv3 draft/metadata-2; draft/metadata-3 has other codes
/// for what goes wrong, and numerics for what is told).
enum MetadataCommand {
    static let name = "METADATA"
    static let rows: [CommandRow] = [
        CommandRow(
            Self.name,
            parameters: 2,
            of: .metadata,
            help: [
                "METADATA <nick, channel or *> GET <key> … | LIST | SET <key> [:<value>] | CLEAR | SYNC",
                "What people and channels say of themselves.",
                "METADATA * SUB <key> … | UNSUB <key> … | SUBS",
                "The keys of which your client is told.",
            ],
            .always { Self.run($0) }
        )
    ]

    /// What the capabilities say.
    static let capabilityValue =
        "before-connect,max-subs=\(Metadata.maximumSubscriptions),max-keys=\(Metadata.maximumKeys)"
        + ",max-value-bytes=\(Metadata.maximumValueBytes),max-key-bytes=\(Metadata.maximumKeyBytes)"

    private static func run(_ call: Call) {
        let session = call.connection.session
        if session == nil, !call.connection.knowsMetadata { return call.reply(.errNotRegistered) }
        let subcommand = call[1].uppercased()
        if call.count < 3, ["GET", "SET", "SUB", "UNSUB"].contains(subcommand) {
            return call.reply(.errNeedMoreParams, Self.name)
        }
        switch subcommand {
        case "SUB", "UNSUB", "SUBS":
            let isOwn = call[0] == "*" || Names.caseMapping.fold(call[0]) == session?.user.nick.folded
            guard isOwn else { return call.fail(.invalidTarget, call[0].asWord) }
            MetadataSubscriptions.run(subcommand, call)
        case "GET", "LIST", "SET", "CLEAR", "SYNC":
            guard let session else { return EarlyMetadata.run(subcommand, call) }
            let actor = Actor(session, through: call.connection)
            switch subcommand {
            case "SET": self.set(call, actor)
            case "CLEAR": self.change(nil, call, actor)
            case "SYNC": MetadataSync.run(call, actor)
            default: self.show(subcommand, call, actor)
            }
        default: call.fail(.invalidSubcommand, call[1].asWord)
        }
    }

    // MARK: Reading

    private static func show(_ subcommand: String, _ call: Call, _ actor: Actor) {
        call.withMetadata(actor) { found in
            let keys = subcommand == "LIST" ? found.metadata.sorted.map(\.key) : Array(call.parameters.dropFirst(2))
            call.show(keys, of: found.metadata, found.name)
        }
    }

    // MARK: Changing

    private static func set(_ call: Call, _ actor: Actor) {
        guard let change = call.metadataChange else { return }
        self.change(change, call, actor)
    }

    /// - `change`: nil for CLEAR.
    private static func change(_ change: MetadataChange?, _ call: Call, _ actor: Actor) {
        let own = actor.session.user.nick
        if call[0] == "*" || Names.caseMapping.fold(call[0]) == own.folded {
            return call.network.setMetadata(change, by: actor, self.changed(change, own.raw, call))
        }
        if let name = ChannelName(call[0], under: Names.caseMapping) {
            return call.network.setMetadata(change, of: name, by: actor, self.changed(change, name.raw, call))
        }
        call.find(call[0]) { user in
            guard let user else { return call.fail(.invalidTarget, call[0].asWord) }
            call.network.setMetadata(change, of: user, by: actor, self.changed(change, user.nick, call))
        }
    }

    private static func changed(
        _ change: MetadataChange?,
        _ target: String,
        _ call: Call
    ) -> (Result<[MetadataChange], Refusal>) -> Void {
        call.awaitingAny { result in
            switch result {
            case .success(let changes): call.tell(change, target, changes)
            case .failure(let refusal):
                switch refusal.reason {
                case .noSuchChannel, .noSuchNick: call.fail(.invalidTarget, target)
                case .hostNeeded, .notOnChannel, .rightNeeded: call.fail(.forbidden, target, change?.key ?? "*")
                case .metadataIsFull: call.failFull(target)
                default: call.refuse(refusal)
                }
            }
        }
    }
}

/// What was found of somebody or a channel.
struct FoundMetadata {
    let name: String
    let metadata: Metadata
    /// Nil for a user.
    let channel: ChannelView?
}

extension Call {
    /// Goes on with what the first parameter names, or says why that cannot be seen.
    func withMetadata(_ actor: Actor, _ then: @escaping (FoundMetadata) -> Void) {
        let text = self[0]
        func found(_ user: User) { then(FoundMetadata(name: user.nick.raw, metadata: user.metadata, channel: nil)) }
        if text == "*" { return found(actor.session.user) }
        if let name = ChannelName(text, under: Names.caseMapping) {
            return self.network.channel(
                name,
                for: actor,
                self.awaitingAny { result in
                    switch result {
                    case .success(let channel) where !channel.isVisible: self.fail(.invalidTarget, name.raw)
                    case .success(let channel) where !channel.showsMetadata: self.fail(.forbidden, name.raw, "*")
                    case .success(let channel):
                        let metadata = channel.state.metadata
                        then(FoundMetadata(name: channel.name, metadata: metadata, channel: channel))
                    case .failure(let refusal) where refusal.reason == .noSuchChannel:
                        self.fail(.invalidTarget, name.raw)
                    case .failure(let refusal): self.refuse(refusal)
                    }
                }
            )
        }
        self.find(text) { user in
            guard let user else { return self.fail(.invalidTarget, text.asWord) }
            found(user.user)
        }
    }

    /// What SET asks for, or the answer that it cannot be.
    var metadataChange: MetadataChange? {
        let key = self[2]
        guard Metadata.isKey(key) else {
            self.fail(.invalidKey, key.asWord)
            return nil
        }
        let value = self.count > 3 ? self[3] : nil
        guard value.map(Metadata.isValue) ?? true else {
            self.failValue(of: key)
            return nil
        }
        return MetadataChange(key, value)
    }

    /// The answer to a change.
    ///
    /// - `change`: nil for CLEAR.
    func tell(_ change: MetadataChange?, _ target: String, _ changes: [MetadataChange]) {
        guard let change else {
            var lines = ByteBuffer()
            lines.withLineWriter { for change in changes { self.connection.writeNumeric(change, of: target, &$0) } }
            return self.connection.write(metadataOf: target, lines)
        }
        // What was not there draft/metadata-3 takes for removed.
        if change.value == nil, changes.isEmpty, !self.connection.capabilities.contains(.metadata3) {
            return self.fail(.keyNotSet, target, change.key)
        }
        self.send { self.connection.writeNumeric(change, of: target, &$0) }
    }

    /// The answer to GET and LIST.
    func show(_ keys: [String], of metadata: Metadata, _ target: String) {
        var lines = ByteBuffer()
        lines.withLineWriter { writer in
            for key in keys {
                if Metadata.isKey(key) {
                    self.connection.writeNumeric(MetadataChange(key, metadata[key]), of: target, &writer)
                } else {
                    let fault = MetadataFault.invalidKey
                    writer.standardReply(
                        .fail,
                        source: self.server,
                        command: self.row.name,
                        code: fault.code(for: self.connection),
                        context: [key.asWord],
                        description: fault.text.text(in: self.connection.language)
                    )
                }
            }
        }
        self.connection.write(metadataOf: target, lines)
    }
}
