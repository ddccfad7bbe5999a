// The projection's JSON. Operator and edges are upgraded one after the other, so it is read leniently: unknown keys are
// passed over, absent ones and such of another type take their defaults. A word that this version does not know means the
// choice that lets nobody do more than was meant: an unknown state is a suspension, an unknown registration is closed.
// A quota or a time of keeping has no such choice, since none is unlimited and a short one deletes: one that is there and
// cannot be used makes the whole unreadable, so that the tenant stays as it was.

package import FoundationEssentials

extension ProjectedTenant: Codable {
    /// Reads a tenant from its JSON.
    ///
    /// - Throws: `DecodingError` if it is no JSON, has no usable name or hostname, or a limit that cannot be used.
    package init(json: some DataProtocol) throws {
        self = try JSONDecoder().decode(ProjectedTenant.self, from: Data(json))
    }

    /// The tenant as JSON: the same bytes for the same tenant.
    ///
    /// - Throws: `EncodingError`, which no tenant leads to.
    package func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }

    package init(from decoder: any Decoder) throws {
        let object = try Object(decoder)
        let name: String = try object.required("id")
        guard let id = TenantID(name) else { throw object.mistake("id", "is no tenant's name") }
        let hostnames: [String] = try object.required("hostnames")
        guard !hostnames.isEmpty else { throw object.mistake("hostnames", "is empty") }
        self.init(
            HostedTenant(
                id: id,
                displayName: object.value("displayName"),
                hostnames: hostnames,
                state: object.choice("state", unknown: .suspended) ?? .active,
                quotas: try Quotas(object.whole("quotas")),
                motd: object.value("motd") ?? [],
                adminNames: object.value("admins") ?? [],
                accounts: AccountSettings(object.object("accounts")),
                sessions: SessionSettings(object.object("sessions")),
                history: try HistorySettings(object.object("history")),
                archive: try ArchiveSettings(object.object("archive")),
                features: object.choices("features").map { Set($0) } ?? Set(Feature.allCases),
                ircx: IRCXSettings(object.object("ircx")),
                planName: object.value("planName") ?? "default",
                namespace: object.value("namespace") ?? "default"
            ),
            uid: object.value("uid") ?? "",
            generation: object.value("generation") ?? 0
        )
    }

    package func encode(to encoder: any Encoder) throws {
        let tenant = self.hosted
        var object = encoder.container(keyedBy: Key.self)
        try object.encode(tenant.id.text, forKey: "id")
        try object.encode(tenant.displayName, forKey: "displayName")
        try object.encode(tenant.hostnames, forKey: "hostnames")
        try object.encode(tenant.state.rawValue, forKey: "state")
        try object.encode(tenant.motd, forKey: "motd")
        try object.encode(tenant.features.map(\.rawValue).sorted(), forKey: "features")
        try object.encode(tenant.planName, forKey: "planName")
        try object.encode(tenant.namespace, forKey: "namespace")
        try object.encode(self.admins, forKey: "admins")
        try object.encode(self.uid, forKey: "uid")
        try object.encode(self.generation, forKey: "generation")
        var quotas = object.nestedContainer(keyedBy: Key.self, forKey: "quotas")
        for name in QuotaName.allCases where tenant.quotas[name] != .unlimited {
            var quota = quotas.nestedContainer(keyedBy: Key.self, forKey: Key(name.rawValue))
            try quota.encodeIfPresent(tenant.quotas[name].limit, forKey: "limit")
            try quota.encode(tenant.quotas[name].mode.rawValue, forKey: "mode")
            try quota.encode(tenant.quotas[name].warnAt, forKey: "warnAt")
        }
        var accounts = object.nestedContainer(keyedBy: Key.self, forKey: "accounts")
        try accounts.encode(tenant.accounts.registration.rawValue, forKey: "registration")
        try accounts.encode(tenant.accounts.required, forKey: "required")
        try accounts.encode(tenant.accounts.saslMechanisms.map(\.rawValue), forKey: "sasl")
        var sessions = object.nestedContainer(keyedBy: Key.self, forKey: "sessions")
        try sessions.encode(GoDuration.text(tenant.sessions.resumeGrace), forKey: "resumeGrace")
        try sessions.encode(tenant.sessions.multipleClients, forKey: "multipleClients")
        var history = object.nestedContainer(keyedBy: Key.self, forKey: "history")
        try history.encode(tenant.history.enabled, forKey: "enabled")
        try history.encode(GoDuration.text(tenant.history.retention), forKey: "retention")
        try history.encode(tenant.history.directMessages, forKey: "directMessages")
        var archive = object.nestedContainer(keyedBy: Key.self, forKey: "archive")
        try archive.encode(tenant.archive.enabled, forKey: "enabled")
        try archive.encode(tenant.archive.schedule, forKey: "schedule")
        try archive.encode(GoDuration.text(tenant.archive.retention), forKey: "retention")
        var ircx = object.nestedContainer(keyedBy: Key.self, forKey: "ircx")
        try ircx.encode(tenant.ircx.dialect.rawValue, forKey: "dialect")
        try ircx.encode(tenant.ircx.ownerPrefix, forKey: "ownerPrefix")
    }
}

/// A key of an object, as it is written.
private struct Key: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { self.stringValue = name }
    init(stringLiteral name: String) { self.stringValue = name }
    init(stringValue name: String) { self.stringValue = name }
    init?(intValue: Int) { nil }
}

/// An object of which everything may be missing or of another type.
private struct Object {
    private let container: KeyedDecodingContainer<Key>?
    private let path: [any CodingKey]

    init(_ decoder: any Decoder) throws {
        self.container = try decoder.container(keyedBy: Key.self)
        self.path = decoder.codingPath
    }

    private init(_ container: KeyedDecodingContainer<Key>?) {
        self.container = container
        self.path = container?.codingPath ?? []
    }

    func object(_ key: Key) -> Object { Object(try? self.container?.nestedContainer(keyedBy: Key.self, forKey: key)) }

    func value<Value: Decodable>(_ key: Key) -> Value? {
        (try? self.container?.decodeIfPresent(Value.self, forKey: key)) ?? nil
    }

    func required<Value: Decodable>(_ key: Key) throws -> Value {
        guard let value: Value = self.value(key) else { throw self.mistake(key, "is missing") }
        return value
    }

    func mistake(_ key: Key, _ what: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: self.path + [key], debugDescription: "\(key.stringValue) \(what)"))
    }

    /// One of some words; `unknown` for what is none of them, nil if there is nothing.
    func choice<Choice: RawRepresentable<String>>(_ key: Key, unknown: Choice) -> Choice? {
        guard let container = self.container, container.contains(key), (try? container.decodeNil(forKey: key)) != true
        else { return nil }
        return self.value(key).flatMap(Choice.init(rawValue:)) ?? unknown
    }

    /// Those of a list's words that are known, nil if there is no list.
    func choices<Choice: RawRepresentable<String>>(_ key: Key) -> [Choice]? {
        let words: [String]? = self.value(key)
        return words?.compactMap(Choice.init(rawValue:))
    }

    // What has to be as it was meant, if it is there.

    private func holds(_ key: Key) -> Bool {
        guard let container = self.container, container.contains(key) else { return false }
        return (try? container.decodeNil(forKey: key)) != true
    }

    /// An object; nil if there is none.
    func whole(_ key: Key) throws -> Object? {
        guard self.holds(key) else { return nil }
        let object = self.object(key)
        guard object.container != nil else { throw self.mistake(key, "is no object") }
        return object
    }

    func number(_ key: Key, in bounds: ClosedRange<Int>) throws -> Int? {
        guard self.holds(key) else { return nil }
        guard let number: Int = self.value(key) else { throw self.mistake(key, "is no whole number") }
        guard bounds.contains(number) else {
            throw self.mistake(key, "is \(number), not \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    func duration(_ key: Key, in bounds: ClosedRange<Duration>) throws -> Duration? {
        guard self.holds(key) else { return nil }
        guard let duration = self.value(key).flatMap({ (text: String) in GoDuration.parse(text) }),
            bounds.contains(duration)
        else { throw self.mistake(key, "is no duration of at most \(GoDuration.text(bounds.upperBound))") }
        return duration
    }
}

extension DecodingError {
    /// Where and why, in one line.
    package var reason: String {
        switch self {
        case .dataCorrupted(let context), .keyNotFound(_, let context), .typeMismatch(_, let context),
            .valueNotFound(_, let context):
            let path = context.codingPath.dropLast().map { "\($0.stringValue)." }.joined()
            return path + context.debugDescription
        @unknown default: return "it cannot be read"
        }
    }
}

extension Quotas {
    fileprivate init(_ object: Object?) throws {
        self.init()
        for name in QuotaName.allCases {
            guard let quota = try object?.whole(Key(name.rawValue)) else { continue }
            self[name] = Quota(
                limit: try quota.number("limit", in: name.bounds),
                mode: quota.choice("mode", unknown: .hard) ?? .hard,
                warnAt: quota.value("warnAt") ?? Quota.unlimited.warnAt
            )
        }
    }
}

extension AccountSettings {
    fileprivate init(_ object: Object) {
        self.init(
            registration: object.choice("registration", unknown: .closed) ?? Self.standard.registration,
            required: object.value("required") ?? Self.standard.required,
            saslMechanisms: object.choices("sasl") ?? Self.standard.saslMechanisms
        )
    }
}

extension SessionSettings {
    fileprivate init(_ object: Object) {
        self.init(
            // Harmless: a session stays a little longer or shorter.
            resumeGrace: (try? object.duration("resumeGrace", in: Bounds.resumeGrace)) ?? Self.standard.resumeGrace,
            multipleClients: object.value("multipleClients") ?? Self.standard.multipleClients
        )
    }
}

extension HistorySettings {
    fileprivate init(_ object: Object) throws {
        self.init(
            enabled: object.value("enabled") ?? Self.standard.enabled,
            retention: try object.duration("retention", in: Bounds.retention) ?? Self.standard.retention,
            directMessages: object.value("directMessages") ?? Self.standard.directMessages
        )
    }
}

extension ArchiveSettings {
    fileprivate init(_ object: Object) throws {
        self.init(
            enabled: object.value("enabled") ?? Self.standard.enabled,
            schedule: object.value("schedule") ?? Self.standard.schedule,
            retention: try object.duration("retention", in: Bounds.retention) ?? Self.standard.retention
        )
    }
}

extension IRCXSettings {
    fileprivate init(_ object: Object) {
        self.init(
            dialect: object.choice("dialect", unknown: Self.standard.dialect) ?? Self.standard.dialect,
            ownerPrefix: object.value("ownerPrefix") ?? Self.standard.ownerPrefix
        )
    }
}
