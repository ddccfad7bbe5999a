// What of a tenant goes to another installation, table by table. What only this one can use stays here: what its workers note of the
// archive, codes that mail brings, positions in logs of its live store.

import Chat

/// A table as a bundle has it: without the tenant, which a bundle names once.
package struct BundleTable: Hashable, Sendable {
    package let name: String
    package let columns: [BulkTable.Column]
    /// Where its rows lie; the history's lie in several.
    let table: TenantTable
    /// The columns that are of no use to anybody but who may log in, or come in.
    private let secrets: Set<String>
    /// Whether a bundle without secrets has none of its rows.
    package let isSecret: Bool

    /// All of them, in the order of a bundle: what others refer to first.
    package static let all: [BundleTable] = TenantTable.all.filter(\.isData).compactMap(BundleTable.init)

    /// What names of the history stand for comes with its rows.
    private static let leftOut: Set<String> = [
        "account_codes", "archives", "archive_keys", "archive_manifests", "archive_pending", "archive_segments",
        "conversations", "history_origins",
    ]
    private static let leftOutColumns: [String: Set<String>] = ["channels": ["epoch", "sequence"]]
    private static let secretColumns: [String: Set<String>] = [
        "accounts": [
            "password_hash", "scram", "totp", "totp_confirmed_at", "totp_step", "totp_recovery",
        ]
    ]
    private static let secretTables: Set<String> = ["push_registrations", "invite_links"]

    private init?(_ table: TenantTable) {
        if Self.leftOut.contains(table.name) { return nil }
        self.name = table.name
        self.table = table
        self.secrets = Self.secretColumns[table.name] ?? []
        self.isSecret = Self.secretTables.contains(table.name)
        let leftOut = Self.leftOutColumns[table.name] ?? []
        self.columns =
            table.name == "history"
            ? HistoryRepository.bundled
            : table.bulk.columns.filter { $0.name != "tenant" && !leftOut.contains($0.name) }
    }

    /// The table of a name.
    package static func named(_ name: String) -> BundleTable? { self.all.first { $0.name == name } }

    /// Where in a row a column is.
    package func place(of column: String) -> Int? { self.columns.firstIndex { $0.name == column } }

    /// A row without what lets somebody log in, or come into a channel.
    func withoutSecrets(_ row: [SQLValue]) -> [SQLValue] {
        zip(self.columns, row).map { column, value in
            if self.secrets.contains(column.name) { return .null }
            // A channel that cannot be read comes back with nothing, here as there.
            guard self.name == "channels", column.name == "fields", case .blob(let fields) = value else { return value }
            return .blob(ChannelState.withoutKey(kept: fields) ?? [0, 0, 0, 0])
        }
    }
}
