import NIOCore

/// Between a channel's registration and its fields.
extension ChannelRegistration {
    private enum Name {
        static let founder = "founder"
        static let successor = "successor"
    }

    /// All fields.
    var updates: [FieldUpdate] {
        [Self.founderUpdate(self)] + (self.successor.map { [Self.successorUpdate($0)] } ?? [])
            + self.levels.map { Self.levelUpdate($0.key, $0.value) }
    }

    /// The fields that make one of another.
    static func updates(from before: ChannelRegistration?, to after: ChannelRegistration?) -> [FieldUpdate] {
        let (old, new) = (before?.updates ?? [], after?.updates ?? [])
        let (kept, known) = (Set(new.map(\.key)), Set(old))
        return old.filter { !kept.contains($0.key) }.map { FieldUpdate($0.key, nil) }
            + new.filter { !known.contains($0) }
    }

    private static func founderUpdate(_ registration: ChannelRegistration) -> FieldUpdate {
        var buffer = ByteBuffer()
        registration.founder.encode(into: &buffer)
        buffer.writeInteger(registration.since)
        return FieldUpdate(FieldKey(.registration, Name.founder), Array(buffer.readableBytesView))
    }

    private static func successorUpdate(_ account: AccountReference) -> FieldUpdate {
        FieldUpdate(FieldKey(.registration, Name.successor), Self.bytes(account.encode(into:)))
    }

    private static func levelUpdate(_ folded: String, _ level: ChannelLevel) -> FieldUpdate {
        FieldUpdate(FieldKey(.level, folded), Self.bytes(level.encode(into:)))
    }

    private static func bytes(_ encode: (inout ByteBuffer) -> Void) -> [UInt8] {
        var buffer = ByteBuffer()
        encode(&buffer)
        return Array(buffer.readableBytesView)
    }

    /// The registration that some fields of its sections stand for.
    ///
    /// - Returns: nil if there is no founder among them.
    init?(fields: [(FieldKey, [UInt8])]) {
        var founder: ChannelRegistration?
        var successor: AccountReference?
        var levels: [String: ChannelLevel] = [:]
        for (key, value) in fields {
            var buffer = ByteBuffer(bytes: value)
            switch (key.section, key.name) {
            case (.registration, Name.founder):
                guard let account = AccountReference(from: &buffer), let since = buffer.readInteger(as: Int64.self)
                else { continue }
                founder = ChannelRegistration(founder: account, since: since)
            case (.registration, Name.successor): successor = AccountReference(from: &buffer)
            case (.level, _):
                guard let level = ChannelLevel(from: &buffer), level.account.folded == key.name else { continue }
                levels[key.name] = level
            default: continue
            }
        }
        guard var founder else { return nil }
        (founder.successor, founder.levels) = (successor, levels)
        self = founder
    }
}
