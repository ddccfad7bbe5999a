// What the database has of a person, as rows: which tables, whose rows of them, and what a column is called for people who read it. What proves
// who somebody is stays where it is.

import Foundation
import Observability
import StateStore

/// One thing that is known of a person: its kind, and what it is.
package struct PersonFact: Hashable, Sendable {
    /// A value as JSON has it.
    package enum Value: Hashable, Sendable, Encodable {
        case text(String)
        case integer(Int64)
        case flag(Bool)

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .integer(let integer): try container.encode(integer)
            case .flag(let flag): try container.encode(flag)
            }
        }

        /// As people read it.
        package var text: String {
            switch self {
            case .text(let text): text
            case .integer(let integer): String(integer)
            case .flag(let flag): flag ? "yes" : "no"
            }
        }
    }

    package let kind: String
    package let values: [String: Value]

    package init(kind: String, values: [String: Value]) {
        (self.kind, self.values) = (kind, values)
    }
}

/// What a table has of people.
struct PersonTable: Sendable {
    /// What is told of a column.
    enum Form: Sendable {
        /// As it is.
        case plain
        /// A time in milliseconds since 1970.
        case time
        case flag
        /// Whether there is anything.
        case presence
        /// The host of a URL: what follows it is a secret.
        case host
    }

    /// A column.
    struct Field: Sendable {
        let column: String
        let name: String
        let form: Form

        init(_ column: String, _ name: String? = nil, _ form: Form = .plain) {
            (self.column, self.name, self.form) = (column, name ?? column, form)
        }
    }

    let kind: String
    let table: String
    /// The column that says whose a row is.
    let owner: String
    /// The column that says since when; what is older is of somebody who had the name before.
    let since: String?
    let fields: [Field]

    init(_ kind: String, _ table: String, owner: String = "account", since: String? = nil, _ fields: [Field]) {
        (self.kind, self.table, self.owner, self.since, self.fields) = (kind, table, owner, since, fields)
    }

    static let all: [PersonTable] = [
        PersonTable(
            "account",
            "accounts",
            owner: "folded",
            [
                .init("name"), .init("role"), .init("state"), .init("created_at", "createdAt", .time),
                .init("updated_at", "updatedAt", .time), .init("last_login_at", "lastLogInAt", .time), .init("email"),
                .init("email_verified_at", "emailVerifiedAt", .time), .init("always_on", "alwaysOn", .flag),
                .init("password_hash", "hasPassword", .presence), .init("totp", "hasSecondFactor", .presence),
                .init("is_declared", "isDeclared", .flag),
            ]
        ),
        PersonTable("nickname", "account_names", [.init("name"), .init("added_at", "addedAt", .time)]),
        PersonTable(
            "host",
            "account_hosts",
            [.init("host"), .init("is_shown", "isShown", .flag), .init("asked"), .init("asked_at", "askedAt", .time)]
        ),
        PersonTable(
            "certificate",
            "account_certificates",
            since: "added_at",
            [.init("fingerprint"), .init("added_at", "addedAt", .time)]
        ),
        PersonTable("channel", "channels", owner: "owner", [.init("name"), .init("created_at", "createdAt", .time)]),
        PersonTable("readMarker", "read_markers", [.init("conversation"), .init("time", "time", .time)]),
        PersonTable(
            "memo",
            "memos",
            since: "time",
            [
                .init("time", "time", .time), .init("conversation"), .init("sender"), .init("is_read", "isRead", .flag),
            ]
        ),
        PersonTable("ignored", "memo_ignores", [.init("ignored", "account")]),
        PersonTable(
            "push",
            "push_registrations",
            since: "registered_at",
            [
                .init("endpoint", "host", .host), .init("registered_at", "registeredAt", .time),
                .init("expires_at", "expiresAt", .time),
            ]
        ),
        PersonTable(
            "report",
            "reports",
            owner: "reporter_account",
            since: "filed_at",
            [
                .init("id"), .init("filed_at", "filedAt", .time), .init("subject"), .init("place"), .init("message"),
                .init("reason"), .init("state"), .init("outcome"),
            ]
        ),
    ]

    /// What a row says.
    func fact(_ row: [SQLValue], of table: BundleTable) -> PersonFact {
        var values: [String: PersonFact.Value] = [:]
        for field in self.fields {
            guard let place = table.place(of: field.column) else { continue }
            values[field.name] = Self.value(row[place], field.form)
        }
        return PersonFact(kind: self.kind, values: values)
    }

    private static func value(_ value: SQLValue, _ form: Form) -> PersonFact.Value? {
        switch (form, value) {
        case (.presence, _): .flag(value != .null)
        case (.flag, .integer(let number)): .flag(number != 0)
        case (.time, .integer(let time)) where (0...Self.lastTime).contains(time):
            .text(UTCInstant(milliseconds: time).text(withThousandths: true))
        case (.host, .text(let text)): .text(URLComponents(string: text)?.host ?? "")
        case (.plain, .integer(let number)), (.time, .integer(let number)): .integer(number)
        case (.plain, .text(let text)): .text(text)
        default: nil
        }
    }

    /// The end of the year 9999, after which no date is written.
    private static let lastTime: Int64 = 253_402_300_799_999
}
