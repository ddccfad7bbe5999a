import Chat
import IRC
import NIOCore
import StateStore
import Synchronization
import Tenant
import TestSupport

/// A live store whose feed tests fill as they like; the rest is the store in process.
final class FeedStore: LiveStore {
    private struct State {
        var records: [FeedRecord] = []
        var lostAcknowledgements: Int
        var next = 0

        mutating func add(_ payload: ByteBuffer, _ sequence: UInt64, _ log: LogKey) {
            let entry = Entry(
                position: Position(epoch: 9, sequence: sequence),
                time: Int64(1000 + sequence),
                producer: ProducerID(rawValue: 1),
                payload: payload
            )
            let label = FeedLabel(log.name)
            self.records.append(FeedRecord(id: .init("\(self.next)"), log: log, entry: entry, label: label))
        }
    }

    private let rest = InProcessLiveStore()
    private let state: Mutex<State>

    /// - Parameter lostAcknowledgements: how many acknowledgements fail first.
    init(lostAcknowledgements: Int = 0) {
        self.state = Mutex(State(lostAcknowledgements: lostAcknowledgements))
    }

    /// How many records are not acknowledged.
    var waiting: Int { self.state.withLock { $0.records.count } }

    func append(_ sequences: ClosedRange<UInt64>, to log: LogKey) {
        self.state.withLock { state in
            for sequence in sequences {
                state.next += 1
                state.add(Self.message("message \(sequence)"), sequence, log)
            }
        }
    }

    func append(_ payload: ByteBuffer, to log: LogKey) {
        self.state.withLock { state in
            state.next += 1
            state.add(payload, UInt64(state.next), log)
        }
    }

    /// The entry of something that is said to `#tea`.
    static func message(_ text: String, minimum: MemberModes = []) -> ByteBuffer {
        ChatMessage(
            verb: .privmsg,
            sender: SessionID(rawValue: 1),
            origin: 0,
            account: "ann",
            isBot: false,
            minimum: minimum,
            clientTags: "+draft/react=x",
            capacity: 100
        ) { writer in
            ByteBuffer(string: text).withUnsafeReadableBytes { bytes in
                writer.relay(source: "ann!a@b", command: "PRIVMSG", target: "#tea", text: bytes)
            }
        }.entry
    }

    func readFeed(
        as consumer: FeedConsumer,
        limit: Int,
        timeout: Duration
    ) async throws(LiveStoreError) -> [FeedRecord] {
        await Task.yield()
        return self.state.withLock { Array($0.records.prefix(limit)) }
    }

    func acknowledge(_ ids: [FeedRecord.ID], as consumer: FeedConsumer) async throws(LiveStoreError) {
        let lost = self.state.withLock { state in
            if state.lostAcknowledgements > 0 {
                state.lostAcknowledgements -= 1
                return true
            }
            let done = Set(ids)
            state.records.removeAll { done.contains($0.id) }
            return false
        }
        if lost { throw .unavailable(reason: "the acknowledgement is lost") }
    }

    var pod: PodID { self.rest.pod }

    func makeClient(on loop: any EventLoop, receiver: any LiveStoreReceiver) -> any LiveStoreClient {
        self.rest.makeClient(on: loop, receiver: receiver)
    }

    func renewLease(for ttl: Duration, carrying figures: [UInt8]?) async throws(LiveStoreError) -> LeaseRenewal {
        try await self.rest.renewLease(for: ttl, carrying: figures)
    }

    func liveFigures() async throws(LiveStoreError) -> [PodID: [UInt8]] { try await self.rest.liveFigures() }

    func feedStanding(of consumer: FeedConsumer) async throws(LiveStoreError) -> FeedStanding {
        FeedStanding(waiting: self.waiting, missed: 0)
    }

    func erase(_ tenant: TenantID) async throws(LiveStoreError) { try await self.rest.erase(tenant) }

    func remains(of tenant: TenantID) async throws(LiveStoreError) -> Int { try await self.rest.remains(of: tenant) }

    func hasLease(_ pod: PodID) async throws(LiveStoreError) -> Bool { try await self.rest.hasLease(pod) }

    func lapsedPods() async throws(LiveStoreError) -> [PodID] { try await self.rest.lapsedPods() }

    func orphans(of pod: PodID, limit: Int) async throws(LiveStoreError) -> [LogKey] {
        try await self.rest.orphans(of: pod, limit: limit)
    }

    func bury(_ pod: PodID) async throws(LiveStoreError) { try await self.rest.bury(pod) }

    func shutdown() async { await self.rest.shutdown() }
}
