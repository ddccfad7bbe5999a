import Archive
import Crypto
import Foundation
import KubeAPIDouble
import KubeClient
import Logging
import NIOCore
import ObjectStore
import Operator
import StateStore
import Tenant
import TestSupport
import Testing

/// A tenant that is deleted takes its archive along, unless somebody holds it: as people with kubectl see it, with a worker beside the operator.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ArchiveErasureTests {
    private static let archive: JSON = [
        "keysSecretRef": ["name": "roost-archive-keys"], "folder": ["persistentVolumeClaim": "roost-archive"],
    ]
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What a worker of the cell `default` has.
    private struct Worker {
        let store: DurableStore
        let bucket: FolderStore
        let keys: CellKeys
        let service: ArchiveService

        init(_ rig: ClusterRig) async throws {
            let store = try DurableStore.open(rig.database("default"), logger: ArchiveErasureTests.quiet)
            let bucket = try await FolderStore.open("\(rig.folder)/bucket")
            let keys = try CellKeys(["1": SymmetricKey(data: [UInt8](repeating: 7, count: 32))])
            (self.store, self.bucket, self.keys) = (store, bucket, keys)
            self.service = ArchiveService(
                store.archives,
                job: { .init(TenantArchive($0, in: bucket, keys: keys, repository: store.archives), .continuous) },
                holder: "worker",
                logger: ArchiveErasureTests.quiet
            )
        }

        func end() async {
            await self.bucket.shutdown()
            await self.store.close()
        }

        /// Has a segment of one line made.
        func archive(_ tenant: TenantID) async throws {
            let record = HistoryRecord(
                tenant,
                in: "#tea",
                id: Stamp(position: Position(epoch: 1, sequence: 1), time: 1_700_000_000_000),
                prefix: "ann!a@b",
                text: "hi"
            )
            let archived = ArchivedRecord(log: LogKey(tenant, .channel, "#tea"), stamp: record.id, content: record)
            try await self.store.history.store(
                [record],
                archiving: ArchiveBatch(ArchiveTap { _ in true }, records: [0: archived])
            )
            let archive = TenantArchive(tenant, in: self.bucket, keys: self.keys, repository: self.store.archives)
            let lease = try #require(try await self.store.archives.lease(tenant, as: "worker", for: 60_000))
            _ = try await archive.seal(ArchiveDay(of: record.id.time), by: lease)
            try await self.store.archives.release(lease)
        }

        func objects(below prefix: String) async throws -> Int {
            try await self.bucket.listVersions(prefix, after: nil, limit: 1000).items.count
        }
    }

    private static func with(
        _ settings: JSON,
        _ body: (ClusterRig, Worker, TenantID) async throws -> Void
    ) async throws {
        try await ClusterRig.with { rig in
            try await rig.withOperator { _ in
                try await rig.apply(ClusterRig.secret("roost-archive-keys", ["1": String(repeating: "7", count: 64)]))
                try await rig.applyCell(["archive": Self.archive])
                let spec: JSON = ["deletionPolicy": "Delete", "archive": settings]
                try await rig.apply(ClusterRig.tenant("acme", spec), .tenants)
                try await rig.waitReady("acme")
                let acme = try #require(TenantID("acme"))
                let worker = try await Worker(rig)
                do {
                    try await worker.archive(acme)
                    #expect(try await worker.objects(below: "acme/") == 2)
                    try await body(rig, worker, acme)
                } catch {
                    await worker.end()
                    throw error
                }
                await worker.end()
            }
        }
    }

    @Test func `deleting waits for a worker, and ends with a certificate`() async throws {
        try await Self.with(["enabled": true]) { rig, worker, acme in
            try await rig.user.delete(.tenants, "acme", in: "chat")
            try await rig.wait(for: .tenants, "acme", in: "chat", "the archive being waited for") {
                $0?.condition("StoreReady")?["reason"] == "Erasing"
            }
            // Nothing goes that the archive was made of, and nobody is served.
            #expect(try await rig.projection().tenants[acme] == nil)
            #expect(try await worker.store.archives.keys(of: acme).contains { $0.wrapped != nil })
            try await worker.service.look()
            try await rig.wait(for: .tenants, "acme", in: "chat", "acme being gone") { $0 == nil }
            #expect(try await worker.objects(below: "acme/") == 0)
            let record = try #require(try await worker.store.archives.erasureRecords(named: acme).first)
            #expect(record.namespace == "chat" && record.objects == 2 && record.keys == 1)
            try await until("the event") {
                try await rig.user.list(.events, in: "chat").items.contains {
                    $0.json["reason"].string == "Erased" && $0.json["note"].string?.contains(record.object) == true
                }
            }
            try await until("nothing being left of it") {
                try await worker.store.eraser.remains(of: acme).keys.allSatisfy { $0 == "tenants" }
            }
        }
    }

    @Test func `what is held is not deleted, whoever says so, until the hold is gone`() async throws {
        try await Self.with(["enabled": true, "hold": ["reason": "case 4711", "by": "Legal"]]) { rig, worker, acme in
            try await rig.user.delete(.tenants, "acme", in: "chat")
            let held = try await rig.wait(for: .tenants, "acme", in: "chat", "the hold") {
                $0?.condition("Ready")?["reason"] == "Held"
            }
            #expect(held?.condition("StoreReady")?["message"].string?.contains("case 4711 (Legal)") == true)
            try await until("nobody being served") { try await rig.projection().tenants[acme] == nil }
            try await worker.service.look()
            // With the manifest of the day, which is over.
            #expect(try await worker.objects(below: "acme/") == 3)
            // A literal would leave out the null that removes it.
            let spec: JSON = ["archive": .object(["enabled": true, "hold": .null])]
            try await rig.apply(
                ClusterRig.tenant("acme", JSON.object(["deletionPolicy": "Delete", "archive": spec["archive"]])),
                .tenants
            )
            try await until("the archive being waited for") { try await !worker.store.archives.erasures().isEmpty }
            try await worker.service.look()
            try await rig.wait(for: .tenants, "acme", in: "chat", "acme being gone") { $0 == nil }
            #expect(try await worker.objects(below: "acme/") == 0)
        }
    }

    @Test func `a cell that has no archive any more waits for nobody, and says what stays`() async throws {
        try await Self.with(["enabled": true]) { rig, worker, acme in
            try await rig.applyCell()
            try await rig.wait(for: .cells, "default", "no archive") {
                $0?.condition("ArchiveReady")?["reason"] == "Disabled"
            }
            try await rig.user.delete(.tenants, "acme", in: "chat")
            try await rig.wait(for: .tenants, "acme", in: "chat", "acme being gone") { $0 == nil }
            #expect(try await worker.objects(below: "acme/") == 2)
            try await until("the event") {
                try await rig.user.list(.events, in: "default").items.contains {
                    $0.json["reason"].string == "ArchiveLeft" && $0.json["note"].string?.contains("chat/acme") == true
                }
            }
        }
    }

    @Test func `who moves finds its archive there, or stays, and what it leaves behind takes nothing along`()
        async throws
    {
        try await TwoCells.with { cells in
            let rig = cells.rig
            try await rig.withOperator { _ in
                try await rig.apply(ClusterRig.secret("roost-archive-keys", ["1": String(repeating: "7", count: 64)]))
                try await rig.applyCell(["archive": Self.archive])
                try await cells.live(in: "default")
                let worker = try await Worker(rig)
                do {
                    try await worker.archive(cells.acme)
                    try await rig.apply(TwoCells.acme(in: "two"), .tenants)
                    let waiting = try await rig.wait(for: .tenants, "acme", in: "chat", "acme not being moved") {
                        $0?.condition("StoreReady")?["message"].string?.contains("its archive lies where cell default")
                            == true
                    }
                    // Nobody was taken off.
                    #expect(waiting?.status["cell"] == "default" && waiting?.condition("Ready")?["status"] == "True")
                    let spec: JSON = ["spec": ["archive": Self.archive]]
                    _ = try await rig.user.patch(.cells, "two", manager: "kubectl", spec)
                    try await rig.wait(for: .tenants, "acme", in: "chat", "acme living in two") {
                        $0?.status["cell"] == "two" && $0?.condition("Ready")?["reason"] == "Serving"
                    }
                    try await cells.passDate(in: cells.first)
                    try await cells.isClean(cells.first, "what was left behind being gone")
                    try await worker.service.look()
                    #expect(try await worker.objects(below: "acme/") == 2)
                    #expect(try await worker.store.archives.erasureRecords() == [])
                    #expect(try await cells.second.archives.segments(of: cells.acme).count == 1)
                } catch {
                    await worker.end()
                    throw error
                }
                await worker.end()
            }
        }
    }
}
