import NIOCore

/// Between a channel's registration and its fields.
extension ChannelRegistration {
    private enum Name {
        static let founder = "founder"
        static let successor = "successor"
    }

    /// Not among those of ``FieldKey/Section/registration``: while there is one of those the channel stays, and a version that
    /// does not know these takes none of them away.
    private enum Policy {
        static let modeLock = "modelock"
        static let topicLock = "topiclock"
        static let description = "description"
        static let isPrivate = "private"
        static let used = "used"
    }

    /// All fields.
    var updates: [FieldUpdate] {
        [Self.founderUpdate(self)] + (self.successor.map { [Self.successorUpdate($0)] } ?? [])
            + self.levels.map { Self.levelUpdate($0.key, $0.value) }
            + self.autoKicks.map { FieldUpdate(FieldKey(.autoKick, $0.mask), Self.bytes($0.encode(into:))) }
            + self.policyUpdates
    }

    private var policyUpdates: [FieldUpdate] {
        var updates: [FieldUpdate] = []
        func set(_ name: String, _ value: [UInt8]?) {
            if let value { updates.append(FieldUpdate(FieldKey(.policy, name), value)) }
        }
        set(Policy.modeLock, self.modeLock.map { Self.bytes($0.encode(into:)) })
        set(Policy.topicLock, self.isTopicLocked ? [] : nil)
        set(Policy.description, self.description.map { Array($0.utf8) })
        set(Policy.isPrivate, self.isPrivate ? [] : nil)
        set(Policy.used, self.lastUse.map { Array(String($0).utf8) })
        return updates
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
        return FieldUpdate(Self.founderField, Array(buffer.readableBytesView))
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
        var autoKicks: [AutoKick] = []
        var policy: [String: [UInt8]] = [:]
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
            case (.autoKick, _):
                guard let entry = AutoKick(mask: key.name, from: &buffer) else { continue }
                autoKicks.append(entry)
            case (.policy, _): policy[key.name] = value
            default: continue
            }
        }
        guard var founder else { return nil }
        (founder.successor, founder.levels) = (successor, levels)
        founder.autoKicks = autoKicks.inOrder
        founder.modeLock = policy[Policy.modeLock].flatMap { bytes in
            var buffer = ByteBuffer(bytes: bytes)
            return ModeLock(from: &buffer)
        }
        founder.isTopicLocked = policy[Policy.topicLock] != nil
        founder.description = policy[Policy.description].map { String(decoding: $0, as: UTF8.self) }
        founder.isPrivate = policy[Policy.isPrivate] != nil
        founder.lastUse = policy[Policy.used].flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
        self = founder
    }

    /// The field that there is of every registration.
    package static let founderField = FieldKey(.registration, Name.founder)

    /// The fields that say who may know of it, and what it is about, as far as one account is concerned.
    package static func summaryFields(for account: AccountReference?) -> [FieldKey] {
        [
            self.founderField, FieldKey(.policy, Policy.isPrivate),
            FieldKey(.policy, Policy.description),
        ] + (account.map { [FieldKey(.level, $0.folded)] } ?? [])
    }
}

extension [AutoKick] {
    /// In the order in which they were set.
    var inOrder: [AutoKick] { self.sorted { ($0.time, $0.mask) < ($1.time, $1.mask) } }
}
