import Archive
import Chat
import Crypto
import Foundation
import Logging
import ObjectStore
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

extension TenantID {
    static var acme: TenantID { get throws { try #require(TenantID("acme")) } }
    static var globex: TenantID { get throws { try #require(TenantID("globex")) } }
}

extension Logger {
    static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// The databases that archives are tested over.
enum Driver: String, CaseIterable, CustomTestStringConvertible {
    case sqlite
    case postgres

    var testDescription: String { self.rawValue }
}

/// A database, a folder as the bucket, a cell's keys, and the archives of its tenants.
struct ArchiveRig {
    /// The first day of what is said here.
    static let day = ArchiveDay(number: 20_000)

    let store: DurableStore
    let bucket: FaultyStore
    let keys: CellKeys
    let folder: URL
    let tap = ArchiveTap { _ in true }

    /// Runs a block with empty ones.
    static func with(_ driver: Driver = .sqlite, _ body: (ArchiveRig) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "roost-archive-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = driver == .sqlite ? "sqlite::memory:" : try PostgresServer.shared().makeDatabase()
        let store = try DurableStore.open(url, logger: .quiet)
        _ = try await store.migrator.up(now: 0)
        let bucket = FaultyStore(try await FolderStore.open(folder.appending(path: "bucket").path))
        let keys = try CellKeys(["1": SymmetricKey(data: [UInt8](repeating: 7, count: 32))])
        let rig = ArchiveRig(store: store, bucket: bucket, keys: keys, folder: folder)
        do { try await body(rig) } catch {
            await store.close()
            await bucket.shutdown()
            throw error
        }
        await store.close()
        await bucket.shutdown()
    }

    /// A tenant's archive, as a process has it that has just begun.
    func archive(
        of tenant: TenantID,
        keys: CellKeys? = nil,
        withDatabase: Bool = true
    ) -> TenantArchive {
        TenantArchive(
            tenant,
            in: self.bucket,
            keys: keys ?? self.keys,
            repository: withDatabase ? self.store.archives : nil
        )
    }

    func lease(_ tenant: TenantID, as holder: String = "one") async throws -> ArchiveLease {
        try #require(try await self.store.archives.lease(tenant, as: holder, for: 60_000))
    }

    /// A worker that finds everything due at once.
    func service(holder: String = "one", clock: any Clock<Duration> = ContinuousClock()) -> ArchiveService {
        var policy = ArchivePolicy.continuous
        policy.sealAfter = .zero
        let due = policy
        return ArchiveService(
            self.store.archives,
            job: { .init(self.archive(of: $0), due) },
            holder: holder,
            clock: clock,
            logger: .quiet
        )
    }

    /// A worker that does jobs.
    func jobs(
        holder: String = "one",
        lease: Duration = .seconds(20),
        historyRetention: Duration? = nil,
        isServed: Bool = false,
        hold: String? = nil,
        clock: any Clock<Duration> = ContinuousClock()
    ) -> ArchiveJobService {
        ArchiveJobService(
            self.store,
            place: {
                .init(self.archive(of: $0), historyRetention: historyRetention, isServed: isServed, hold: hold)
            },
            holder: holder,
            lease: lease,
            clock: clock,
            logger: .quiet
        )
    }

    /// Asks for a job.
    func ask(_ order: ArchiveJobOrder, of tenant: TenantID) async throws -> ArchiveJob {
        switch try await self.store.archiveJobs.ask(order.request(by: "ann"), of: tenant) {
        case .asked(let job), .known(let job): return job
        case .tooMany: throw ArchiveError.configuration("too many jobs")
        }
    }

    /// How a job stands.
    func job(_ job: ArchiveJob) async throws -> ArchiveJob {
        try #require(try await self.store.archiveJobs.find(job.id, of: job.tenant))
    }

    /// Has the history and the archive take records, as the history's writer does.
    func store(_ records: [ArchivedRecord]) async throws {
        let places = Dictionary(uniqueKeysWithValues: records.enumerated().map { ($0.offset, $0.element) })
        let batch = ArchiveBatch(self.tap, records: places)
        try await self.store.history.store(records.map(\.content), archiving: batch)
    }

    /// Something that somebody says; its number is its position and its millisecond.
    static func said(
        _ number: Int,
        in channel: String = "#tea",
        of tenant: TenantID,
        day: ArchiveDay = ArchiveRig.day,
        text: String? = nil,
        redacts: Stamp? = nil
    ) -> ArchivedRecord {
        let stamp = Stamp(
            position: Position(epoch: UInt64(channel.utf8.count), sequence: UInt64(number)),
            time: day.start + Int64(number)
        )
        return ArchivedRecord(
            log: LogKey(tenant, .channel, channel),
            stamp: stamp,
            content: HistoryRecord(
                tenant,
                in: channel,
                id: redacts ?? stamp,
                prefix: redacts == nil ? "ann!a@host" : "bob!b@host",
                account: redacts == nil ? "ann" : "bob",
                target: redacts == nil ? channel : "",
                text: redacts == nil ? text ?? "message \(number)" : nil,
                redaction: redacts == nil ? nil : "bob!b@host it was wrong"
            )
        )
    }

    /// The lines of a tenant's archive, as a reader of ours finds them in the bucket.
    func lines(of tenant: TenantID) async throws -> [String] {
        let archive = self.archive(of: tenant, withDatabase: false)
        var names: [SegmentName] = []
        try await archive.list(archive.paths.segments) { item in
            if let name = archive.paths.segment(item.key) { names.append(name) }
        }
        var lines: [String] = []
        for name in names {
            let reader = try await archive.segment(name)
            var cursor = try reader.cursor(0..<reader.footer.frames.count)
            while let (_, frame) = try await cursor.next() {
                lines += String(decoding: frame, as: UTF8.self).split(separator: "\n").map(String.init)
            }
        }
        return lines
    }

    /// The texts of a tenant's archive, in the order of the bucket.
    func texts(of tenant: TenantID) async throws -> [String] {
        try await self.lines(of: tenant).map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["text"] as? String
                ?? ""
        }
    }
}
