// The settings of a tenant that hold as they are written, without a look at the plan.

/// Who gets an account and how one logs in.
package struct AccountSettings: Hashable, Sendable {
    /// How an account comes to be.
    package enum Registration: String, Hashable, Sendable, CaseIterable {
        /// At once.
        case open = "Open"
        /// After a code sent by mail.
        case email = "Email"
        /// After an administrator agrees.
        case approval = "Approval"
        /// Administrators make them.
        case closed = "Closed"
    }

    /// How an account comes to be, by default ``Registration/open``.
    package let registration: Registration
    /// Whether nobody registers a connection without an account, by default not.
    package let required: Bool
    /// The offered mechanisms in the order of the offer, by default all.
    package let saslMechanisms: [SASLMechanism]

    /// What holds where nothing is said.
    package static let standard = AccountSettings(
        registration: .open,
        required: false,
        saslMechanisms: SASLMechanism.allCases
    )

    /// States who gets an account.
    package init(registration: Registration, required: Bool, saslMechanisms: [SASLMechanism]) {
        self.registration = registration
        self.required = required
        self.saslMechanisms = saslMechanisms
    }
}

/// Ways to log in, by their names in the IANA registry of SASL mechanisms.
package enum SASLMechanism: String, Hashable, Sendable, CaseIterable {
    /// Name and password in clear, under TLS (RFC 4616).
    case plain = "PLAIN"
    /// A challenge that never shows the password (RFC 7677).
    case scramSHA256 = "SCRAM-SHA-256"
    /// The TLS client certificate (RFC 4422 appendix A).
    case external = "EXTERNAL"
}

/// What happens when connections break or come twice.
package struct SessionSettings: Hashable, Sendable {
    /// For how long a broken session stays in its channels, by default 2 minutes.
    package let resumeGrace: Duration
    /// Whether an account may attach several connections to one session, by default yes.
    package let multipleClients: Bool

    /// What holds where nothing is said.
    package static let standard = SessionSettings(resumeGrace: .seconds(120), multipleClients: true)

    /// States what happens when connections break.
    package init(resumeGrace: Duration, multipleClients: Bool) {
        self.resumeGrace = resumeGrace
        self.multipleClients = multipleClients
    }
}

/// What a tenant says about history; `nil` leaves it to the plan.
package struct HistorySpec: Hashable, Sendable {
    /// Whether messages are kept, by default if the plan has the feature.
    package let enabled: Bool?
    /// For how long, by default as long as the plan allows.
    package let retention: Duration?
    /// Whether direct messages are kept too, by default yes.
    package let directMessages: Bool
}

/// What is archived to object storage.
package struct ArchiveSettings: Hashable, Sendable {
    /// Whether anything is, by default not.
    package let enabled: Bool
    /// When, as five cron fields in UTC, by default `15 3 * * *`.
    package let schedule: String
    /// For how long archives are kept, by default 365 days.
    package let retention: Duration

    /// What holds where nothing is said.
    package static let standard = ArchiveSettings(
        enabled: false,
        schedule: "15 3 * * *",
        retention: .seconds(365 * 86_400)
    )
}

/// How IRCX looks to this tenant's clients.
package struct IRCXSettings: Hashable, Sendable {
    /// Whose numerics are used where sources differ.
    package enum Dialect: String, Hashable, Sendable, CaseIterable {
        /// Those of pyIRCX.
        case pyircx
        /// Those of the IRCX draft.
        case draft
    }

    /// The dialect for clients that show none of their own, by default ``Dialect/pyircx``.
    package let dialect: Dialect
    /// The prefix of channel owners, one ASCII character, by default `.`.
    package let ownerPrefix: String

    /// What holds where nothing is said.
    package static let standard = IRCXSettings(dialect: .pyircx, ownerPrefix: ".")

    /// States how IRCX looks.
    package init(dialect: Dialect, ownerPrefix: String) {
        self.dialect = dialect
        self.ownerPrefix = ownerPrefix
    }
}

extension AccountSettings {
    static func read(_ cursor: FieldCursor) -> AccountSettings {
        let read = cursor.object { fields in
            let registration = fields["registration"].choice(Registration.self)
            let required = fields["required"].bool()
            let mechanisms = fields["sasl"].distinct(by: { $0 }) { $0.choice(SASLMechanism.self) }
            if required == true, mechanisms?.isEmpty == true {
                fields["sasl"].report(
                    .badValue,
                    "is empty while accounts are required: offer one of PLAIN, SCRAM-SHA-256, EXTERNAL"
                )
            }
            return AccountSettings(
                registration: registration ?? .open,
                required: required ?? false,
                saslMechanisms: mechanisms ?? SASLMechanism.allCases
            )
        }
        return read ?? .standard
    }
}

extension SessionSettings {
    static func read(_ cursor: FieldCursor) -> SessionSettings {
        let read = cursor.object { fields in
            SessionSettings(
                resumeGrace: fields["resumeGrace"].duration(Bounds.resumeGrace) ?? Self.standard.resumeGrace,
                multipleClients: fields["multipleClients"].bool() ?? true
            )
        }
        return read ?? .standard
    }
}

extension HistorySpec {
    static func read(_ cursor: FieldCursor) -> HistorySpec {
        let read = cursor.object { fields in
            HistorySpec(
                enabled: fields["enabled"].bool(),
                retention: fields["retention"].duration(Bounds.retention),
                directMessages: fields["directMessages"].bool() ?? true
            )
        }
        return read ?? HistorySpec(enabled: nil, retention: nil, directMessages: true)
    }
}

extension ArchiveSettings {
    static func read(_ cursor: FieldCursor) -> ArchiveSettings {
        let read = cursor.object { fields in
            ArchiveSettings(
                enabled: fields["enabled"].bool() ?? Self.standard.enabled,
                schedule: fields["schedule"].parsed(
                    "schedule: write five cron fields, such as \"15 3 * * *\"",
                    Self.cron
                )
                    ?? Self.standard.schedule,
                retention: fields["retention"].duration(Bounds.retention) ?? Self.standard.retention
            )
        }
        return read ?? .standard
    }

    /// Whether there are five fields of what cron fields are made of; their ranges are checked where they are used.
    private static func cron(_ text: String) -> String? {
        let fields = text.split(separator: " ")
        let allowed = fields.allSatisfy {
            $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "*/,-".contains($0)) }
        }
        return fields.count == 5 && allowed ? fields.joined(separator: " ") : nil
    }
}

extension IRCXSettings {
    static func read(_ cursor: FieldCursor) -> IRCXSettings {
        let read = cursor.object { fields in
            IRCXSettings(
                dialect: fields["dialect"].choice(Dialect.self) ?? .pyircx,
                ownerPrefix: fields["ownerPrefix"].parsed("owner prefix: write one of . ~ ! & * ^ =", Self.prefix)
                    ?? "."
            )
        }
        return read ?? .standard
    }

    /// One character that no nickname and no other prefix begins with.
    private static func prefix(_ text: String) -> String? {
        text.utf8.count == 1 && ".~!&*^=".contains(text) ? text : nil
    }
}
