import Backoff
import Dispatch
import KubeClient
import NIOCore
import NIOPosix
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// Tenants on their way between cells, and what is left behind them.
@Suite(.serialized)
struct MoveTests {
    // MARK: What goes wrong on the way

    @Test func `what can be known before takes nobody off the air, and the move goes on once it can`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob()
                try await cells.say(1, in: cells.first)
                let note = try await cells.first.tenants.find(cells.acme)
                try await cells.breakHistory(of: cells.second)
                try await rig.apply(TwoCells.acme(in: "two"), .tenants)
                let stuck = try #require(try await cells.waitStuck())
                #expect(stuck.condition("Ready")?["status"] == "True")
                #expect(stuck.condition("Ready")?["reason"] == "Moving")
                #expect(stuck.status["cell"] == "default")
                // What is written meanwhile is carried out where it lives.
                try await rig.apply(TwoCells.acme(in: "two", displayName: "Acme & Co"), .tenants)
                try await until("the new name being served") {
                    try await rig.projection().tenants[cells.acme]?.hosted.displayName == "Acme & Co"
                }
                // Who is taken off is noted to leave first.
                #expect(try await cells.first.tenants.find(cells.acme) == note)
                try await cells.mendHistory(of: cells.second)
                try await cells.live(in: "two")
                #expect(try await cells.second.eraser.remains(of: cells.acme)["history"] == 1)
            }
        }
    }

    @Test func `a copy that fails half way puts its tenant back on the air, and takes all that is new along later`()
        async throws
    {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob()
                for sequence in 1...30 { try await cells.say(UInt64(sequence), in: cells.first) }
                try await cells.refuseHistory(from: 30, in: cells.second)
                try await rig.apply(TwoCells.acme(in: "two"), .tenants)
                let stuck = try #require(try await cells.waitStuck())
                #expect(stuck.condition("Ready")?["status"] == "True")
                #expect(stuck.status["cell"] == "default")
                // It was off the air, and told that, and is on it again.
                #expect(try await rig.projection().tenants[cells.acme] != nil)
                #expect(try await rig.projection(cells.otherRedis.url).tenants.isEmpty)
                // The copy of that time is worth nothing any more: what changed since is what is moved.
                try await cells.add("carol", to: cells.first)
                try await cells.takeHistory(in: cells.second)
                try await cells.live(in: "two")
                for account in ["bob", "carol"] { #expect(try await cells.has(account, cells.second)) }
                #expect(try await cells.second.eraser.remains(of: cells.acme)["history"] == 30)
                #expect(try await cells.first.tenants.find(cells.acme)?.state == .moved)
            }
        }
    }

    @Test func `a copy that an operator left behind is gone on with before all others`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob()
                try await cells.say(1, in: cells.first)
            }
            // As its end in the middle of a move leaves it: the accounts are there, with what tells whether they are copied again.
            let note = try #require(try await cells.first.tenants.find(cells.acme))
            let notes: [(DurableStore, StoredTenant?, StoredTenant.State)] = [
                (cells.first, note, .leaving), (cells.second, nil, .arriving),
            ]
            for (store, known, state) in notes {
                let begun = StoredTenant(
                    tenant: note.tenant,
                    namespace: note.namespace,
                    uid: note.uid,
                    state: state,
                    updatedAt: note.updatedAt + 1
                )
                #expect(try await store.tenants.replace(known, with: begun))
            }
            try await TenantCopier(from: cells.first, to: cells.second).rehearse(cells.acme)
            #expect(try await !cells.has("bob", cells.second))
            try await cells.add("bob", to: cells.second)
            _ = try await cells.second.database.execute("UPDATE accounts SET created_at = 777", in: .cell)
            try await rig.apply(TwoCells.acme(in: "two"), .tenants)
            try await rig.withOperator { _ in
                try await cells.live(in: "two")
                #expect(try await cells.second.accounts.find("bob", of: cells.acme)?.createdAt == 777)
                #expect(try await cells.second.eraser.remains(of: cells.acme)["history"] == 1)
                #expect(try await cells.first.tenants.find(cells.acme)?.state == .moved)
            }
        }
    }

    @Test func `who turns back is served at once, and a later move takes nothing from the first`() async throws {
        try await TwoCells.with { cells in
            try await cells.rig.withOperator { _ in
                try await cells.liveWithBob()
                for sequence in 1...30 { try await cells.say(UInt64(sequence), in: cells.first) }
                try await cells.refuseHistory(from: 30, in: cells.second)
                try await cells.rig.apply(TwoCells.acme(in: "two"), .tenants)
                _ = try await cells.waitStuck()
                try await cells.live(in: "default")
                #expect(try await cells.rig.projection().tenants[cells.acme] != nil)
                try await cells.takeHistory(in: cells.second)
                // If its erasure was cut off as well it is looked at once more, and the note stays.
                let (second, acme) = (cells.second, cells.acme)
                try await until("the copy that was begun being erased") {
                    let note = try await second.tenants.find(acme)
                    return note == nil || note?.state == .erasing && note?.eraseAt != nil
                }
                #expect(try await !cells.has("bob", second))
                // What changed meanwhile is what is moved.
                _ = try await cells.first.database.execute("UPDATE accounts SET created_at = 777", in: .cell)
                try await cells.live(in: "two")
                #expect(try await cells.second.accounts.find("bob", of: cells.acme)?.createdAt == 777)
            }
        }
    }

    @Test func `deleting in the middle of a move keeps the data once`() async throws {
        try await TwoCells.with { cells in
            // What the one attempt left is there until somebody erases it.
            try await cells.rig.withOperator {
                $0.movePause = Backoff(first: .seconds(3600), longest: .seconds(3600))
            } _: { _ in
                try await cells.liveWithBob()
                for sequence in 1...30 { try await cells.say(UInt64(sequence), in: cells.first) }
                try await cells.refuseHistory(from: 30, in: cells.second)
                try await cells.rig.apply(TwoCells.acme(in: "two"), .tenants)
                _ = try await cells.waitStuck()
                try await cells.breakHistory(of: cells.second)
                try await cells.rig.user.delete(.tenants, "acme", in: "chat")
                // The object stays until nothing is left of the copy.
                try await cells.rig.wait(for: .tenants, "acme", in: "chat", "the erasure failing") {
                    $0?.condition("StoreReady")?["reason"] == "StoreUnavailable"
                }
                try await cells.mendHistory(of: cells.second)
                try await cells.rig.wait(for: .tenants, "acme", in: "chat", "acme being gone") { $0 == nil }
                #expect(try await cells.first.tenants.find(cells.acme)?.state == .retained)
                #expect(try await cells.has("bob", cells.first))
                #expect(try await cells.second.eraser.remains(of: cells.acme) == ["tenants": 1])
                try await cells.live(in: "default")
                #expect(try await cells.has("bob", cells.first))
            }
        }
    }

    @Test func `copies that cannot go on hold up nobody else`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                // More than there are workers.
                let names = (0..<20).map { "t\($0)" }
                for name in names { try await rig.apply(ClusterRig.tenant(name), .tenants) }
                for name in names { try await rig.waitReady(name) }
                let lock = try await WriteLock.take(cells.second)
                for name in names {
                    try await rig.apply(ClusterRig.tenant(name, ["cellRef": ["name": "two"]]), .tenants)
                }
                for name in names {
                    try await rig.wait(for: .tenants, name, in: "chat", "\(name) moving") {
                        $0?.condition("StoreReady")?["reason"] == "Moving"
                    }
                }
                try await rig.apply(ClusterRig.tenant("globex"), .tenants)
                try await rig.waitReady("globex")
                // Who waits is served, as it is written now.
                let last = try #require(TenantID("t19"))
                let suspended: JSON = ["cellRef": ["name": "two"], "state": "Suspended"]
                try await rig.apply(ClusterRig.tenant("t19", suspended), .tenants)
                try await rig.waitReady("t19", reason: "Suspended")
                #expect(try await rig.projection().tenants[last]?.hosted.state == .suspended)
                try await rig.apply(
                    ClusterRig.tenant("t19", ["cellRef": ["name": "two"], "state": "Active"]),
                    .tenants
                )
                // Who turns back does not wait for its turn either.
                try await rig.apply(ClusterRig.tenant("t18", ["cellRef": ["name": "default"]]), .tenants)
                try await rig.waitReady("t18")
                try await rig.apply(ClusterRig.tenant("t18", ["cellRef": ["name": "two"]]), .tenants)
                await lock.give()
                for name in names {
                    try await rig.wait(for: .tenants, name, in: "chat", "\(name) having moved", within: .seconds(60)) {
                        $0?.status["cell"] == "two" && $0?.condition("Ready")?["reason"] == "Serving"
                    }
                }
            }
        }
    }

    @Test func `between two cells that share a database nothing is moved and nothing is lost`() async throws {
        try await TwoCells.with { cells in
            // By another name, so that it does not show in the URL.
            let url = cells.rig.database("default").replacing("sqlite:/", with: "sqlite:///", maxReplacements: 1)
            try await cells.rig.apply(ClusterRig.secret("postgres-two", ["url": url]))
            try await cells.rig.withOperator { _ in
                try await cells.liveWithBob()
                try await cells.rig.apply(TwoCells.acme(in: "two"), .tenants)
                let stuck = try await cells.waitStuck()
                #expect(stuck?.condition("StoreReady")?["message"].string?.contains("the same database") == true)
                #expect(try await cells.has("bob", cells.first))
                try await cells.live(in: "default")
                try await cells.delete()
                #expect(try await cells.has("bob", cells.first))
            }
        }
    }

    // MARK: What is left behind

    @Test func `what came late to the old cell follows, what the new one dropped does not, and then the copy goes`()
        async throws
    {
        try await TwoCells.with { cells in
            try await cells.rig.withOperator { _ in
                try await cells.liveWithBob()
                try await cells.live(in: "two")
                let acme = cells.acme
                _ = try await cells.second.database.execute("DELETE FROM accounts", in: .tenant(acme))
                try await cells.say(5, in: cells.first)
                try await cells.passDate(in: cells.first)
                try await cells.isClean(cells.first, "the old cell's copy being erased")
                #expect(try await cells.second.eraser.remains(of: acme)["history"] == 1)
                let live = try await RedisLiveStore.connect(
                    url: cells.rig.redis.url,
                    group: MultiThreadedEventLoopGroup.singleton,
                    logger: cells.rig.logger
                )
                #expect(try await live.remains(of: acme) == 0)
                await live.shutdown()
            }
        }
    }

    @Test(arguments: ["default", "two"])
    func `deleted after a move and made again anywhere, nothing of it comes back`(place: String) async throws {
        try await TwoCells.with { cells in
            try await cells.rig.withOperator { _ in
                try await cells.liveWithBob(.delete)
                try await cells.live(in: "two", .delete)
                try await cells.delete()
                for store in [cells.first, cells.second] {
                    #expect(try await store.eraser.remains(of: cells.acme) == ["tenants": 1])
                }
                try await cells.live(in: place)
                // Also not once the dates have come of what is noted of the old one.
                let (here, there) = place == "two" ? (cells.second, cells.first) : (cells.first, cells.second)
                try await cells.passDate(in: there)
                try await cells.isClean(there, "the other cell being looked at again")
                #expect(try await here.eraser.remains(of: cells.acme) == ["tenants": 1])
            }
        }
    }

    @Test func `a copy in a cell that could not be asked when its tenant went is no one's either`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob(.delete)
                try await cells.live(in: "two", .delete)
            }
            // The old cell's database is away while the tenant goes and comes again.
            let url = rig.database("default")
            try await rig.apply(ClusterRig.secret("roost-postgres", ["url": "sqlite:/dev/null/nowhere"]))
            let blind = try rig.startOperator("blind")
            try await rig.wait(for: .cells, "default", "the cell being away") {
                $0?.condition("StoresReady")?["status"] == "False"
            }
            try await cells.delete()
            #expect(try await cells.has("bob", cells.first))
            try await cells.live(in: "two")
            await blind.stop()
            try await rig.apply(ClusterRig.secret("roost-postgres", ["url": url]))
            try await rig.withOperator { _ in
                try await cells.isClean(cells.first, "the old copy being erased")
                #expect(try await !cells.has("bob", cells.second))
            }
        }
    }

    @Test func `what another namespace's tenant has in the old cell is not taken along`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob()
                // As after a backup of somebody else's.
                let note = try #require(try await cells.first.tenants.find(cells.acme))
                let foreign = StoredTenant(
                    tenant: note.tenant,
                    namespace: "other",
                    uid: "other",
                    state: .active,
                    eraseAt: nil,
                    updatedAt: note.updatedAt
                )
                #expect(try await cells.first.tenants.replace(note, with: foreign))
                try await rig.apply(TwoCells.acme(in: "two"), .tenants)
                try await rig.wait(for: .tenants, "acme", in: "chat", "the refusal") {
                    $0?.condition("StoreReady")?["message"].string?.contains("of namespace other") == true
                }
                #expect(try await !cells.has("bob", cells.second))
                // It is the other's still, who may come back for it.
                let left = try #require(try await cells.first.tenants.find(cells.acme))
                #expect(left.namespace == "other" && left.uid == "other")
                #expect(try await cells.has("bob", cells.first))
            }
        }
    }

    @Test func `another namespace gets the name, and nothing with it, once all of it is erased`() async throws {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await cells.liveWithBob(.delete)
                try await cells.live(in: "two", .delete)
                try await cells.delete()
                try await rig.user.createNamespace("other")
                try await rig.apply(ClusterRig.tenant("acme", in: "other"), .tenants)
                let refused = try await rig.waitReady("acme", reason: "NameTaken", in: "other")
                #expect(refused.condition("Admitted")?["message"].string?.contains("is being erased") == true)
                // It hears by itself that the name is free.
                try await cells.passDate(in: cells.first)
                try await rig.waitReady("acme", in: "other")
                let note = try #require(try await cells.first.tenants.find(cells.acme))
                #expect(note.namespace == "other")
                #expect(try await cells.first.eraser.remains(of: cells.acme) == ["tenants": 1])
            }
        }
    }

    @Test func `who was deleted in another cell than the default one has the data back without naming it`()
        async throws
    {
        try await TwoCells.with { cells in
            try await cells.rig.withOperator { _ in
                try await cells.liveWithBob()
                try await cells.live(in: "two")
                try await cells.add("carol", to: cells.second)
                try await cells.delete()
                try await cells.rig.apply(TwoCells.acme(in: nil), .tenants)
                let tenant = try await cells.rig.waitReady("acme")
                #expect(tenant.status["cell"] == "two")
                for account in ["bob", "carol"] { #expect(try await cells.has(account, cells.second)) }
                #expect(try await cells.rig.projection(cells.otherRedis.url).tenants[cells.acme] != nil)
                #expect(try await cells.second.tenants.find(cells.acme)?.uid == tenant.uid)
            }
        }
    }

    @Test func `who asks for another cell than the one that kept the data has it moved there`() async throws {
        try await TwoCells.with { cells in
            try await cells.rig.withOperator { _ in
                try await cells.liveWithBob()
                try await cells.delete()
                try await cells.live(in: "two")
                #expect(try await cells.has("bob", cells.second))
                #expect(try await cells.first.tenants.find(cells.acme)?.state == .moved)
            }
        }
    }
}

/// Keeps everybody else from writing to a SQLite database.
private struct WriteLock: Sendable {
    private let release: DispatchSemaphore
    private let task: Task<Void, any Error>

    /// Holds the lock until it is given back.
    static func take(_ store: DurableStore) async throws -> WriteLock {
        let release = DispatchSemaphore(value: 0)
        let (taken, isTaken) = AsyncStream<Void>.makeStream()
        let task = Task {
            try await store.database.withTransaction(.cell, .readWrite, deadline: .seconds(60)) { _ in
                isTaken.finish()
                release.wait()
            }
        }
        for await _ in taken {}
        return WriteLock(release: release, task: task)
    }

    func give() async {
        self.release.signal()
        _ = await self.task.result
    }
}
