// METADATA that is kept: an account's outlives its sessions.

import Chat
import Realm
import Simulation
import Tenant
import Testing

@Suite struct KeptMetadataTests {
    private static let capability = "batch standard-replies draft/metadata-3"

    private func logIn(
        _ harness: CommandHarness,
        _ account: String = "ann",
        shard: Int = 0,
        before: String...
    ) async -> (client: Client, burst: [Line]) {
        harness.accounts.add(account, password: "sesame")
        let client = harness.stranger(shard: shard)
        _ = await client.send("CAP REQ :\(Self.capability)")
        for line in before { _ = await client.send(line) }
        return (client, await client.send("PASS \(account):sesame", "NICK \(account)", "USER a 0 * :A", "CAP END"))
    }

    private func told(_ burst: [Line]) -> [String]? { burst.batches.first { $0.type == "metadata" }?.lines.shorts }

    @Test(arguments: [0, 60])
    func `what an account says of itself is there when it comes again`(grace: Int) async throws {
        var settings = SessionSettings.standard
        settings.resumeGrace = .seconds(grace)
        let harness = try CommandHarness(shards: 2, persistence: settings)
        let (ann, _) = await self.logIn(harness, before: "METADATA * SET early :x")
        #expect(await ann.send("METADATA * SET color :red").shorts == ["761 ann color * red"])
        #expect(await ann.send("METADATA * SET url :y", "METADATA * SET url").commands == ["761", "766"])
        _ = await ann.send("QUIT")
        let (again, burst) = await self.logIn(harness, shard: 1)
        #expect(self.told(burst) == ["761 ann color * red", "761 ann early * x"])
        let bob = await harness.client("bob", Self.capability)
        #expect(await bob.send("METADATA ann LIST").listed.count == 2)
        #expect(await again.send("METADATA * CLEAR").listed.keys == ["color", "early"])
        _ = await again.send("QUIT")
        #expect(self.told(await self.logIn(harness).burst) == [])
    }

    @Test func `a guest's goes with the session, and its account's begins with it where one logs in later`()
        async throws
    {
        let harness = try CommandHarness(shards: 2)
        let guest = await harness.client("bob", Self.capability)
        _ = await guest.send("METADATA * SET color :red", "QUIT")
        let next = await harness.client("bob", shard: 1, Self.capability, in: "#a")
        #expect(await next.send("METADATA * LIST").listed == [])

        let (ann, _) = await self.logIn(harness)
        _ = await ann.send("METADATA * SET color :blue", "METADATA * SET url :x", "QUIT")
        let watching = await harness.client("cid", Self.capability, in: "#a")
        _ = await watching.send("METADATA * SUB url")
        _ = await next.send("METADATA * SUB url", "METADATA * SET color :green", "CAP REQ sasl", "AUTHENTICATE PLAIN")
        let loggedIn = await next.send("AUTHENTICATE \(plain("ann", "sesame"))")
        #expect(loggedIn.commands.contains("903") && loggedIn.shorts.last == "761 bob url * x", "\(loggedIn)")
        #expect(
            await next.send("METADATA * LIST").listed == [
                "761 bob color * green", "761 bob url * x",
            ]
        )
        #expect(await watching.hears().shorts.last == "761 bob url * x")
        _ = await next.send("QUIT")
        #expect(self.told(await self.logIn(harness).burst) == ["761 ann color * green", "761 ann url * x"])
    }

    @Test func `where it cannot be kept nothing is changed, and that is said`() async throws {
        let harness = try CommandHarness(shards: 2)
        let (ann, _) = await self.logIn(harness)
        _ = await ann.send("METADATA * SET color :red")
        harness.accounts.failure = .away
        for line in ["METADATA * SET color :blue", "METADATA * SET url :x", "METADATA * CLEAR"] {
            #expect(await ann.send(line).begin(with: ["FAIL METADATA TEMPORARILY_UNAVAILABLE"]), "\(line)")
        }
        #expect(await ann.send("METADATA * LIST").listed == ["761 ann color * red"])
        // A guest's is the session's own.
        let bob = await harness.client("bob", Self.capability)
        #expect(await bob.send("METADATA * SET color :blue").shorts == ["761 bob color * blue"])
        harness.accounts.failure = nil
        #expect(await ann.send("METADATA * SET url :x").shorts == ["761 ann url * x"])
    }

    @Test func `what is set before registration and cannot be kept is told`() async throws {
        let harness = try CommandHarness()
        harness.accounts.isReadOnly = true
        let (ann, burst) = await self.logIn(harness, before: "METADATA * SET color :red")
        #expect(burst.with("FAIL").begin(with: ["FAIL METADATA TEMPORARILY_UNAVAILABLE ann color"]))
        #expect(await ann.send("METADATA * LIST").listed == [])
    }

    @Test func `there is an end to what an account keeps`() async throws {
        let harness = try CommandHarness()
        let (ann, _) = await self.logIn(harness)
        for number in 0..<Metadata.maximumKeys { _ = await ann.send("METADATA * SET k\(number) :x") }
        #expect(await ann.send("METADATA * SET more :x").begin(with: ["FAIL METADATA LIMIT_REACHED ann 16"]))
        _ = await ann.send("QUIT")
        let (again, _) = await self.logIn(harness, before: "METADATA * SET more :x")
        #expect(await again.hears().isEmpty)
        #expect(await again.send("METADATA * LIST").listed.count == Metadata.maximumKeys)
    }

    @Test func `who is let in by what is remembered has it again once the accounts are there`() async throws {
        let harness = try CommandHarness.remembering(shards: 2)
        let (ann, _) = await self.logIn(harness)
        _ = await ann.send("METADATA * SET color :red", "QUIT")
        await harness.advance(by: 300)
        harness.accounts.failure = .away
        let (again, burst) = await self.logIn(harness, shard: 1)
        #expect(burst.with("NOTE").map { $0.text.contains("METADATA") } == [true])
        #expect(self.told(burst) == [])
        harness.accounts.failure = nil
        #expect(await again.send("METADATA * SET url :x").shorts == ["761 ann url * x"])
        #expect(
            await again.send("METADATA * LIST").listed == [
                "761 ann color * red", "761 ann url * x",
            ]
        )
    }

    @Test func `what is put together leaves the account what it says, however little room there is`() async throws {
        let harness = try CommandHarness.remembering(shards: 2)
        let (ann, _) = await self.logIn(harness)
        for number in 0..<Metadata.maximumKeys { _ = await ann.send("METADATA * SET k\(number) :x") }
        _ = await ann.send("METADATA * SET k9", "QUIT")
        await harness.advance(by: 300)
        let guest = await harness.client("bob", Self.capability)
        _ = await guest.send("METADATA * SET a :1", "METADATA * SET b :2", "METADATA * SET k0 :y")
        harness.accounts.failure = .away
        _ = await guest.send("CAP REQ sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "sesame"))")
        harness.accounts.failure = nil
        // What it said as a guest was never the account's: it has room as far as the account leaves some.
        _ = await guest.send("METADATA * SET k1 :z")
        let all = await guest.send("METADATA * LIST").listed
        let expected = ["a", "k0", "k1", "k10"].map { "761 bob \($0) * " + ($0 == "a" ? "1" : $0 == "k1" ? "z" : "x") }
        #expect(all.count == Metadata.maximumKeys && all.prefix(4).elementsEqual(expected), "\(all)")
    }

    // MARK: Operators

    @Test(arguments: [0, 1], [false, true])
    func `an operator sets and removes what others say, on every shard, and they are told`(
        shard: Int,
        isGuest: Bool
    ) async throws {
        let harness = try CommandHarness(shards: 2)
        let boss = await harness.boss("boss", Self.capability)
        let ann =
            isGuest
            ? await harness.client("ann", shard: shard, Self.capability)
            : await self.logIn(harness, shard: shard).client
        let bob = await harness.client("bob", shard: 1 - shard, Self.capability, in: "#a")
        _ = await ann.send("JOIN #a", "METADATA * SUB color url", "METADATA * SET color :red")
        _ = await bob.send("METADATA * SUB color url")
        _ = await ann.hears()
        #expect(await boss.send("METADATA ANN SET url :x").shorts == ["761 ann url * x"])
        for client in [ann, bob] { #expect(await client.hears().shorts == ["761 ann url * x"]) }
        #expect(await boss.send("METADATA ann CLEAR").listed.keys == ["color", "url"])
        for client in [ann, bob] {
            #expect(await client.hears().begin(with: ["766 ann color", "766 ann url"]))
        }
        // The user goes on from there.
        #expect(await ann.send("NICK anna").commands == ["NICK"])
        #expect(await ann.send("METADATA * SET color :blue", "JOIN #b").commands.first == "761")
        #expect(await bob.send("METADATA anna LIST").listed == ["761 anna color * blue"])
        #expect(await boss.send("METADATA nobody SET url :x").begin(with: ["FAIL METADATA INVALID_TARGET nobody"]))
    }

    @Test func `what an operator removed from an account stays away`() async throws {
        let harness = try CommandHarness(shards: 2)
        let boss = await harness.boss("boss", Self.capability)
        let (ann, _) = await self.logIn(harness, shard: 1)
        _ = await ann.send("METADATA * SET color :red", "METADATA * SET url :x")
        _ = await boss.send("METADATA ann SET url")
        _ = await ann.send("QUIT")
        #expect(self.told(await self.logIn(harness).burst) == ["761 ann color * red"])
    }
}

extension [Line] {
    /// What the first batch holds; all lines if there is none.
    fileprivate var listed: [String] { self.batches.first?.lines.shorts ?? self.shorts }
}

extension [String] {
    /// The keys of numerics about somebody.
    fileprivate var keys: [String] { self.compactMap { $0.split(separator: " ").dropFirst(2).first.map(String.init) } }
}
