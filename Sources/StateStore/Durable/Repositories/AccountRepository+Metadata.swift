package import Chat
package import Tenant

/// What accounts say of themselves by keys (IRCv3 draft/metadata): one document an account, in its row.
///
/// ``Metadata`` bounds it. It is read with the account, and goes with it.
extension AccountRepository {
    /// Changes what an account says of itself, on what holds just then: of two who do so at once both are heard.
    ///
    /// - Parameters:
    ///   - folded: The account's name.
    ///   - tenant: Whose account.
    ///   - now: Milliseconds since 1970.
    ///   - deadline: How long it may take.
    ///   - change: What there is, to what there is to be, or to why not; may be called more than once.
    /// - Returns: What the change came to, kept if it succeeded; nil if there is no such account.
    /// - Throws: ``DurableStoreError``
    package func changeMetadata(
        of folded: String,
        in tenant: TenantID,
        now: Int64,
        within deadline: Duration = .seconds(10),
        _ change: @escaping @Sendable (Metadata) -> Result<Metadata, Refusal>
    ) async throws(DurableStoreError) -> Result<MetadataStep, Refusal>? {
        try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: deadline) {
            connection throws(DurableStoreError) in
            // Writers of SQLite go one after the other.
            let lock = connection.dialect == .postgres ? " FOR UPDATE" : ""
            let rows = try connection.execute(
                "SELECT metadata FROM accounts WHERE tenant = $1 AND folded = $2" + lock,
                [.text(tenant.text), .text(folded)]
            )
            guard let row = rows.first else { return nil }
            let before = try Self.metadata(row, 0)
            let after: Metadata
            switch change(before) {
            case .failure(let refusal): return .failure(refusal)
            case .success(let next): after = next
            }
            if after != before {
                _ = try connection.execute(
                    "UPDATE accounts SET metadata = $3, updated_at = $4 WHERE tenant = $1 AND folded = $2",
                    [
                        .text(tenant.text), .text(folded), after.isEmpty ? .null : .blob(after.bytes), .integer(now),
                    ]
                )
            }
            return .success(MetadataStep(before: before, after: after))
        }
    }

    static func metadata(_ row: SQLRow, _ column: Int) throws(DurableStoreError) -> Metadata {
        guard let bytes = try row.optionalBlob(column) else { return Metadata() }
        guard let metadata = Metadata(bytes) else { throw .invalidAnswer("metadata that cannot be read") }
        return metadata
    }
}

/// What an account said of itself before a change and after it.
package struct MetadataStep: Hashable, Sendable {
    package let before: Metadata
    package let after: Metadata

    package init(before: Metadata, after: Metadata) {
        self.before = before
        self.after = after
    }

    /// What changed.
    package var changes: [MetadataChange] { self.before.changes(to: self.after) }
}
