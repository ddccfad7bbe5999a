// What a tenant has of one person, for that person: what is kept with the account, and what they said. What others said is theirs.

import Chat
package import StateStore

/// Gathers what there is of an account.
package struct PersonExport: Sendable {
    private let account: Account
    private let store: DurableStore
    private let archive: TenantArchive?

    /// - Parameters:
    ///   - account: Whose.
    ///   - store: The database.
    ///   - archive: Where more of what they said is; nil for nowhere.
    package init(of account: Account, in store: DurableStore, archive: TenantArchive? = nil) {
        (self.account, self.store, self.archive) = (account, store, archive)
    }

    /// Calls for everything: facts by their kinds, then what they said, by conversation.
    ///
    /// - Parameters:
    ///   - fact: Gets what is known.
    ///   - said: Gets a line as archives have it, with its line feed.
    /// - Throws: ``ArchiveError``, ``DurableStoreError``, and what the blocks throw.
    package func read(
        fact: (PersonFact) async throws -> Void,
        said: (ArraySlice<UInt8>) async throws -> Void
    ) async throws {
        let rows = BundleRows(of: self.account.tenant, in: self.store)
        for kind in PersonTable.all {
            guard let table = BundleTable.named(kind.table) else { continue }
            try await rows.read(table) { page in
                for row in page where self.isOwn(row, kind, table) { try await fact(kind.fact(row, of: table)) }
            }
        }
        for (key, value) in self.account.metadata.values.sorted(by: { $0.key < $1.key }) {
            try await fact(PersonFact(kind: "metadata", values: ["key": .text(key), "value": .text(value)]))
        }
        try await self.readHistory(rows, said)
        guard let archive else { return }
        try await BundleExport.each(of: archive, lackingIn: self.store.history, orTakenBack: false) { line in
            self.isOwn(line.account) && (Stamp(messageID: line.id)?.time ?? 0) >= self.account.createdAt
        } _: {
            try await said($0)
        }
    }

    private func readHistory(_ rows: BundleRows, _ said: (ArraySlice<UInt8>) async throws -> Void) async throws {
        guard let table = BundleTable.named("history") else { return }
        var writer = LineWriter()
        try await rows.read(table) { page in
            for row in page {
                let record = try HistoryRepository.record(bundled: row, self.account.tenant)
                guard self.isOwn(record.account), record.redaction == nil, record.id.time >= self.account.createdAt
                else {
                    continue
                }
                // Whose inbox a message went to is nowhere in the history.
                let isDirect = record.conversation.hasPrefix("@")
                let log = LogKey(record.tenant, isDirect ? .user : .channel, isDirect ? "" : record.conversation)
                var bytes: [UInt8] = []
                writer.write(ArchivedRecord(log: log, stamp: record.id, content: record), to: &bytes)
                try await said(bytes[...])
            }
        }
    }

    private func isOwn(_ name: String?) -> Bool {
        name.map { Conversation.Party(SessionID(rawValue: 0), account: $0).account == self.account.folded } ?? false
    }

    private func isOwn(_ row: [SQLValue], _ kind: PersonTable, _ table: BundleTable) -> Bool {
        guard let owner = table.place(of: kind.owner), case .text(let name) = row[owner], self.isOwn(name) else {
            return false
        }
        guard let since = kind.since.flatMap(table.place), case .integer(let time) = row[since] else { return true }
        return time >= self.account.createdAt
    }
}
