import KubeClient
import Operator
import StateStore
import Tenant
import TestSupport

/// A cluster with the cells `default` and `two`, each with stores of its own, and a way into their databases.
struct TwoCells: Sendable {
    let rig: ClusterRig
    let otherRedis: RedisServer
    /// The database of the cell `default`.
    let first: DurableStore
    /// The database of the cell `two`.
    let second: DurableStore
    let acme: TenantID

    /// Runs a body with the two cells; an operator is the body's to start.
    static func with(_ body: (TwoCells) async throws -> Void) async throws {
        try await ClusterRig.with { rig in
            guard let acme = TenantID("acme") else { throw CancellationError() }
            let other = try RedisServer()
            defer { other.end() }
            try await rig.applyCell()
            try await rig.apply(ClusterRig.secret("redis-two", ["url": other.url]))
            try await rig.apply(ClusterRig.secret("postgres-two", ["url": rig.database("two")]))
            let spec: JSON = [
                "redis": ["urlSecretRef": ["name": "redis-two", "key": "url"]],
                "postgres": ["urlSecretRef": ["name": "postgres-two", "key": "url"]],
            ]
            try await rig.apply(ClusterRig.cell("two", isDefault: false, spec), .cells)
            let first = try DurableStore.open(rig.database("default"), logger: rig.logger)
            let second = try DurableStore.open(rig.database("two"), logger: rig.logger)
            for store in [first, second] { _ = try await store.migrator.up(now: 0) }
            let cells = TwoCells(rig: rig, otherRedis: other, first: first, second: second, acme: acme)
            do {
                try await body(cells)
            } catch {
                for store in [first, second] { await store.close() }
                throw error
            }
            for store in [first, second] { await store.close() }
        }
    }

    /// The tenant as it is applied: without a cell's name it lives in the default one.
    static func acme(in cell: String?, _ policy: DeletionPolicy = .retain, displayName: String? = nil) -> KubeObject {
        var spec: JSON = ["deletionPolicy": .string(policy == .delete ? "Delete" : "Retain")]
        if let displayName { spec = spec.merging(["displayName": .string(displayName)]) }
        if let cell { spec = spec.merging(["cellRef": ["name": .string(cell)]]) }
        return ClusterRig.tenant("acme", spec)
    }

    /// Has the tenant live in a cell, as the people who use kubectl do.
    func live(in cell: String, _ policy: DeletionPolicy = .retain) async throws {
        try await self.rig.apply(Self.acme(in: cell, policy), .tenants)
        try await self.rig.wait(for: .tenants, "acme", in: "chat", "acme living in \(cell)") {
            $0?.status["cell"] == .string(cell) && $0?.condition("Ready")?["reason"] == "Serving"
        }
    }

    /// A tenant that lives in the default cell and has the account `bob`.
    func liveWithBob(_ policy: DeletionPolicy = .retain) async throws {
        try await self.live(in: "default", policy)
        try await self.add("bob", to: self.first)
    }

    func add(_ account: String, to store: DurableStore) async throws {
        _ = try await store.accounts.create(
            account,
            folded: account,
            credentials: .init(passwordHash: nil, scram: nil),
            of: self.acme,
            now: 1
        )
    }

    /// Whether a cell's database has an account of the tenant.
    func has(_ account: String, _ store: DurableStore) async throws -> Bool {
        try await store.accounts.find(account, of: self.acme) != nil
    }

    /// Adds a message to the tenant's history, as an edge does that comes late.
    func say(_ sequence: UInt64, in store: DurableStore) async throws {
        _ = try await store.history.store([
            HistoryRecord(
                self.acme,
                in: "#lobby",
                id: Stamp(position: Position(epoch: 1, sequence: sequence), time: 1),
                prefix: "ann!a@b",
                text: "hi"
            )
        ])
    }

    func delete(in namespace: String = "chat") async throws {
        try await self.rig.user.delete(.tenants, "acme", in: namespace)
        try await self.rig.wait(for: .tenants, "acme", in: namespace, "acme being gone") { $0 == nil }
    }

    /// Lets the date of what is noted of the tenant come.
    func passDate(in store: DurableStore) async throws {
        guard let note = try await store.tenants.find(self.acme), note.eraseAt != nil else { throw CancellationError() }
        try await store.tenants.upsert(
            StoredTenant(
                tenant: note.tenant,
                namespace: note.namespace,
                uid: note.uid,
                state: note.state,
                eraseAt: 1,
                updatedAt: note.updatedAt
            )
        )
    }

    /// Waits until a cell's database has nothing of the tenant, not even a note.
    func isClean(_ store: DurableStore, _ what: String) async throws {
        let acme = self.acme
        try await until(what) { try await store.eraser.remains(of: acme).isEmpty }
    }

    /// Makes a database refuse history from some message on: what the first rows tell of it is not the whole truth.
    func refuseHistory(from sequence: Int, in store: DurableStore) async throws {
        let sql = """
            CREATE TRIGGER refuses BEFORE INSERT ON history WHEN NEW.sequence >= \(sequence)
            BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
            """
        _ = try await store.database.execute(sql, in: .cell)
    }

    func takeHistory(in store: DurableStore) async throws {
        _ = try await store.database.execute("DROP TRIGGER refuses", in: .cell)
    }

    /// Makes a database fail that accounts can be written to and history cannot.
    func breakHistory(of store: DurableStore) async throws {
        _ = try await store.database.execute("ALTER TABLE history RENAME TO history_away", in: .cell)
    }

    func mendHistory(of store: DurableStore) async throws {
        _ = try await store.database.execute("ALTER TABLE history_away RENAME TO history", in: .cell)
    }

    /// Waits until the status says why the tenant cannot be moved.
    func waitStuck() async throws -> KubeObject? {
        try await self.rig.wait(for: .tenants, "acme", in: "chat", "the copy failing") {
            $0?.condition("StoreReady")?["reason"] == "Moving"
                && $0?.condition("StoreReady")?["message"].string?.contains("could not be moved") == true
        }
    }
}
