import KubeClient
import NIOCore
import NIOPosix
import Observability
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// What is kept of tenants that are gone: until when, and what that keeps from going.
@Suite(.serialized)
struct RetentionTests {
    private static func open(_ rig: ClusterRig) async throws -> DurableStore {
        let store = try DurableStore.open(rig.database("default"), logger: rig.logger)
        _ = try await store.migrator.up(now: 0)
        return store
    }

    private static func note(
        _ name: String,
        _ state: StoredTenant.State,
        eraseAt: Int64?
    ) throws -> StoredTenant {
        StoredTenant(
            tenant: try #require(TenantID(name)),
            namespace: "chat",
            uid: "uid-\(name)",
            state: state,
            eraseAt: eraseAt,
            updatedAt: 1
        )
    }

    /// A message of a tenant that is stored.
    private static func say(_ tenant: TenantID, in store: DurableStore) async throws {
        _ = try await store.history.store([
            HistoryRecord(
                tenant,
                in: "#lobby",
                id: Stamp(position: Position(epoch: 1, sequence: 1), time: 1),
                prefix: "ann!a@b",
                text: "hi"
            )
        ])
    }

    @Test func `once its date has come, nothing of a deleted tenant is in any store`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                let id = try #require(TenantID("acme"))
                let store = try await Self.open(rig)
                try await Self.say(id, in: store)
                let group = MultiThreadedEventLoopGroup.singleton
                let live = try await RedisLiveStore.connect(url: rig.redis.url, group: group, logger: rig.logger)
                let shard = try await TestShard(live)
                _ = try await shard.say("hello", in: LogKey(id, .channel, "#lobby"), feed: .any)
                try await rig.user.delete(.tenants, "acme", in: "chat")
                try await rig.wait(for: .cells, "default", "the data being counted") {
                    $0?.status["retainedTenants"] == 1
                }
                let kept = try #require(try await store.tenants.find(id))
                #expect(kept.state == .retained)
                #expect(try await live.remains(of: id) > 0)
                try await store.tenants.upsert(
                    StoredTenant(
                        tenant: id,
                        namespace: kept.namespace,
                        uid: kept.uid,
                        state: kept.state,
                        eraseAt: 1,
                        updatedAt: kept.updatedAt
                    )
                )
                try await until("the data being erased") { try await store.eraser.remains(of: id).isEmpty }
                #expect(try await live.remains(of: id) == 0)
                try await rig.wait(for: .cells, "default", "nothing being counted") {
                    $0?.status["retainedTenants"] == 0
                }
                await live.shutdown()
                await store.close()
            }
        }
    }

    @Test func `a mass deletion is counted and listed at once, and one of them can be erased early`() async throws {
        try await ClusterRig.with { rig in
            // Nothing but the deletions themselves has it counted in time.
            try await rig.withOperator {
                $0.sweepPeriod = .seconds(3600)
            } _: { _ in
                try await rig.applyCell()
                let names = (0..<30).map { "t\($0)" }
                for name in names { try await rig.apply(ClusterRig.tenant(name), .tenants) }
                for name in names { try await rig.waitReady(name) }
                try await rig.wait(for: .cells, "default", "all being counted") { $0?.status["tenants"] == 30 }
                let uid = try await rig.user.get(.tenants, "t7", in: "chat").uid
                for name in names { try await rig.user.delete(.tenants, name, in: "chat") }
                try await rig.wait(for: .cells, "default", "all being kept", within: .seconds(10)) {
                    $0?.status["tenants"] == 0 && $0?.status["retainedTenants"] == 30
                }
                let listed = try await rig.wait(for: .configMaps, "roost-default-retained", in: "roost", "the list") {
                    $0?.json["data"].fields?.count == 30
                }
                #expect(listed?.json["data"]["chat.t7"].string?.hasSuffix(" \(uid)") == true)
                // What kubectl roost erase does; of an object that is another's nothing is erased.
                let asked: JSON = ["roost.chat/erase": .string("chat/t7@\(uid) chat/t8@other")]
                _ = try await rig.user.patch(
                    .cells,
                    "default",
                    manager: "kubectl",
                    ["metadata": ["annotations": asked]]
                )
                try await rig.wait(for: .cells, "default", "the request being done") {
                    $0?.annotations["roost.chat/erase"] == nil && $0?.status["retainedTenants"] == 29
                }
                try await rig.wait(for: .configMaps, "roost-default-retained", in: "roost", "the list without it") {
                    $0?.json["data"]["chat.t7"] == .null && $0?.json["data"]["chat.t8"] != .null
                }
                let store = try await Self.open(rig)
                let (gone, left) = (try #require(TenantID("t7")), try #require(TenantID("t8")))
                #expect(try await store.eraser.remains(of: gone).isEmpty)
                #expect(try await store.tenants.find(left)?.state == .retained)
                await store.close()
                let event = try await rig.waitTold("Erased")
                #expect(event.json["note"].string?.contains("chat/t7") == true)
            }
        }
    }

    @Test func `what is asked to be erased and was had back meanwhile stays`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                let first = try await rig.waitReady("acme")
                try await rig.user.delete(.tenants, "acme", in: "chat")
                try await rig.wait(for: .tenants, "acme", in: "chat", "acme being gone") { $0 == nil }
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                let second = try await rig.waitReady("acme")
                let asked: JSON = ["roost.chat/erase": .string("chat/acme@\(first.uid) chat/acme@\(second.uid)")]
                _ = try await rig.user.patch(
                    .cells,
                    "default",
                    manager: "kubectl",
                    ["metadata": ["annotations": asked]]
                )
                try await rig.wait(for: .cells, "default", "the request being taken back") {
                    $0?.annotations["roost.chat/erase"] == nil
                }
                let store = try await Self.open(rig)
                let id = try #require(TenantID("acme"))
                #expect(try await store.tenants.find(id)?.state == .active)
                await store.close()
            }
        }
    }

    @Test func `what an edge hands over after an erasure is found at the second look`() async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme", ["deletionPolicy": "Delete"]), .tenants)
                try await rig.waitReady("acme")
                try await rig.user.delete(.tenants, "acme", in: "chat")
                try await rig.wait(for: .tenants, "acme", in: "chat", "acme being gone") { $0 == nil }
                let id = try #require(TenantID("acme"))
                let store = try await Self.open(rig)
                let note = try #require(try await store.tenants.find(id))
                #expect(note.state == .erasing)
                #expect(try #require(note.eraseAt) - note.updatedAt == 600_000)
                try await Self.say(id, in: store)
                try await store.tenants.upsert(
                    StoredTenant(
                        tenant: id,
                        namespace: note.namespace,
                        uid: note.uid,
                        state: note.state,
                        eraseAt: 1,
                        updatedAt: note.updatedAt
                    )
                )
                try await until("the second look") { try await store.eraser.remains(of: id).isEmpty }
                await store.close()
            }
        }
    }

    @Test func `erasures that fail hold up no other, and are counted until they succeed`() async throws {
        try await ClusterRig.with { rig in
            let store = try await Self.open(rig)
            // Enough to fill whatever is done at a time, and all of them due for longer than the one that can be erased.
            let stuck = try (0..<30).map { try Self.note("stuck\($0)", .retained, eraseAt: 1) }
            let fine = try Self.note("zebra", .retained, eraseAt: 2)
            for note in stuck + [fine] {
                try await store.tenants.upsert(note)
                try await Self.say(note.tenant, in: store)
            }
            _ = try await store.database.execute(
                """
                CREATE TRIGGER stop BEFORE DELETE ON history WHEN OLD.tenant LIKE 'stuck%'
                BEGIN SELECT RAISE(ABORT, 'not now'); END
                """,
                in: .cell
            )
            try await rig.withOperator { running in
                try await rig.applyCell()
                try await until("the one that can be erased") {
                    try await store.eraser.remains(of: fine.tenant).isEmpty
                }
                // They have been tried, and time has passed since.
                try await until("the others being tried") {
                    try await store.tenants.list(.erasing).count == stuck.count
                }
                _ = try await store.database.execute("UPDATE tenants SET updated_at = 1", in: .cell)
                let metrics = running.service.metrics.registry
                try await until("the others being counted") {
                    await metrics.render().contains("roost_cell_overdue_erasures{cell=\"default\"} 30")
                }
                _ = try await store.database.execute("DROP TRIGGER stop", in: .cell)
                try await until("the others being erased") {
                    try await store.tenants.list(after: nil).allSatisfy(\.isSecondLook)
                }
                try await until("none being counted") {
                    await metrics.render().contains("roost_cell_overdue_erasures{cell=\"default\"} 0")
                }
            }
            await store.close()
        }
    }

    @Test func `data that has no tenant is kept with a date, and its tenant has it back`() async throws {
        try await ClusterRig.with { rig in
            let store = try await Self.open(rig)
            // As after the loss of a cluster: the same name and namespace, another id.
            let lost = try Self.note("acme", .active, eraseAt: nil)
            try await store.tenants.upsert(lost)
            try await Self.say(lost.tenant, in: store)
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await until("a date") { try await store.tenants.find(lost.tenant)?.state == .retained }
                #expect(try #require(try await store.tenants.find(lost.tenant)?.eraseAt) > 30 * 86_400_000)
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                let left = try await store.eraser.remains(of: lost.tenant)
                #expect(left == ["conversations": 1, "history": 1, "history_origins": 1, "tenants": 1])
            }
            await store.close()
        }
    }

    // MARK: Cells that go

    /// Has a cell that keeps a deleted tenant's data, and an operator that has just begun and cannot reach its database.
    private func withBlindOperator(_ body: (ClusterRig, DurableStore) async throws -> Void) async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.apply(ClusterRig.tenant("acme"), .tenants)
                try await rig.waitReady("acme")
                try await rig.user.delete(.tenants, "acme", in: "chat")
                try await rig.wait(for: .cells, "default", "the data being counted") {
                    $0?.status["retainedTenants"] == 1
                }
                // The data is counted before the Tenant's finalizer goes; one that is left would be the reason itself.
                try await rig.wait(for: .tenants, "acme", in: "chat", "the tenant being gone") { $0 == nil }
            }
            let store = try await Self.open(rig)
            try await rig.apply(ClusterRig.secret("roost-postgres", ["url": "sqlite:/dev/null/nowhere"]))
            try await rig.user.delete(.cells, "default")
            try await rig.withOperator { _ in
                let cell = try await rig.wait(for: .cells, "default", "the deletion waiting") {
                    $0?.condition("Deleting")?["reason"] == "StillUsed"
                        && $0?.condition("StoresReady")?["status"] == "False"
                }
                #expect(cell?.condition("Deleting")?["message"].string?.contains("until its database tells") == true)
                #expect(cell?.status["retainedTenants"] == 1)
                try await body(rig, store)
            }
            await store.close()
        }
    }

    @Test func `a cell whose database cannot be asked stays, and then as long as it keeps data`() async throws {
        try await self.withBlindOperator { rig, store in
            try await rig.apply(ClusterRig.secret("roost-postgres", ["url": rig.database("default")]))
            // The Secret is read again every half minute.
            try await rig.wait(for: .cells, "default", "the data being the reason", within: .seconds(60)) {
                $0?.condition("Deleting")?["message"].string?.contains("the data of 1 tenants") == true
            }
            let id = try #require(TenantID("acme"))
            let kept = try #require(try await store.tenants.find(id))
            try await store.tenants.upsert(
                StoredTenant(
                    tenant: id,
                    namespace: kept.namespace,
                    uid: kept.uid,
                    state: kept.state,
                    eraseAt: 1,
                    updatedAt: kept.updatedAt
                )
            )
            try await rig.wait(for: .cells, "default", "the cell being gone") { $0 == nil }
            #expect(try await store.eraser.remains(of: id).isEmpty)
        }
    }

    @Test func `a cell goes at once if its data is to be left where it is`() async throws {
        try await self.withBlindOperator { rig, store in
            _ = try await rig.user.patch(
                .cells,
                "default",
                manager: "kubectl",
                ["metadata": ["annotations": [OperatorNames.abandonRetained: "true"]]]
            )
            try await rig.wait(for: .cells, "default", "the cell being gone") { $0 == nil }
            let id = try #require(TenantID("acme"))
            #expect(try await store.tenants.find(id)?.state == .retained)
        }
    }

    @Test func `a cell that goes does not leave what waits for a second look`() async throws {
        try await ClusterRig.with { rig in
            let store = try await Self.open(rig)
            let erased = try Self.note("acme", .erasing, eraseAt: .max)
            try await store.tenants.upsert(erased)
            try await Self.say(erased.tenant, in: store)
            try await rig.withOperator { _ in
                try await rig.applyCell()
                try await rig.wait(for: .cells, "default") { $0?.condition("StoresReady")?["status"] == "True" }
            }
            // Another operator, which has looked at nothing yet.
            try await rig.user.delete(.cells, "default")
            try await rig.withOperator { _ in
                try await rig.wait(for: .cells, "default", "the cell being gone") { $0 == nil }
                #expect(try await store.eraser.remains(of: erased.tenant).isEmpty)
            }
            await store.close()
        }
    }
}

extension StoredTenant {
    /// Whether it was erased and is looked at once more.
    fileprivate var isSecondLook: Bool { self.state == .erasing && self.eraseAt.map { $0 > 1 } == true }
}
