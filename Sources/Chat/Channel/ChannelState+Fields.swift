package import IRC
import NIOCore

/// Between a channel's state and its fields. Reading back the fields that ``updates(for:)`` wrote gives the state that
/// ``evolve(_:)`` made.
extension ChannelState {
    private enum Setting {
        static let created = "created"
        static let former = "former"
        static let limit = "limit"
        static let key = "key"
        static let modes = "modes"
        static let moved = "moved"
        static let name = "name"
        static let raid = "raid"
        static let topic = "topic"

        static func value(_ mode: ValueMode) -> String { "mode \(mode.rawValue)" }
    }

    /// The fields that a list of channels shows something of, without the members.
    package static let summaryFields = [Setting.name, Setting.created, Setting.modes, Setting.topic].map {
        FieldKey(.setting, $0)
    }

    /// The field of the key that who joins has to know.
    static let keyField = FieldKey(.setting, Setting.key)

    /// A member's field.
    package static func memberField(_ session: SessionID) -> FieldKey { FieldKey(.member, session.text) }

    /// The fields that change with an event, given the state before it.
    ///
    /// A channel's first event also writes what the channel starts with.
    package func updates(for event: ChannelEvent) -> [FieldUpdate] {
        switch event {
        case .joined(let member, let founding):
            var updates = self.members.isEmpty ? self.initialUpdates(founding) : []
            updates.append(Self.memberUpdate(member))
            if self.invited.contains(member.session) { updates.append(Self.invitation(member.session, false)) }
            let identity = self.awaited.isEmpty ? "" : AwaitedRank.identity(of: member.user)
            if self.awaited[identity] != nil { updates.append(Self.noneAwaitedUpdate(identity)) }
            return updates
        case .parted(let session, _, _), .quit(let session, _, _), .kicked(let session, _, _, _):
            let update = Self.memberUpdate(session, nil)
            return self.invited.contains(session) ? [update, Self.invitation(session, false)] : [update]
        case .changed(let session, _, _, _):
            guard self.members.contains(session) else { return [] }
            return [self.after(event, of: [session]).memberUpdate(session)]
        case .invited(let session, _, _):
            let lapsing = self.lapsingInvitation(for: session).map { Self.invitation($0, false) }
            return [Self.invitation(session, true)] + (lapsing.map { [$0] } ?? [])
        case .topic(let topic, _): return [Self.topicUpdate(topic)]
        case .raid(let raid, _, _): return [FieldUpdate(FieldKey(.setting, Setting.raid), raid?.bytes)]
        case .metadata(let changes, _):
            return changes.map { FieldUpdate(FieldKey(.metadata, $0.key), $0.value.map { Array($0.utf8) }) }
        case .modes(let changes, _):
            let ranked = changes.compactMap { if case .rank(_, let session, _, _) = $0 { session } else { nil } }
            return self.after(event, of: ranked).updates(for: changes)
        case .renamed(let name, _, _) where name.folded == self.name.folded: return [Self.nameUpdate(name)]
        case .renamed:
            return self.members.sessions.map { Self.memberUpdate($0, nil) }
                + self.invited.map { Self.invitation($0, false) }
                + self.awaited.keys.map(Self.noneAwaitedUpdate)
        case .registration: return self.after(event, of: []).registrationUpdates(since: self)
        case .awaited(let ranks, let gone): return gone.map(Self.noneAwaitedUpdate) + ranks.map(Self.awaitedUpdate)
        case .message, .redacted, .knocked, .continued, .restored: return []
        }
    }

    /// All fields: what another log is founded with in which the channel goes on.
    var allUpdates: [FieldUpdate] {
        var updates = self.initialUpdates(nil)
        func set(_ name: String, _ value: String?) {
            if let value { updates.append(FieldUpdate(FieldKey(.setting, name), Array(value.utf8))) }
        }
        set(Setting.moved, self.moved.map { String($0) })
        set(Setting.former, self.former.isEmpty ? nil : FormerName.text(self.former))
        set(Setting.key, self.key)
        set(Setting.limit, self.limit.map { String($0) })
        for (mode, value) in self.values { set(Setting.value(mode), value) }
        if let raid = self.raid { updates.append(FieldUpdate(FieldKey(.setting, Setting.raid), raid.bytes)) }
        if let topic = self.topic { updates.append(Self.topicUpdate(topic)) }
        for (list, entries) in self.lists {
            updates += entries.map { FieldUpdate(FieldKey(list.section, $0.mask), $0.encoded) }
        }
        updates += self.access.map { FieldUpdate(FieldKey(.access, $0.key), $0.value) }
        updates += self.properties.map { FieldUpdate(FieldKey(.property, $0.key), Array($0.value.utf8)) }
        updates += self.metadata.values.map { FieldUpdate(FieldKey(.metadata, $0.key), Array($0.value.utf8)) }
        updates += self.invited.map { Self.invitation($0, true) }
        updates += self.registration?.updates ?? []
        updates += self.awaited.values.map(Self.awaitedUpdate)
        return updates + self.members.map { Self.memberUpdate($0) }
    }

    private static func nameUpdate(_ name: ChannelName) -> FieldUpdate {
        FieldUpdate(FieldKey(.setting, Setting.name), Array(name.raw.utf8))
    }

    /// The state after an event, with those members alone whom it is about: all others would have to be copied.
    private func after(_ event: ChannelEvent, of members: [SessionID]) -> ChannelState {
        var state = self
        state.members = self.members.only(members)
        state.evolve(event)
        return state
    }

    private func initialUpdates(_ founding: Founding?) -> [FieldUpdate] {
        let (name, created) = founding.map { ($0.name, $0.created) } ?? (self.name, self.created)
        return [
            Self.nameUpdate(name),
            FieldUpdate(FieldKey(.setting, Setting.created), Array(String(created).utf8)),
            self.modesUpdate,
        ]
    }

    private var modesUpdate: FieldUpdate {
        FieldUpdate(FieldKey(.setting, Setting.modes), Array((self.modes.text + self.laterModes).utf8))
    }

    private func registrationUpdates(since before: ChannelState) -> [FieldUpdate] {
        ChannelRegistration.updates(from: before.registration, to: self.registration)
            + (before.modes == self.modes ? [] : [self.modesUpdate])
            + before.awaited.keys.filter { self.awaited[$0] == nil }.map(Self.noneAwaitedUpdate)
    }

    private func updates(for changes: [ModeChange]) -> [FieldUpdate] {
        var keys: [FieldKey: [UInt8]?] = [:]
        for change in changes {
            switch change {
            case .flag: keys[FieldKey(.setting, Setting.modes)] = Array((self.modes.text + self.laterModes).utf8)
            case .key: keys.updateValue(self.key.map { Array($0.utf8) }, forKey: FieldKey(.setting, Setting.key))
            case .limit:
                keys.updateValue(self.limit.map { Array(String($0).utf8) }, forKey: FieldKey(.setting, Setting.limit))
            case .value(let mode, _):
                let value = self.values[mode].map { Array($0.utf8) }
                keys.updateValue(value, forKey: FieldKey(.setting, Setting.value(mode)))
            case .list(let list, let entry, _):
                let now = self.lists[list]?.first { $0.mask == entry.mask }
                keys.updateValue(now?.encoded, forKey: FieldKey(list.section, entry.mask))
            case .rank(_, let session, _, _):
                guard self.members.contains(session) else { continue }
                let update = self.memberUpdate(session)
                keys.updateValue(update.value, forKey: update.key)
            }
        }
        return keys.map { FieldUpdate($0.key, $0.value) }
    }

    private func memberUpdate(_ session: SessionID) -> FieldUpdate {
        Self.memberUpdate(session, self.members[session])
    }

    private static func memberUpdate(_ session: SessionID, _ member: Member?) -> FieldUpdate {
        FieldUpdate(
            FieldKey(.member, session.text),
            member.map { member in
                var buffer = ByteBuffer()
                member.encode(into: &buffer)
                member.user.metadata.encodeLast(into: &buffer)
                return Array(buffer.readableBytesView)
            }
        )
    }

    /// A member as its field has it.
    package static func memberUpdate(_ member: Member) -> FieldUpdate { Self.memberUpdate(member.session, member) }

    private static func invitation(_ session: SessionID, _ isInvited: Bool) -> FieldUpdate {
        FieldUpdate(FieldKey(.invitation, session.text), isInvited ? [] : nil)
    }

    private static func topicUpdate(_ topic: Topic?) -> FieldUpdate {
        FieldUpdate(
            FieldKey(.setting, Setting.topic),
            topic.map { topic in
                var buffer = ByteBuffer()
                buffer.writeText(topic.text)
                buffer.writeText(topic.setter)
                buffer.writeInteger(topic.time)
                return Array(buffer.readableBytesView)
            }
        )
    }

    /// The state that some fields stand for.
    ///
    /// Fields that cannot be read are passed over.
    ///
    /// - `name`: The name under which the channel was asked for; the stored spelling wins.
    package init(name: ChannelName, fields: some Sequence<(FieldKey, [UInt8])>) {
        var spelled = name
        var settings: [String: [UInt8]] = [:]
        var members = MemberTable()
        var lists: [ListMode: [ListEntry]] = [:]
        var access: [String: [UInt8]] = [:]
        var properties: [String: String] = [:]
        var invited: Set<SessionID> = []
        var metadata = Metadata()
        var ownership: [(FieldKey, [UInt8])] = []
        var awaited: [String: AwaitedRank] = [:]
        for (key, value) in fields {
            switch key.section {
            case .member: members.insert(field: value)
            case .setting: settings[key.name] = value
            case .ban, .exception, .inviteException:
                guard let list = ListMode(key.section), let entry = ListEntry(mask: key.name, encoded: value) else {
                    continue
                }
                lists[list, default: []].append(entry)
            case .access: access[key.name] = value
            case .property: properties[key.name] = String(decoding: value, as: UTF8.self)
            case .invitation: if let session = SessionID(text: key.name) { invited.insert(session) }
            case .metadata:
                guard Metadata.isKey(key.name), value.count <= Metadata.maximumValueBytes else { continue }
                let change = MetadataChange(key.name, String(decoding: value, as: UTF8.self))
                metadata = metadata.applying(change) ?? metadata
            case .registration, .level, .autoKick, .policy:
                if let rank = Self.awaited(key, value) {
                    awaited[rank.identity] = rank
                } else {
                    ownership.append((key, value))
                }
            case .channel: break
            }
        }
        func text(_ name: String) -> String? { settings[name].map { String(decoding: $0, as: UTF8.self) } }
        if let stored = text(Setting.name).flatMap({ ChannelName($0, under: Names.caseMapping) }) { spelled = stored }
        self.init(name: spelled, created: text(Setting.created).flatMap { Int64($0) } ?? 0)
        if let modes = text(Setting.modes) {
            self.modes = ChannelModes(text: modes)
            self.laterModes = modes.filter { ChannelModeTable.row($0) == nil }
        }
        self.moved = text(Setting.moved).flatMap { Int64($0) }
        self.former = text(Setting.former).map(FormerName.read) ?? []
        self.key = text(Setting.key)
        self.limit = text(Setting.limit).flatMap { Int64($0) }.map(Self.limit(nearest:))
        for mode in ValueMode.allCases { self.values[mode] = text(Setting.value(mode)).flatMap(mode.value) }
        self.topic = settings[Setting.topic].flatMap { Topic(encoded: $0) }
        self.raid = settings[Setting.raid].flatMap { ChannelRaid($0) }
        // Fields come in any order; the order of setting is that of the time.
        self.lists = lists.mapValues { $0.sorted { ($0.time, $0.mask) < ($1.time, $1.mask) } }
        self.access = access
        self.properties = properties
        self.invited = invited
        self.metadata = metadata
        self.registration = ChannelRegistration(fields: ownership)
        self.awaited = awaited
        self.members = members
    }
}

extension Topic {
    init?(encoded: [UInt8]) {
        var buffer = ByteBuffer(bytes: encoded)
        guard let text = buffer.readText(), let setter = buffer.readText(),
            let time = buffer.readInteger(as: Int64.self)
        else { return nil }
        self.init(text: text, setter: setter, time: time)
    }
}

extension ListMode {
    init?(_ section: FieldKey.Section) {
        guard let list = Self.allCases.first(where: { $0.section == section }) else { return nil }
        self = list
    }

    var section: FieldKey.Section {
        switch self {
        case .ban: .ban
        case .exception: .exception
        case .inviteException: .inviteException
        }
    }
}

extension ListEntry {
    var encoded: [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeText(self.setter)
        buffer.writeInteger(self.time)
        // Behind all that older readers know.
        if let until { buffer.writeInteger(until) }
        return Array(buffer.readableBytesView)
    }

    init?(mask: String, encoded: [UInt8]) {
        var buffer = ByteBuffer(bytes: encoded)
        guard let setter = buffer.readText(), let time = buffer.readInteger(as: Int64.self) else { return nil }
        self.init(mask: mask, setter: setter, time: time, until: buffer.readInteger(as: Int64.self))
    }
}
