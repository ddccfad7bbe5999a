import Chat
import NIOCore
import Simulation
import StateStore
import Tenant
import Testing

/// What of a network is put into its feed, and as part of which conversation.
struct FeedTests {
    /// What came since the last time: label and kind of each record.
    private func fed(_ harness: CommandHarness) async throws -> [String] {
        let records = try await harness.store.readFeed(as: .history, limit: 1000, timeout: .zero)
        try await harness.store.acknowledge(records.map(\.id), as: .history)
        return records.map { "\($0.label.text) \(Self.kind($0.entry.payload))" }
    }

    private static func kind(_ payload: ByteBuffer) -> String {
        if let message = ChatMessage(entry: payload) { return message.verb.command }
        return switch ChannelEvent(payload) {
        case .joined: "JOIN"
        case .parted: "PART"
        case .quit: "QUIT"
        case .kicked: "KICK"
        case .modes: "MODE"
        case .topic: "TOPIC"
        case .changed(_, .nick, _, _): "NICK"
        case .changed(_, .away, _, _): "AWAY"
        case .changed: "CHANGE"
        case .invited: "INVITE"
        case .redacted: "REDACT"
        case .knocked: "KNOCK"
        case .renamed, .continued: "RENAME"
        case .metadata: "METADATA"
        case .registration, .restored: "REGISTRATION"
        case .awaited: "AWAITED"
        case .raid: "RAID"
        case .message, nil: "?"
        }
    }

    @Test(arguments: [
        ("JOIN #New", ["#new JOIN"]), ("PART #tea", ["#tea PART"]), ("QUIT", ["#tea QUIT"]),
        ("NICK ann2", ["#tea NICK"]),
        ("AWAY :tea", ["#tea AWAY"]), ("MODE #tea +m", ["#tea MODE"]), ("TOPIC #TEA :new", ["#tea TOPIC"]),
        ("KICK #tea Bob", ["#tea KICK"]), ("PRIVMSG #tea :hi", ["#tea PRIVMSG"]), ("NOTICE #tea :hi", ["#tea NOTICE"]),
        ("@+draft/react=x TAGMSG #tea", ["#tea TAGMSG"]), ("@+typing=active TAGMSG #tea", []),
        ("@+draft/typing=active;+typing=active TAGMSG #tea", []), ("INVITE Cid #tea", []), ("WHO #tea", []),
    ])
    func `what others see of a channel is in it under the channel's folded name`(
        line: String,
        expected: [String]
    ) async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.join("Ann", capabilities: "message-tags")
        let bob = await harness.join("Bob", shard: 1)
        _ = await harness.join("Cid")
        _ = await harness.send(ann, "JOIN #Tea")
        _ = await harness.send(bob, "JOIN #tea")
        _ = try await self.fed(harness)
        _ = await harness.send(ann, line)
        #expect(try await self.fed(harness) == expected)
    }

    @Test func `that an account is away without any client is in it as any other absence`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.member("ann", "draft/persistence", in: "#tea").client
        _ = await ann.send("PERSISTENCE SET ON")
        ann.wire.disconnect()
        _ = try await self.fed(harness)
        await harness.advance(by: 130)
        #expect(try await self.fed(harness) == ["#tea AWAY"])
    }

    @Test func `two who write to each other have one conversation, under their accounts or their sessions`()
        async throws
    {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.join("Ann")
        let bob = await harness.join("Bob", shard: 1)
        _ = await harness.send(ann, "PRIVMSG Bob :hi")
        _ = await harness.send(bob, "NOTICE Ann :hi")
        let records = try await harness.store.readFeed(as: .history, limit: 10, timeout: .zero)
        let labels = records.map(\.label.text)
        #expect(labels.count == 2 && labels[0] == labels[1])
        guard case .direct(let pair) = Conversation(text: labels[0]), case .guest(let one) = pair.first,
            case .guest(let other) = pair.second
        else {
            Issue.record("\(labels)")
            return
        }
        #expect(one != other)
        // Each is in another's log, and no two have the same id.
        #expect(Set(records.map(\.log)).count == 2)
        #expect(Set(records.map(\.entry.position)).count == 2)
    }

    @Test func `nothing is in it of a tenant that keeps no history, and no direct messages of one that keeps none`()
        async throws
    {
        let harness = try CommandHarness()
        let ann = await harness.join("Ann")
        _ = await harness.join("Bob")
        var tenant = harness.tenant
        tenant.settings.history.directMessages = false
        await harness.apply(tenant)
        _ = await harness.send(ann, "JOIN #tea", "PRIVMSG Bob :hi")
        #expect(try await self.fed(harness) == ["#tea JOIN"])
        tenant.settings.history = HistorySettings(
            enabled: false,
            retention: tenant.history.retention,
            directMessages: true
        )
        await harness.apply(tenant)
        _ = await harness.send(ann, "PRIVMSG #tea :hi", "TOPIC #tea :new", "NICK ann2", "QUIT")
        #expect(try await self.fed(harness) == [])
    }
}
