// REGISTER (ircv3.net/specs/extensions/account-registration): accounts that people register themselves.

import Realm
import Simulation
import StateStore
import Tenant
import Testing

extension AccountSettings {
    /// The standard ones with some changed.
    fileprivate static func with(_ change: (inout AccountSettings) -> Void) -> AccountSettings {
        var settings = AccountSettings.standard
        change(&settings)
        return settings
    }
}

@Suite struct AccountRegistrationTests {
    private static let password = "correct horse"

    @Test func `REGISTER gives who is on the network an account, tells those around, and lets log in by it`()
        async throws
    {
        let harness = try CommandHarness()
        let bob = await harness.client("bob", "account-notify", in: "#a")
        let ann = await harness.client("Ann", "draft/account-registration", in: "#a")
        _ = await bob.hears()
        let lines = await ann.send("REGISTER * * :\(Self.password)")
        #expect(lines.shorts.first == "REGISTER SUCCESS Ann You have an account now", "\(lines)")
        #expect(lines.with("900").map { $0.parameters[2] } == ["Ann"])
        #expect(await bob.hears().with("ACCOUNT").map(\.short) == ["Ann ACCOUNT Ann"])
        #expect(await bob.send("WHOIS Ann").with("330").map { $0.parameters[2] } == ["Ann"])
        #expect(
            await ann.send("REGISTER * * :\(Self.password)").shorts.first?.hasPrefix(
                "FAIL REGISTER ALREADY_AUTHENTICATED"
            )
                == true
        )
        let phone = await harness.negotiating("Ann2")
        _ = await phone.send("AUTHENTICATE PLAIN")
        #expect(await phone.send("AUTHENTICATE \(plain("Ann", Self.password))").commands == ["900", "903"])
    }

    @Test func `REGISTER before registration is a log-in, also where accounts are required`() async throws {
        let harness = try CommandHarness(accounts: .with { $0.required = true })
        let client = harness.stranger()
        let offered = await client.send("CAP LS 302").map(\.text).joined(separator: " ")
        #expect(offered.split(separator: " ").contains("draft/account-registration=before-connect"), "\(offered)")
        #expect(
            await client.send("REGISTER * * :\(Self.password)").shorts.first?.hasPrefix("FAIL REGISTER NEED_NICK * ")
                == true
        )
        let lines = await client.send("NICK ann", "USER ann 0 * :Ann", "REGISTER ann ann@example.com :\(Self.password)")
        #expect(lines.commands == ["REGISTER", "900"], "\(lines)")
        let welcome = await client.send("CAP END")
        #expect(welcome.first?.command == "001" && welcome.last?.short == "MODE ann +r", "\(welcome)")
        #expect(welcome.flatMap(\.parameters).contains("draft/ACCOUNTREQUIRED"))
        #expect(harness.accounts.known("ann")?.email == "ann@example.com")
    }

    /// Without negotiation nothing holds registration up but the request itself.
    @Test func `who says all at once is on the network with the account`() async throws {
        let harness = try CommandHarness(accounts: .with { $0.required = true })
        let client = harness.stranger()
        let lines = await client.send("NICK ann", "REGISTER * * :\(Self.password)", "USER ann 0 * :Ann")
        #expect(lines.commands.starts(with: ["REGISTER", "900", "001"]), "\(lines)")
    }

    @Test(arguments: [
        ("REGISTER bob * :correct horse", "ACCOUNT_NAME_MUST_BE_NICK bob"),
        ("REGISTER * * correct horse", "INVALID_PARAMS ann"),
        ("REGISTER * nowhere :correct horse", "INVALID_EMAIL ann"), ("REGISTER * * horse", "WEAK_PASSWORD ann"),
        ("REGISTER * * password123", "WEAK_PASSWORD ann"), ("REGISTER * * 12345678", "WEAK_PASSWORD ann"),
        ("REGISTER * * aaaaaaaaaa", "WEAK_PASSWORD ann"),
        ("REGISTER * * :\(String(repeating: "long horse ", count: 28))", "UNACCEPTABLE_PASSWORD ann"),
        ("REGISTER * * :correct \u{200E}horse", "UNACCEPTABLE_PASSWORD ann"),
    ])
    func `REGISTER says what is wrong with a request, and one may try again`(line: String, answer: String) async throws
    {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", "draft/account-registration")
        let lines = await ann.send(line)
        #expect(lines.count == 1 && lines.shorts[0].hasPrefix("FAIL REGISTER \(answer) "), "\(lines)")
        #expect(await ann.send("REGISTER * * :\(Self.password)").commands.first == "REGISTER")
    }

    @Test func `nobody gets an account that is another's, a service's, or by somebody else's nickname`() async throws {
        let harness = try CommandHarness()
        harness.accounts.add("Carol", password: "sesame")
        _ = await harness.client("root")
        for (nick, code) in [("carol", "ACCOUNT_EXISTS"), ("root", "ACCOUNT_EXISTS"), ("NickServ", "BAD_ACCOUNT_NAME")]
        {
            let client = harness.stranger()
            let lines = await client.send("NICK \(nick)", "REGISTER * * :\(Self.password)")
            #expect(lines.shorts.first?.hasPrefix("FAIL REGISTER \(code) \(nick) ") == true, "\(lines)")
        }
        let umlaut = harness.stranger()
        let lines = await umlaut.send("NICK bär", "REGISTER * * :\(Self.password)")
        #expect(lines.shorts.first?.hasPrefix("FAIL REGISTER BAD_ACCOUNT_NAME bär ") == true, "\(lines)")
    }

    /// Whoever registered it would be in that session, with all that it is told.
    @Test func `nobody gets an account of whose name a session is left, nor an administrator's`() async throws {
        let harness = try CommandHarness(shards: 2)
        let bea = await harness.member("bea", as: "other").client
        harness.accounts.remove("bea")
        for shard in 0..<2 {
            let newcomer = harness.stranger(shard: shard)
            let lines = await newcomer.send("NICK bea", "REGISTER * * :\(Self.password)")
            #expect(lines.shorts.first?.hasPrefix("FAIL REGISTER ACCOUNT_EXISTS bea ") == true, "\(lines)")
        }
        let guest = await harness.client("bea", "draft/account-registration")
        #expect(await guest.send("REGISTER * * :\(Self.password)").begin(with: ["FAIL REGISTER ACCOUNT_EXISTS"]))
        _ = await bea.send("QUIT")
        #expect(await guest.send("REGISTER * * :\(Self.password)").commands.first == "REGISTER")

        await harness.apply(try .simulated(admins: ["Boss"]))
        let squatter = harness.stranger()
        let lines = await squatter.send("NICK boss", "REGISTER * * :\(Self.password)")
        #expect(lines.shorts.first?.hasPrefix("FAIL REGISTER ACCOUNT_EXISTS boss ") == true, "\(lines)")
    }

    @Test func `who has an account hears so, also where it cannot be logged in to just then`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", "draft/account-registration")
        // The name is looked at, and the registration counted.
        harness.gates[0].shut()
        ann.begin("REGISTER * * :\(Self.password)")
        for _ in 0..<2 {
            await harness.settle()
            harness.gates[0].letOneThrough()
        }
        await harness.settle()
        harness.gates[0].cut()
        harness.gates[0].open()
        let lines = await ann.hears()
        #expect(lines.shorts.first?.hasPrefix("REGISTER SUCCESS ann") == true, "\(lines)")
        #expect(lines.with("900").isEmpty && lines.count == 2, "\(lines)")
        #expect(harness.accounts.known("ann")?.state == .active)
    }

    @Test func `an answer to REGISTER has its label`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", "draft/account-registration labeled-response batch")
        let lines = await ann.send("@label=r REGISTER * * :\(Self.password)")
        #expect(lines.first?.tags["label"] == "r" && lines.filter { $0.tags["label"] != nil }.count == 1, "\(lines)")
        #expect(lines.commands.contains("REGISTER") && lines.commands.contains("900"), "\(lines)")
    }

    @Test(arguments: ["REGISTER * * correct horse", "REGISTER * * :correct horse"])
    func `who did not ask for standard replies has them from REGISTER`(line: String) async throws {
        let harness = try CommandHarness()
        let client = harness.stranger()
        _ = await client.send("NICK ann", "AUTHENTICATE PLAIN")
        #expect(await client.send(line).begin(with: ["FAIL REGISTER "]))
    }

    @Test func `VERIFY says that there is no code to be had`() async throws {
        let harness = try CommandHarness()
        let client = harness.stranger()
        #expect(await client.send("VERIFY ann 1234").shorts.first?.hasPrefix("FAIL VERIFY INVALID_CODE ann ") == true)
    }

    @Test func `nobody goes by a service's nickname`() async throws {
        let harness = try CommandHarness()
        let client = harness.stranger()
        #expect(await client.send("NICK NickServ", "USER u 0 * :U").commands == ["432"])
        #expect(await client.send("NICK ann").first?.command == "001")
        #expect(await client.send("NICK chanserv").shorts.first?.hasPrefix("432 chanserv ") == true)
    }

    @Test func `where people have to be on the network first, they are told so`() async throws {
        let harness = try CommandHarness(accounts: .with { $0.registrationBeforeConnect = false })
        let client = harness.stranger()
        let offered = await client.send("CAP LS 302").map(\.text).joined(separator: " ")
        #expect(offered.split(separator: " ").contains("draft/account-registration"), "\(offered)")
        let lines = await client.send("NICK ann", "REGISTER * * :\(Self.password)")
        #expect(lines.shorts.first?.hasPrefix("FAIL REGISTER COMPLETE_CONNECTION_REQUIRED ann ") == true, "\(lines)")
        _ = await client.send("USER ann 0 * :Ann", "CAP END")
        #expect(await client.send("REGISTER * * :\(Self.password)").commands.first == "REGISTER")
    }

    @Test func `where administrators agree first, an account waits for that, and is nobody's to log in to`()
        async throws
    {
        let harness = try CommandHarness(accounts: .with { $0.registration = .approval })
        let client = await harness.negotiating()
        let lines = await client.send("REGISTER * * :\(Self.password)")
        #expect(lines.shorts.first?.hasPrefix("REGISTER VERIFICATION_REQUIRED ann ") == true, "\(lines)")
        let other = await harness.negotiating()
        let guest = await harness.client("guest", "standard-replies")
        #expect(await guest.send("OPER ann :\(Self.password)").begin(with: ["FAIL OPER VERIFICATION_REQUIRED"]))
        let answers = [
            await other.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain("ann", Self.password))"),
            try await other.proves("ann", Self.password),
        ]
        for lines in answers {
            #expect(lines.commands.last == "904" && lines.last?.text.contains("not agreed") == true, "\(lines)")
        }
        harness.accounts.approve("ann")
        #expect(try await other.proves("ann", Self.password).commands == ["900", "903"])
    }

    @Test func `where nobody may register nothing is offered, and an attempt is refused`() async throws {
        let harness = try CommandHarness(accounts: .with { $0.registration = .closed })
        let client = await harness.negotiating()
        let offered = await client.send("CAP LS 302").map(\.text).joined(separator: " ")
        #expect(!offered.contains("draft/account-registration"), "\(offered)")
        #expect(
            await client.send("REGISTER * * :\(Self.password)").shorts.first?.hasPrefix("FAIL REGISTER DISALLOWED")
                == true
        )
    }

    @Test func `a change of the tenant's mind is told by CAP`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", "cap-notify draft/account-registration")
        for (registration, told) in [
            (AccountSettings.Registration.closed, "CAP ann DEL draft/account-registration"),
            (.approval, "CAP ann NEW draft/account-registration=before-connect"),
        ] {
            await harness.apply(try .simulated(accounts: .with { $0.registration = registration }))
            #expect(await ann.hears().shorts == [told])
        }
    }

    @Test func `a network has as many accounts as it may, and an address registers so many in an hour`() async throws {
        var (limits, quotas) = (SessionLimits(), Quotas.unlimited)
        limits.registrationsPerHour = 2
        quotas.accounts = Quota(limit: 3)
        let harness = try CommandHarness(sessions: limits, quotas: quotas)
        func register(_ nick: String, from address: String) async -> String {
            let client = harness.stranger(address: address)
            let lines = await client.send("NICK \(nick)", "REGISTER * * :\(Self.password)")
            return lines.first?.parameters.prefix(2).joined(separator: " ") ?? ""
        }
        let busy = "REGISTER TEMPORARILY_UNAVAILABLE"
        #expect(await register("a", from: "192.0.2.1") == "SUCCESS a")
        #expect(await register("b", from: "192.0.2.1") == "SUCCESS b")
        #expect(await register("c", from: "192.0.2.1") == busy)
        #expect(await register("c", from: "192.0.2.9") == "SUCCESS c")
        #expect(await register("d", from: "192.0.2.9") == busy)
        #expect(harness.accounts.known("d") == nil)
    }

    @Test func `a store that is away is told, and nothing is half done`() async throws {
        var limits = SessionLimits()
        limits.registrationsPerHour = 1
        let harness = try CommandHarness(sessions: limits)
        let ann = await harness.client("ann", "draft/account-registration")
        harness.accounts.isReadOnly = true
        let lines = await ann.send("REGISTER * * :\(Self.password)")
        #expect(lines.shorts.first?.hasPrefix("FAIL REGISTER TEMPORARILY_UNAVAILABLE ann ") == true, "\(lines)")
        harness.accounts.isReadOnly = false
        #expect(await ann.send("REGISTER * * :\(Self.password)").commands.first == "REGISTER")
    }
}
