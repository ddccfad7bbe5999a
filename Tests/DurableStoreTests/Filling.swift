import Chat
import IRC
import StateStore
import Tenant

extension DurableStore {
    /// Gives a tenant a row in every table, and so many in its history.
    func fill(_ tenant: TenantID, history: UInt64, bytes: Int = 1) async throws {
        _ = try await self.accounts.create("alice", folded: "alice", credentials: .some, of: tenant, now: 1)
        if let certificate = CertificateFingerprint(String(repeating: "a", count: 64)) {
            _ = try await self.accounts.add(certificate, to: "alice", in: tenant, now: 1, limit: 1)
        }
        _ = try await self.accounts.add(name: "Ali", folded: "ali", to: "alice", in: tenant, now: 1, limit: 1)
        let code = NewCode(
            purpose: .address,
            address: EmailAddress("alice@example.com"),
            serial: "s",
            language: "en",
            expiresAt: .max
        )
        _ = try await self.codes.request(code, of: "alice", in: tenant, now: 1)
        if let ban = NetworkBan(mask: "x!*@*", reason: "why", setter: "alice", time: 1, until: 9) {
            _ = try await self.bans.set(ban, of: tenant, limit: 1)
        }
        try await self.audit.store([.killed(1, of: tenant)])
        let report = Report(
            time: 1,
            reporter: .account("alice"),
            nick: "al",
            account: "alice",
            about: "x!x@host",
            account: nil,
            in: "#Tea",
            message: nil,
            reason: "why"
        )
        let line = ReportLine(time: 1, message: "m", prefix: "x!x@host", account: nil, text: "späm")
        _ = try await self.reports.file(report, [line], of: tenant, limit: 10)
        let link = InviteLink(
            code: "code \(tenant)",
            channel: "#tea",
            since: 1,
            creator: "alice",
            expiresAt: .max,
            uses: 1
        )
        _ = try await self.links.add(link, in: tenant, limit: 10, now: 1)
        _ = try await self.held.add(.said("x", at: 1), of: tenant, limit: 1)
        _ = try await self.accounts.logOut("alice", of: tenant)
        try await self.channels.save(
            RegisteredChannel(
                tenant: tenant,
                name: "#Tea",
                folded: "#tea",
                owner: "alice",
                fields: [0, 1, 255],
                createdAt: 1,
                updatedAt: 1,
                position: Position(epoch: 1, sequence: 1)
            )
        )
        try await self.say(1...history, tenant, bytes: bytes)
        try await self.deadLetters.keep([.refused(1, of: tenant)])
        _ = try await self.readMarkers.advance("#tea", to: 7, by: "alice", of: tenant)
        _ = try await self.bans.hosts.change(
            ("alice", "alice"),
            since: 1,
            .set("tea.lovers"),
            of: tenant,
            limit: 1,
            now: 1
        )
        let memo = Memo(
            id: Stamp(position: Position(epoch: 1, sequence: 1), time: 1),
            conversation: "@aalice abob",
            sender: "bob"
        )
        try await self.accounts.memos.add(memo, to: "alice", of: tenant)
        _ = try await self.accounts.memos.ignore("mallory", by: "alice", in: tenant, limit: 1)
        if let device = PushRegistration.device("a") {
            _ = try await self.pushes.register(
                device,
                of: "alice",
                in: tenant,
                for: "key",
                now: 1,
                until: .max,
                limit: 10
            )
        }
        _ = try await self.ledger.insert([
            LedgerRecord(id: "\(tenant)", tenant: tenant, meter: "messages", start: 0, end: 1, source: "1", quantity: 1)
        ])
        try await self.fillArchive(tenant)
        _ = try await self.database.execute(
            "INSERT INTO tenant_copies (tenant, table_name, place) VALUES ($1, 'none', '')",
            [.text(tenant.text)],
            in: .tenant(tenant)
        )
        try await self.tenants.upsert(
            StoredTenant(tenant: tenant, namespace: "customers", uid: "uid", state: .active, updatedAt: 1)
        )
    }

    /// A tenant's archive with something of everything.
    private func fillArchive(_ tenant: TenantID) async throws {
        let statements: [(String, [SQLValue])] = [
            ("INSERT INTO archives (tenant, failure) VALUES ($1, 'AccessDenied')", []),
            ("INSERT INTO archive_keys (tenant, id, wrapped, made_at) VALUES ($1, 'k', $2, 1)", [.blob([0, 255])]),
            (
                """
                INSERT INTO archive_manifests (tenant, sequence, day, kind, size, sha256, made_at)
                VALUES ($1, 1, 2, 'day', 3, $2, 4)
                """, [.blob([1])]
            ),
            (
                """
                INSERT INTO archive_segments (tenant, number, day, state, manifest, records, raw_bytes, size, first_time, last_time,
                    sha256, made_at) VALUES ($1, 1, 2, 'sealed', 1, 3, 4, 5, 6, 7, $2, 8)
                """, [.blob([2])]
            ),
            (
                """
                INSERT INTO archive_pending (tenant, id, day, records, raw_bytes, size, first_time, last_time, stored_at, chunk)
                VALUES ($1, 1, 2, 3, 4, 5, 6, 7, 8, $2)
                """, [.blob([0, 7])]
            ),
            (
                """
                INSERT INTO archive_jobs (tenant, id, kind, parameters, state, asked_by, asked_at, due_at, message)
                VALUES ($1, 'j', 'verify', '{}', 'failed', 'alice', 1, 2, 'späm')
                """, []
            ),
            ("INSERT INTO archive_job_log (tenant, job, number, time, line) VALUES ($1, 'j', 1, 2, 'späm')", []),
            (
                """
                INSERT INTO archive_conversations (tenant, conversation, day, first_time, last_time) VALUES ($1, 1, 2, 3, 4)
                """, []
            ),
            (
                """
                INSERT INTO archive_redactions (tenant, conversation, time, epoch, sequence, redaction)
                VALUES ($1, 1, 2, 3, 4, 'bob!b@host')
                """, []
            ),
        ]
        for (sql, values) in statements {
            _ = try await self.database.execute(sql, [.text(tenant.text)] + values, in: .tenant(tenant))
        }
    }

    /// Adds to a tenant's history.
    func say(_ sequences: ClosedRange<UInt64>, _ tenant: TenantID, in name: String = "#tea", bytes: Int = 1)
        async throws
    {
        _ = try await self.history.store(
            sequences.map { sequence in
                HistoryRecord(
                    tenant,
                    in: name,
                    id: Stamp(position: Position(epoch: 1, sequence: sequence), time: Int64(sequence)),
                    prefix: "alice!~alice@host",
                    text: String(repeating: "\(sequence % 10)", count: bytes)
                )
            }
        )
    }
}

extension AuditRecord {
    /// That Alice ended Bob's session, at a time that is its number.
    static func killed(_ time: Int64, of tenant: TenantID, by account: String = "Alice", _ id: String = "a")
        -> AuditRecord
    {
        let entry = AuditEntry(account: account, nick: "al", role: .moderator, "KILL", "Bob_1", detail: "späm")
        return AuditRecord(tenant: tenant, id: id, time: time, entry)
    }
}

extension HeldMessage {
    /// Something that Alice said to a channel, waiting for ever unless it is said.
    static func said(
        _ id: String,
        at time: Int64,
        until expires: Int64 = .max,
        by account: String? = "alice",
        to recipient: Conversation.Party? = nil,
        _ text: String = "buy now"
    ) -> HeldMessage {
        let message = ChatMessage(
            verb: .privmsg,
            sender: SessionID(rawValue: 7),
            origin: 1,
            account: account,
            isBot: false,
            minimum: [],
            clientTags: "",
            capacity: 64
        ) { writer in
            writer.source("al!~al@host")
            writer.command("PRIVMSG")
            writer.parameter("#tea")
            writer.trailing(text)
            writer.end()
        }
        return HeldMessage(
            id: id,
            time: time,
            expires: expires,
            sender: SessionID(rawValue: account == nil ? 8 : 7),
            nick: "al",
            account: account,
            host: account == nil ? "host" : nil,
            target: recipient == nil ? "#tea" : "bob",
            recipient: recipient,
            channelCreated: recipient == nil ? 5 : nil,
            check: "spam",
            reason: "the word buy",
            message
        )
    }
}

extension PushRegistration {
    /// A device with a key that is a point on the curve: P-256's base point.
    static func device(_ path: String, _ capabilities: String...) -> PushRegistration? {
        let point =
            "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
        guard let keys = PushKeys("p256dh=\(point);auth=AAECAwQFBgcICQoLDA0ODw"),
            let endpoint = PushEndpoint("https://push.example/\(path)")
        else { return nil }
        return PushRegistration(endpoint: endpoint, keys: keys, capabilities: capabilities)
    }
}

extension DeadLetter {
    /// What a database refuses: a text with a zero.
    static func refused(_ sequence: UInt64, of tenant: TenantID, in name: String = "#\u{0}") -> DeadLetter {
        DeadLetter(
            LogKey(tenant, .channel, name),
            Position(epoch: 1, sequence: sequence),
            time: 1_000_000,
            payload: Array("1".utf8),
            FeedLabel(name),
            code: "22021",
            reason: "a zero",
            setAside: 1
        )
    }
}

extension HistoryRecord {
    /// Something that Alice says, at a time that is its number unless it is said.
    static func said(
        _ sequence: UInt64,
        in conversation: String,
        of tenant: TenantID,
        epoch: UInt64 = 1,
        time: Int64? = nil,
        _ kind: Kind = .privmsg,
        by nick: String = "alice",
        text: String? = nil
    ) -> HistoryRecord {
        HistoryRecord(
            tenant,
            in: conversation,
            id: Stamp(position: Position(epoch: epoch, sequence: sequence), time: time ?? Int64(sequence)),
            kind,
            prefix: "\(nick)!~\(nick)@host",
            account: nick,
            text: text ?? "message \(sequence)"
        )
    }
}

extension HistoryRepository {
    /// What was said last.
    func latest(_ conversation: String, of tenant: TenantID, limit: Int = 1000) async throws -> [HistoryRecord] {
        try await self.read(conversation, of: tenant, .latest(after: nil), limit: limit, events: false)
    }
}
