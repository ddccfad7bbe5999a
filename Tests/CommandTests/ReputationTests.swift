// Lists of addresses and the score.

import Chat
import Edge
import Realm
import Simulation
import Synchronization
import Tenant
import Testing

@Suite struct ReputationTests {
    /// What lists have, and what they were asked for.
    private final class Lists: Sendable {
        let asked = Mutex<[String]>([])
        let answers: [String: [UInt32]]
        /// Zones that do not answer.
        let silent: [String]

        init(_ answers: [String: [UInt32]], silent: [String] = []) {
            self.answers = answers
            self.silent = silent
        }

        func find(_ name: String) -> [UInt32]? {
            self.asked.withLock { $0.append(name) }
            return self.silent.contains { name.hasSuffix($0) } ? nil : self.answers[name] ?? []
        }
    }

    private static let listed = "203.0.113.7"
    private static let name = "7.113.0.203.list.example"

    private func list(_ action: AdmissionAction, zone: String = "list.example") -> AddressList {
        var list = AddressList()
        (list.zone, list.action) = (zone, action)
        return list
    }

    private func harness(
        _ lists: Lists,
        accounts: AccountSettings = .standard,
        _ change: (inout AdmissionSettings) -> Void
    ) async throws -> CommandHarness {
        let harness = try CommandHarness(accounts: accounts, resolve: { lists.find($0) })
        // Settings reach networks that there are.
        _ = await harness.stranger(address: "192.0.2.200").send("QUIT")
        var tenant = harness.tenant
        change(&tenant.settings.admission)
        await harness.apply(tenant)
        harness.accounts.add("ann", password: "sesame")
        return harness
    }

    private func comes(
        _ harness: CommandHarness,
        _ address: String,
        as account: String? = nil,
        isSecure: Bool = true
    ) async -> (client: Client, lines: [Line]) {
        let client = harness.stranger(address: address, isSecure: isSecure)
        if let account {
            _ = await client.send("CAP REQ :sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain(account, "sesame"))")
        }
        return (client, await client.send("NICK x\(Int.random(in: 0..<1_000_000))", "USER x 0 * :X", "CAP END"))
    }

    private func counted(_ harness: CommandHarness) -> [String: UInt64] {
        harness.shards.map(\.realm.currentStatistics.admissions).reduce(into: [:]) { all, counts in
            for (count, number) in counts { all["\(count.outcome) \(count.reason.rawValue)", default: 0] += number }
        }
    }

    @Test func `who is listed is refused in the tenant's words, others are let in`() async throws {
        let harness = try await self.harness(Lists([Self.name: [0x7F00_0002]])) {
            var list = self.list(.refuse)
            list.reason = "See https://list.example/?ip=%{ip}"
            $0.dnsbl = [list]
        }
        let (client, lines) = await self.comes(harness, Self.listed)
        #expect(lines.with("465").map(\.text) == ["See https://list.example/?ip=203.0.113.7"])
        #expect(client.isClosed)
        // An account does not help.
        #expect(await self.comes(harness, Self.listed, as: "ann").client.isClosed)
        #expect(await self.comes(harness, "203.0.113.8").lines.contains { $0.command == "001" })
        #expect(self.counted(harness) == ["refuse listed": 2])
    }

    @Test func `where a list demands an account, who logs in with SASL is let in`() async throws {
        let harness = try await self.harness(Lists([Self.name: [0x7F00_0002]])) { $0.dnsbl = [self.list(.demandLogin)] }
        let (client, lines) = await self.comes(harness, Self.listed)
        let fail = try #require(lines.with("FAIL").first)
        #expect(fail.parameters.prefix(2) == ["*", "ACCOUNT_REQUIRED"])
        #expect(
            fail.text == "You must log in with SASL to connect: Your address 203.0.113.7 is listed by list.example"
        )
        #expect(client.isClosed)
        #expect(await self.comes(harness, Self.listed, as: "ann").lines.contains { $0.command == "001" })
        #expect(self.counted(harness) == ["demand-login listed": 1, "mark listed": 1])
    }

    @Test(
        arguments: [
            ([UInt32(0x7F00_0002)], ["127.0.0.2"], 0, true), ([0x7F00_0003], ["127.0.0.2"], 0, false),
            ([0x7F00_0003, 0x7F00_0002], ["127.0.0.2"], 0, true), ([0x7F00_0006], [], 4, true),
            ([0x7F00_0002], [], 4, false),
            ([0xC000_0201], [], 0, false), ([0x7F00_0009], [], 0, true), ([], [], 0, false),
        ] as [([UInt32], [String], Int, Bool)]
    )
    func `those answers count that the tenant says, and none but addresses of 127`(
        answers: [UInt32],
        wanted: [String],
        mask: Int,
        counts: Bool
    ) async throws {
        let harness = try await self.harness(Lists([Self.name: answers])) {
            var list = self.list(.refuse)
            (list.answers, list.mask) = (wanted, mask)
            $0.dnsbl = [list]
        }
        #expect(await self.comes(harness, Self.listed).client.isClosed == counts)
    }

    @Test func `nobody is asked about loopback and private addresses, and a list that does not answer has nobody`()
        async throws
    {
        let lists = Lists([:], silent: ["silent.example"])
        let harness = try await self.harness(lists) { $0.dnsbl = [self.list(.refuse, zone: "silent.example")] }
        for address in ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "fd00::1", "fe80::1%eth0", "172.16.0.1"] {
            #expect(await self.comes(harness, address).lines.contains { $0.command == "001" }, "\(address)")
        }
        #expect(lists.asked.withLock { $0 } == [])
        #expect(await self.comes(harness, "2001:db8::1").lines.contains { $0.command == "001" })
        #expect(lists.asked.withLock { $0.first?.hasPrefix("1.0.0.0.") == true })
    }

    @Test func `points of lists and of what is known here are added up`() async throws {
        let harness = try await self.harness(Lists([Self.name: [0x7F00_0002]])) {
            var list = self.list(.mark)
            list.score = 3
            $0.dnsbl = [list]
            $0.score.withoutTLS = 2
            $0.score.failedLogin = 4
            ($0.score.demandLogin, $0.score.refuse) = (5, 9)
        }
        // 3, 2, then 5.
        #expect(await self.comes(harness, Self.listed).lines.contains { $0.command == "001" })
        #expect(await self.comes(harness, "198.51.100.1", isSecure: false).lines.contains { $0.command == "001" })
        let both = await self.comes(harness, Self.listed, isSecure: false).lines
        #expect(both.with("FAIL").first?.parameters[1] == "ACCOUNT_REQUIRED")
        // A log-in that fails comes to 9.
        let guesser = harness.stranger(address: Self.listed)
        _ = await guesser.send("CAP REQ :sasl", "AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", "wrong"))")
        let refused = await self.comes(harness, Self.listed, isSecure: false).lines
        #expect(refused.with("465").count == 1)
        // In an hour it is forgotten.
        await harness.advance(by: 3601)
        let later = await self.comes(harness, Self.listed, isSecure: false).lines
        #expect(later.with("465").isEmpty && later.with("FAIL").count == 1)
    }

    @Test(arguments: [AdmissionAction.demandLogin, .refuse])
    func `who is not let in without an account makes none before coming in`(action: AdmissionAction) async throws {
        let harness = try await self.harness(Lists([Self.name: [0x7F00_0002]])) { $0.dnsbl = [self.list(action)] }
        let stranger = harness.stranger(address: Self.listed)
        let fail = try #require(await stranger.send("NICK fresh", "REGISTER * * :correct horse").with("FAIL").first)
        #expect(fail.parameters.prefix(2) == ["REGISTER", "DISALLOWED"])
        let told = "Nobody registers an account from your network: Your address 203.0.113.7 is listed by list.example"
        #expect(fail.text == told)
        #expect(self.counted(harness) == ["refuse listed": 1])
    }

    @Test func `who was let in for the account does not log out of it`() async throws {
        let harness = try await self.harness(Lists([Self.name: [0x7F00_0002]])) { $0.dnsbl = [self.list(.demandLogin)] }
        let client = await self.comes(harness, Self.listed, as: "ann").client
        let told = await client.asks("NS LOGOUT")
        #expect(told == ["This network is for those who are logged in: QUIT leaves it"])
    }

    @Test func `a registration counts against somebody that failed by what they said, and no other`() async throws {
        let harness = try await self.harness(Lists([:])) {
            $0.score.failedRegistration = 5
            $0.score.refuse = 5
        }
        let address = "198.51.100.9"
        let hasty = await harness.stranger(address: address).send("REGISTER * * :correct horse")
        #expect(hasty.with("FAIL").map { $0.parameters[1] } == ["NEED_NICK"])
        #expect(await self.comes(harness, address).lines.contains { $0.command == "001" })
        let weak = await harness.stranger(address: address).send("NICK fresh", "REGISTER * * short")
        #expect(weak.with("FAIL").map { $0.parameters[1] } == ["WEAK_PASSWORD"])
        #expect(await self.comes(harness, address).client.isClosed)
    }
}
