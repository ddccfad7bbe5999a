// Hosts that accounts are shown under in place of those that are made of their names: asked for, and agreed to by those who may.

package import Tenant

/// What an account is shown under, and what it asked for.
package struct AccountHosts: Hashable, Sendable {
    /// The account's name as it is spelled.
    package var name: String
    /// When the account was made, milliseconds since 1970: another one of the name has another.
    package var since: Int64
    /// What was agreed to; nil if nothing was.
    package var host: String?
    /// Whether it is shown.
    package var isShown: Bool
    /// What it asked for and nobody decided on yet; nil for nothing.
    package var asked: String?
    /// When it was asked for, milliseconds since 1970.
    package var askedAt: Int64?

    package init(name: String, since: Int64) {
        self.name = name
        self.since = since
        self.isShown = true
    }

    /// What others see; nil for the host that is made of the account's name.
    package var shown: String? { self.isShown ? self.host : nil }

    /// As it is after a change.
    ///
    /// - Returns: nil if there is nothing that could change so.
    func after(_ change: HostChange, now: Int64) -> AccountHosts? {
        var hosts = self
        switch change {
        case .ask(let host): (hosts.asked, hosts.askedAt) = (host, now)
        case .show(let isShown):
            guard hosts.host != nil else { return nil }
            hosts.isShown = isShown
        case .activate(let asked):
            guard hosts.asked == asked else { return nil }
            (hosts.host, hosts.isShown, hosts.asked, hosts.askedAt) = (asked, true, nil, nil)
        case .reject:
            guard hosts.asked != nil else { return nil }
            (hosts.asked, hosts.askedAt) = (nil, nil)
        case .set(let host): (hosts.host, hosts.isShown, hosts.asked, hosts.askedAt) = (host, true, nil, nil)
        case .remove:
            guard hosts.host != nil else { return nil }
            hosts.host = nil
        }
        return hosts
    }
}

/// What changes of an account's hosts.
package enum HostChange: Hashable, Sendable {
    /// Its owner asks for one.
    case ask(String)
    /// Its owner has it shown, or not.
    case show(Bool)
    /// What it asked for is agreed to, if it is that one: it may have asked for another meanwhile.
    case activate(String)
    case reject
    /// It has one without having asked.
    case set(String)
    case remove

    /// What the audit log says of it where `known` held before: what was done, and to which host.
    func detail(from known: AccountHosts) -> String {
        let words: [String?] =
            switch self {
            case .ask(let host): ["REQUEST", host]
            case .show(let isShown): [isShown ? "ON" : "OFF"]
            case .activate(let host): ["ACTIVATE", host]
            case .reject: ["REJECT", known.asked]
            case .set(let host): ["SET", host]
            case .remove: ["DEL", known.host]
            }
        return words.compactMap(\.self).joined(separator: " ")
    }
}

/// What came of a change.
package enum HostOutcome: Hashable, Sendable {
    /// What holds now.
    case changed(AccountHosts)
    /// There was nothing that could change so.
    case nothing
    /// Another account has the host, or asked for it.
    case taken
    /// As many ask as may.
    case isFull
}

/// The hosts of all tenants' accounts, by folded names of accounts.
package struct AccountHostRepository: Sendable {
    let database: any SQLDatabase

    private static let columns = "name, since, host, is_shown, asked, asked_at, account"

    private static func hosts(_ row: SQLRow) throws(DurableStoreError) -> AccountHosts {
        var hosts = AccountHosts(name: try row.text(0), since: try row.integer(1))
        hosts.host = try row.optionalText(2)
        hosts.isShown = try row.integer(3) != 0
        hosts.asked = try row.optionalText(4)
        hosts.askedAt = try row.optionalInteger(5)
        return hosts
    }

    /// What accounts may be shown under beside what is made of their names, whether it is shown or not.
    ///
    /// - Parameters:
    ///   - tenant: Of which tenant.
    ///   - version: The version that is known already.
    /// - Returns: The accounts, by their folded names; nil if that is what there is.
    /// - Throws: ``DurableStoreError``
    package func known(
        of tenant: TenantID,
        unless version: String?
    ) async throws(DurableStoreError) -> (version: String, hosts: [String: AccountHosts])? {
        let rows = try await self.database.execute(
            "SELECT \(Self.columns) FROM account_hosts WHERE tenant = $1 AND host IS NOT NULL",
            [.text(tenant.text)],
            in: .tenant(tenant),
            .readOnly
        )
        var hosts: [String: AccountHosts] = [:]
        for row in rows { hosts[try row.text(6)] = try Self.hosts(row) }
        let found = "\(hosts.hashValue)"
        return found == version ? nil : (found, hosts)
    }

    /// What accounts asked for and nobody decided on yet, those first that ask longest.
    package func asked(of tenant: TenantID, limit: Int) async throws(DurableStoreError) -> [AccountHosts] {
        let rows = try await self.database.execute(
            """
            SELECT \(Self.columns) FROM account_hosts WHERE tenant = $1 AND asked IS NOT NULL
            ORDER BY asked_at, account LIMIT $2
            """,
            [.text(tenant.text), .integer(Int64(clamping: limit))],
            in: .tenant(tenant),
            .readOnly
        )
        return try rows.map { row throws(DurableStoreError) in try Self.hosts(row) }
    }

    /// Changes what an account is shown under, or asks for.
    ///
    /// - Parameters:
    ///   - account: Its name, as it is spelled and folded.
    ///   - since: When it was made, milliseconds since 1970: what one of its name had before is not its own.
    ///   - change: What changes.
    ///   - tenant: Whose account.
    ///   - limit: How many may ask at a time.
    ///   - now: Milliseconds since 1970.
    ///   - record: What the audit log says of it, with why as its detail: what was done to which host is put in front.
    /// - Returns: What came of it.
    /// - Throws: ``DurableStoreError``
    package func change(
        _ account: (name: String, folded: String),
        since: Int64,
        _ change: HostChange,
        of tenant: TenantID,
        limit: Int,
        now: Int64,
        noting record: AuditRecord? = nil
    ) async throws(DurableStoreError) -> HostOutcome {
        let (name, folded) = account
        return try await self.database.withTransaction(.tenant(tenant), .readWrite, deadline: .seconds(10)) {
            connection throws(DurableStoreError) in
            // One after the other: no two accounts get one host.
            try AccountRepository.lockNames(of: tenant, on: connection)
            let own: [SQLValue] = [.text(tenant.text), .text(folded)]
            let rows = try connection.execute(
                "SELECT \(Self.columns) FROM account_hosts WHERE tenant = $1 AND account = $2",
                own
            )
            var known = AccountHosts(name: name, since: since)
            if let row = rows.first {
                let found = try Self.hosts(row)
                if found.since == since { known = found }
            }
            guard let next = known.after(change, now: now) else { return .nothing }
            for host in [next.host, next.asked].compactMap({ $0 }) {
                let others = try connection.execute(
                    """
                    SELECT 1 FROM account_hosts WHERE tenant = $1 AND account <> $2 AND (host = $3 OR asked = $3) LIMIT 1
                    """,
                    own + [.text(host)]
                )
                if !others.isEmpty { return .taken }
            }
            if known.asked == nil, next.asked != nil {
                let counted = try connection.execute(
                    "SELECT COUNT(*) FROM account_hosts WHERE tenant = $1 AND asked IS NOT NULL",
                    [.text(tenant.text)]
                )
                guard try counted.first?.integer(0) ?? 0 < Int64(clamping: limit) else { return .isFull }
            }
            _ = try connection.execute(
                """
                INSERT INTO account_hosts (tenant, account, name, since, host, is_shown, asked, asked_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (tenant, account) DO UPDATE SET
                    name = excluded.name, since = excluded.since, host = excluded.host,
                    is_shown = excluded.is_shown, asked = excluded.asked, asked_at = excluded.asked_at
                RETURNING account
                """,
                own + [
                    .text(name), .integer(since), .text(orNull: next.host), .integer(next.isShown ? 1 : 0),
                    .text(orNull: next.asked), next.askedAt.map { .integer($0) } ?? .null,
                ]
            )
            if let record {
                let exact = record.preceded(by: change.detail(from: known))
                try AuditRepository.store([exact], over: connection)
            }
            return .changed(next)
        }
    }

    /// Forgets those of an account that is no more.
    static func remove(
        of account: String,
        in tenant: TenantID,
        on connection: any SQLConnection
    ) throws(DurableStoreError) {
        _ = try connection.execute(
            "DELETE FROM account_hosts WHERE tenant = $1 AND account = $2 RETURNING account",
            [.text(tenant.text), .text(account)]
        )
    }

    static func schema(_ dialect: SQLDialect) -> String {
        let (int, text) = (dialect.name(of: .integer), dialect.name(of: .text))
        return """
            CREATE TABLE account_hosts (
                tenant \(text) NOT NULL,
                account \(text) NOT NULL,
                name \(text) NOT NULL,
                since \(int) NOT NULL,
                host \(text),
                is_shown \(int) NOT NULL,
                asked \(text),
                asked_at \(int),
                PRIMARY KEY (tenant, account)
            )\(Schema.options(dialect));
            """ + Schema.isolate("account_hosts", dialect)
    }
}

extension NetworkBanRepository {
    /// The hosts of the same tenants' accounts, in the same database.
    package var hosts: AccountHostRepository { AccountHostRepository(database: self.database) }
}
