import Chat
import Crypto
import IRC
import Logging
import NIOCore
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

@testable import WebPush

/// From the feed to a device.
struct PushWriterTests {
    /// Who is where, as the test says.
    private struct Presence: PushPresence {
        var channels: [String: [PushMember]] = [:]
        var silenced: String?

        func members(of channel: String, in tenant: TenantID, among accounts: Set<String>) async throws -> [PushMember]
        {
            (self.channels[channel] ?? []).filter { accounts.contains($0.account) }
        }

        func session(of account: String, in tenant: TenantID) async throws -> PushSession? {
            var silence = SilenceList()
            if let entry = self.silenced.flatMap({ Silenced($0) }) { silence.add(entry) }
            return PushSession(nick: account, silence: silence)
        }
    }

    /// A push service that takes all, and what it took.
    private final class Service: PushTransport {
        let requests = Mutex<[PushRequest]>([])

        func post(_ request: PushRequest) async -> PushAnswer {
            self.requests.withLock { $0.append(request) }
            return .taken
        }
    }

    private struct Rig {
        let store: DurableStore
        let live: InProcessLiveStore
        let shard: TestShard
        let writer: PushWriter
        let service = Service()
        let device: Device
        let key: VapidKey
        let tenant: TenantID

        init(_ presence: Presence = Presence()) async throws {
            self.device = try Device()
            self.store = DurableStore(try SQLiteDatabase())
            _ = try await self.store.migrator.up(now: 0)
            var configuration = InProcessLiveStore.Configuration()
            configuration.consumers = FeedConsumer.withPush
            self.live = InProcessLiveStore(configuration: configuration, wallClock: { 5_000 })
            self.shard = try await TestShard(self.live)
            self.tenant = try #require(TenantID("acme"))
            self.key = try #require(VapidKey(from: SymmetricKey(size: .bits256), tenant: self.tenant))
            let key = self.key
            self.writer = PushWriter(
                live: self.live,
                store: self.store,
                presence: presence,
                transport: self.service,
                contact: "mailto:o@acme.example",
                tenants: { _ in PushTenant(serverName: "acme.example", key: key) },
                now: { 6_000 },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            _ = try await self.store.accounts.create(
                "Ann",
                folded: "ann",
                credentials: .init(passwordHash: nil, scram: nil),
                of: self.tenant,
                now: 0
            )
            let isIn = try await self.store.pushes.register(
                #require(self.device.registration()),
                of: "ann",
                in: self.tenant,
                for: key.publicText,
                now: 1,
                until: 100_000,
                limit: 10
            )
            #expect(isIn)
        }

        /// Somebody says something, to a channel or in a conversation of two.
        func say(_ text: String, in conversation: String, to target: String, by account: String? = "bob") async throws {
            let message = ChatMessage(
                verb: .privmsg,
                sender: SessionID(rawValue: 7),
                origin: 1,
                account: account,
                isBot: false,
                minimum: [],
                clientTags: "",
                capacity: 100
            ) {
                $0.message(source: "bob!b@host", command: "PRIVMSG", parameters: [target, text], forcesTrailing: true)
            }
            let isChannel = conversation.hasPrefix("#")
            let log = LogKey(self.tenant, isChannel ? .channel : .user, isChannel ? conversation : "0000000000000001")
            try await self.add(message.entry, to: log, conversation)
        }

        func add(_ payload: ByteBuffer, to log: LogKey, _ conversation: String) async throws {
            _ = try await self.shard.append(
                Transaction(changes: [LogChange(log, payload: payload, feed: FeedLabel(conversation))])
            )
        }

        /// Has the feed be read, and waits until all is sent.
        func push(_ count: Int) async throws -> [String] {
            while try await self.writer.moveBatch(waiting: .zero) {}
            let service = self.service
            try await until("\(count) pushes") { service.requests.withLock { $0.count } >= count }
            let figures = self.writer.figures
            try await until("all have ended") { figures.waiting == 0 }
            _ = try await self.writer.moveBatch(waiting: .zero)
            return try self.service.requests.withLock { $0 }.map {
                String(decoding: try self.device.decrypt($0.body), as: UTF8.self)
            }
        }
    }

    @Test func `a direct message comes to the device, with its id, and the feed is done with it`() async throws {
        let rig = try await Rig()
        try await rig.say("hello", in: "@aann abob", to: "Ann")
        let lines = try await rig.push(1)
        #expect(lines.count == 1)
        #expect(lines[0].hasPrefix("@time=1970-01-01T00:00:05.000Z;account=bob;msgid="))
        #expect(lines[0].hasSuffix(" :bob!b@host PRIVMSG Ann :hello"))
        #expect(try await rig.live.feedStanding(of: .push) == FeedStanding(waiting: 0, missed: 0))
        let request = try #require(rig.service.requests.withLock { $0.first })
        #expect(
            request.authorization.hasPrefix("vapid t=") && request.authorization.hasSuffix("k=\(rig.key.publicText)")
        )
        #expect(request.topic.map { $0.utf8.count <= 32 } == true)
        #expect(request.urgency == .high)
    }

    @Test func `a channel's message comes to who is called and is in it, and to nobody else`() async throws {
        let rig = try await Rig(Presence(channels: ["#a": [PushMember(account: "ann", nick: "annie")]]))
        try await rig.say("hello everybody", in: "#a", to: "#a")
        try await rig.say("ann, annie!", in: "#b", to: "#b")
        try await rig.say("annie: hello", in: "#a", to: "#a")
        let lines = try await rig.push(1)
        #expect(lines.map { $0.split(separator: " ", maxSplits: 1)[1] } == [":bob!b@host PRIVMSG #a :annie: hello"])
        #expect(try await rig.live.feedStanding(of: .push).waiting == 0)
    }

    @Test func `nobody is pushed what it does not want to hear, or has read, or said itself`() async throws {
        let rig = try await Rig(Presence(silenced: "bob!*@*"))
        try await rig.say("hello", in: "@aann abob", to: "Ann")
        #expect(try await rig.push(0).isEmpty)
        let other = try await Rig()
        try await other.say("to myself", in: "@aann abob", to: "bob", by: "ann")
        try await other.say("early", in: "@aann abob", to: "Ann")
        _ = try await other.store.readMarkers.advance("@aann abob", to: 5_000, by: "ann", of: other.tenant)
        #expect(try await other.push(0).isEmpty)
        #expect(try await other.live.feedStanding(of: .push).waiting == 0)
    }

    @Test func `what was read elsewhere and who was invited is pushed too`() async throws {
        let rig = try await Rig()
        let inbox = LogKey(rig.tenant, .user, "0000000000000001")
        try await rig.add(UserEvent.read("bob", upTo: 4_000).encoded, to: inbox, "@aann aann")
        let author = Author(session: SessionID(rawValue: 7), prefix: "bob!b@host", account: "bob")
        try await rig.add(UserEvent.invited(channel: "#b", by: author).encoded, to: inbox, "@aann abob")
        let lines = try await rig.push(2).sorted()
        #expect(lines.count == 2)
        #expect(lines.first == ":acme.example MARKREAD bob timestamp=1970-01-01T00:00:04.000Z")
        #expect(lines.last?.hasSuffix(" :bob!b@host INVITE ann #b") == true)
    }

    @Test func `a device that was registered for another key, or is over, is pushed nothing`() async throws {
        let rig = try await Rig()
        try await rig.store.pushes.sweep(now: 200_000)
        try await rig.say("hello", in: "@aann abob", to: "Ann")
        #expect(try await rig.push(0).isEmpty)
        #expect(try await rig.live.feedStanding(of: .push).waiting == 0)
    }
}
