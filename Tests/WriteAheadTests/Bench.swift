// One store on a simulated disk, worked by hand.

import Logging
import NIOCore
import NIOEmbedded
import Observability
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

/// A store, its disk, its worker, and a shard that writes down what it hears.
final class Bench {
    let disk: SimulatedDisk
    let worker = StepWorker()
    let store: InProcessLiveStore
    let loop = EmbeddedEventLoop()
    let ear = Ear()
    let client: any LiveStoreClient
    let log: LogKey
    let other: LogKey
    let logged: Lines

    /// What happened, in order: entries by their text, answers by theirs.
    final class Ear: LiveStoreReceiver {
        var heard: [String] = []
        /// What the next entry leads to at once.
        var reaction: (() -> Void)?

        func received(_ entry: Entry, of log: LogKey) {
            self.heard.append("heard \(String(buffer: entry.payload))")
            let reaction = self.reaction
            self.reaction = nil
            reaction?()
        }
        func reloaded(_ snapshot: Snapshot) {}
        func storeBecameReady() { self.heard.append("ready") }
    }

    init(
        _ disk: SimulatedDisk = SimulatedDisk(seed: 1),
        limits: JournalLimits = JournalLimits(),
        configuration: InProcessLiveStore.Configuration = .init(),
        time: Int64 = 1_000_000,
        writeTimes: HistogramFamily? = nil
    ) throws {
        let tenant = try #require(TenantID("acme"))
        self.disk = disk
        self.log = LogKey(tenant, .channel, "#tea")
        self.other = LogKey(tenant, .channel, "#unkept")
        let logged = Lines()
        self.logged = logged
        self.store = try InProcessLiveStore.open(
            disk,
            worker: self.worker,
            configuration: configuration,
            limits: limits,
            wallClock: { time },
            writeTimes: writeTimes,
            logger: Logger(label: "test") { _ in logged }
        )
        self.client = self.store.makeClient(on: self.loop, receiver: self.ear)
        for log in [self.log, self.other] { self.client.follow(FollowToken(log)) { _ in } }
        self.worker.runAll()
    }

    /// Appends a message and writes down the answer.
    func say(_ text: String, in log: LogKey? = nil, isFed: Bool = true) {
        let change = LogChange(log ?? self.log, payload: ByteBuffer(string: text), feed: isFed ? .any : nil)
        let ear = self.ear
        let unsettled = { ear.heard.append("unsettled \(text)") }
        self.client.append(Transaction(changes: [change]), unsettled: unsettled) { result in
            switch result {
            case .success: ear.heard.append("said \(text)")
            case .failure(.closed): ear.heard.append("closed \(text)")
            case .failure(.unavailable): ear.heard.append("refused \(text)")
            case .failure(let error): ear.heard.append("\(error): \(text)")
            }
        }
    }

    /// Lets the shard's loop come to the end of its turn.
    func turn() { self.loop.run() }

    /// Lets everybody work until nothing is left to do.
    func settle() {
        for _ in 0..<20 {
            self.loop.run()
            self.worker.runAll()
        }
    }

    /// Lets everybody work until a call is done that waits for the disk.
    func finish(_ body: @escaping @Sendable (InProcessLiveStore) async -> Void) async {
        let call = PendingCall { [store] in await body(store) }
        while !call.isDone {
            await Task.yield()
            self.settle()
        }
    }

    func takeHeard() -> [String] {
        defer { self.ear.heard = [] }
        return self.ear.heard
    }

    func journal() async throws -> [FeedRecord] {
        try await self.store.readFeed(as: .history, limit: .max, timeout: .zero)
    }
}

/// A log that can be read.
struct Lines: LogHandler {
    private final class Store: Sendable {
        let lines = Mutex<[String]>([])
    }

    private let store = Store()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.debug

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    var all: [String] { self.store.lines.withLock { $0 } }

    func log(event: LogEvent) { self.store.lines.withLock { $0.append("\(event.level): \(event.message)") } }
}
