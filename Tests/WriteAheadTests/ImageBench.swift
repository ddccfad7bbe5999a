// A process whose store keeps an image on a disk, worked by hand.

import Logging
import NIOCore
import NIOEmbedded
import StateStore
import Tenant
import TestSupport
import Testing

/// One process on two folders of simulated disks: the journal's and the image's.
final class ImageBench {
    let journal: SimulatedDisk?
    let images: SimulatedDisk
    let worker = StepWorker()
    let store: InProcessLiveStore
    let loop = EmbeddedEventLoop()
    let client: any LiveStoreClient
    let logged = Lines()
    let tenant: TenantID
    private let ear = Bench.Ear()

    init(
        _ images: SimulatedDisk = SimulatedDisk(seed: 1),
        journal: SimulatedDisk? = nil,
        time: Int64 = 1_000_000
    ) throws {
        self.journal = journal
        self.images = images
        self.tenant = try #require(TenantID("acme"))
        let logged = self.logged
        self.store = try InProcessLiveStore.open(
            journal,
            images: ImagePlace(images, worker: self.worker),
            worker: self.worker,
            wallClock: { time },
            logger: Logger(label: "test") { _ in logged }
        )
        self.client = self.store.makeClient(on: self.loop, receiver: self.ear)
        self.worker.runAll()
    }

    func channel(_ name: String) -> LogKey { LogKey(self.tenant, .channel, name) }

    @discardableResult
    func append(_ changes: LogChange..., within rounds: Int = 3) -> [Stamp] {
        var stamps: [Stamp] = []
        self.client.append(Transaction(changes: changes)) { result in
            if case .success(.appended(let all)) = result { stamps = all }
        }
        for _ in 0..<rounds {
            self.loop.run()
            self.worker.runAll()
        }
        return stamps
    }

    @discardableResult
    func say(_ text: String, in log: LogKey, isFed: Bool = false) -> Stamp? {
        self.append(LogChange(log, payload: ByteBuffer(string: text), feed: isFed ? .any : nil)).first
    }

    @discardableResult
    func set(_ field: String, _ value: [UInt8], in log: LogKey, holder: LogChange.Holder = .unchanged) -> Stamp? {
        self.append(LogChange(log, fields: [.set(FieldName(Section("M"), field), value)], holder: holder)).first
    }

    func snapshot(_ log: LogKey) throws -> Snapshot {
        var found: Snapshot?
        self.client.load([log]) { found = try? $0.get().first }
        return try #require(found)
    }

    func value(_ field: String, in log: LogKey) throws -> [UInt8]? {
        try self.snapshot(log).fields[FieldName(Section("M"), field)]
    }

    func entries(_ log: LogKey) -> [Entry] {
        var found: [Entry] = []
        self.client.entries(of: log, after: 0, limit: .max) { found = (try? $0.get()) ?? [] }
        return found
    }

    func texts(_ log: LogKey) -> [String] {
        self.entries(log).map { String(buffer: $0.payload) }.filter { !$0.isEmpty }
    }

    /// Lets the time come for an image.
    func keep() {
        self.worker.passTime()
        self.worker.runAll()
    }

    func finish(_ body: @escaping @Sendable (InProcessLiveStore) async -> Void) async {
        let call = PendingCall { [store] in await body(store) }
        while !call.isDone {
            await Task.yield()
            self.loop.run()
            self.worker.runAll()
        }
    }

    /// The next process, after this one was killed.
    func killed() throws -> ImageBench { try ImageBench(self.images.afterCut(), journal: self.journal?.afterCut()) }
}
