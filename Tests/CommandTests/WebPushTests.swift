import Chat
import Crypto
import Realm
import Simulation
import StateStore
import Tenant
import Testing

/// WEBPUSH (draft/webpush): devices of accounts, and what is in the feed for them.
struct WebPushTests {
    private static let capabilities = "draft/webpush message-tags server-time standard-replies draft/read-marker"
    private static let endpoint = "https://push.example/a"

    /// What a device says of itself.
    private static func keys() -> String {
        let point = [UInt8](P256.KeyAgreement.PrivateKey().publicKey.x963Representation)
        return "p256dh=\(Base64URL.encode(point));auth=\(Base64URL.encode([UInt8](repeating: 7, count: 16)))"
    }

    private static func register(_ endpoint: String = Self.endpoint) -> String {
        "WEBPUSH REGISTER \(endpoint) \(Self.keys())"
    }

    private func short(_ lines: [String]) -> [String] { lines.map { Line($0).short } }

    @Test(arguments: 0..<2)
    func `WEBPUSH registers devices of who is logged in, on any shard, and takes them back`(shard: Int) async throws {
        let rig = try await PastRig(shards: 2, pushes: true)
        let ann = await rig.logIn("ann", shard: shard, capabilities: Self.capabilities)
        let key = try #require(rig.vapid)
        for subcommand in ["REGISTER", "register"] {
            let line = Self.register().replacing("REGISTER", with: subcommand)
            #expect(self.short(await rig.harness.send(ann, line)) == ["WEBPUSH REGISTER \(Self.endpoint)"])
        }
        let found = try await rig.devices(of: "ann")
        #expect(found.map(\.endpoint.text) == [Self.endpoint], "the second takes the place of the first")
        #expect(found.first?.capabilities == ["message-tags", "server-time"])
        #expect(self.short(await rig.harness.send(ann, "WEBPUSH VAPIDPUBKEY")) == ["WEBPUSH VAPIDPUBKEY \(key)"])
        let gone = "WEBPUSH UNREGISTER \(Self.endpoint)"
        // A device that is not there is taken back in silence.
        for _ in 0..<2 { #expect(self.short(await rig.harness.send(ann, gone)) == [gone]) }
        #expect(try await rig.devices(of: "ann").isEmpty)
    }

    @Test func `clients are told the key where something is pushed, and nothing of it elsewhere`() async throws {
        let rig = try await PastRig(pushes: true)
        let (client, lines) = await rig.welcome("ann", capabilities: Self.capabilities)
        #expect(lines.contains { $0.contains(" VAPID=\(rig.vapid ?? "?")") })
        #expect(await rig.harness.send(client, "CAP LS 302").joined().contains("draft/webpush soju.im/webpush"))
        let plain = try await PastRig()
        let other = await plain.welcome("ann")
        #expect(!other.lines.contains { $0.contains("VAPID") })
        #expect(!(await plain.harness.send(other.client, "CAP LS 302")).joined().contains("webpush"))
        let refused = await plain.harness.send(other.client, "CAP REQ draft/webpush", Self.register())
        #expect(refused.contains { $0.contains(" NAK ") })
        #expect(
            !refused.contains { $0.contains(" WEBPUSH REGISTER ") && !$0.contains("FAIL") && !$0.contains("NOTICE") }
        )
    }

    @Test(arguments: [
        ("WEBPUSH REGISTER http://push.example/ KEYS", "INVALID_PARAMS REGISTER http://push.example/"),
        ("WEBPUSH REGISTER https://127.0.0.1/ KEYS", "INVALID_PARAMS REGISTER https://127.0.0.1/"),
        ("WEBPUSH REGISTER https://push.example/ p256dh=x;auth=y", "INVALID_PARAMS REGISTER https://push.example/"),
        ("WEBPUSH REGISTER https://push.example/", "INVALID_PARAMS REGISTER https://push.example/"),
        ("WEBPUSH UNREGISTER", "INVALID_PARAMS UNREGISTER"), ("WEBPUSH DANCE", "INVALID_PARAMS DANCE"),
        ("WEBPUSH UNREGISTER a b", "INVALID_PARAMS UNREGISTER a"),
    ])
    func `what makes no sense is refused as the draft says`(line: String, expected: String) async throws {
        let rig = try await PastRig(pushes: true)
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        let answer = self.short(await rig.harness.send(ann, line.replacing("KEYS", with: Self.keys())))
        #expect(answer.count == 1 && answer[0].hasPrefix("FAIL WEBPUSH \(expected) "), "\(answer)")
        #expect(try await rig.devices(of: "ann").isEmpty)
    }

    @Test func `who has no account has no devices, and an account has ten`() async throws {
        let rig = try await PastRig(pushes: true)
        let guest = await rig.harness.join("guest", capabilities: Self.capabilities)
        let refused = self.short(await rig.harness.send(guest, Self.register()))
        #expect(refused.count == 1 && refused[0].hasPrefix("FAIL WEBPUSH FORBIDDEN REGISTER \(Self.endpoint) "))
        let ann = await rig.logIn("ann", capabilities: Self.capabilities)
        for number in 0..<10 {
            let endpoint = "https://push.example/\(number)"
            let answer = self.short(await rig.harness.send(ann, Self.register(endpoint)))
            #expect(answer == ["WEBPUSH REGISTER \(endpoint)"])
        }
        let full = self.short(await rig.harness.send(ann, Self.register()))
        #expect(full.count == 1 && full[0].hasPrefix("FAIL WEBPUSH MAX_REGISTRATIONS REGISTER \(Self.endpoint) "))
        // What is there already can be renewed.
        #expect(self.short(await rig.harness.send(ann, Self.register("https://push.example/3"))).count == 1)
        #expect(try await rig.devices(of: "ann").count == 10)
    }

    @Test(arguments: [false, true])
    func `invitations and markers are in the feed for devices alone, and only where something is pushed`(
        pushes: Bool
    ) async throws {
        let rig = try await PastRig(shards: 2, pushes: pushes)
        await rig.harness.advance(by: 5)
        let ann = await rig.logIn("ann", shard: 1, capabilities: "draft/read-marker")
        let bob = await rig.logIn("bob", capabilities: "draft/read-marker")
        _ = await rig.harness.send(bob, "JOIN #tea")
        let marked = await rig.harness.send(ann, "MARKREAD bob timestamp=1970-01-01T00:00:02.000Z")
        #expect(marked.count == 1, "told once, whatever goes into the feed: \(marked)")
        _ = await rig.harness.send(bob, "INVITE ann #tea")
        #expect(ann.take().contains { $0.contains(" INVITE ann ") })
        let records = try await rig.feed().filter { $0.log.kind == .user }
        #expect(records.map(\.label.text) == (pushes ? ["@aann aann", "@aann abob"] : []))
        // The history takes neither, and is not confused by them.
        try await rig.keep()
        #expect(try await rig.deadLetters() == 0)
    }
}
