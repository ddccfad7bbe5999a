// VERIFY (ircv3.net/specs/extensions/account-registration), and what else mail is for: addresses, forgotten passwords.

import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct MailedCodeTests {
    private static let password = "correct horse"
    private static let request = "REGISTER * ann@example.com :\(password)"

    private func email(_ change: @escaping (inout AccountSettings) -> Void = { _ in }) async throws -> AccountRig {
        try await AccountRig {
            $0.registration = .email
            change(&$0)
        }
    }

    private func notices(_ lines: [Line]) -> [String] { lines.with("NOTICE").map(\.text) }

    @Test func `VERIFY makes an account its owner's by the code that was mailed, and logs in`() async throws {
        let rig = try await self.email()
        let ann = rig.harness.stranger()
        let offered = await ann.send("CAP LS 302").map(\.text).joined(separator: " ")
        #expect(
            offered.split(separator: " ").contains("draft/account-registration=before-connect,email-required"),
            "\(offered)"
        )
        let lines = await ann.send("NICK Ann", Self.request)
        #expect(lines.shorts.first?.hasPrefix("REGISTER VERIFICATION_REQUIRED Ann A code was sent to ann@") == true)
        #expect(lines.count == 1 && rig.woken == 1, "\(lines)")
        let letters = try await rig.mail()
        #expect(letters.map(\.address) == ["ann@example.com"] && letters.map(\.purpose) == [.registration])
        let code = try #require(letters.first?.code)
        #expect(await rig.logIn("ann", Self.password).commands.last == "904")
        #expect(try await rig.account("ann")?.state == .unverified)

        let wrong = await ann.send("VERIFY ann 00000-00000")
        #expect(wrong.begin(with: ["FAIL VERIFY INVALID_CODE ann "]) && wrong.count == 1, "\(wrong)")
        let verified = await ann.send("VERIFY ANN \(code.lowercased().replacing("-", with: ""))", "USER ann 0 * :Ann")
        #expect(verified.shorts.first == "VERIFY SUCCESS Ann You have an account now", "\(verified)")
        #expect(verified.with("900").map { $0.parameters[2] } == ["Ann"])
        #expect(await ann.send("CAP END").last?.short == "MODE Ann +r")
        let account = try await rig.account("ann")
        #expect(account?.state == .active && account?.emailVerifiedAt == rig.now)
        #expect(await rig.logIn("ann", Self.password).commands == ["900", "903"])
        // Each is good once.
        let other = rig.harness.stranger()
        #expect(await other.send("VERIFY ann \(code)").begin(with: ["FAIL VERIFY INVALID_CODE ann "]))
    }

    @Test(arguments: [
        ("REGISTER * * :correct horse", "INVALID_EMAIL ann "),
        ("REGISTER * nowhere :correct horse", "INVALID_EMAIL ann "),
        ("REGISTER * ann@mail.example.net :correct horse", "UNACCEPTABLE_EMAIL ann "),
        ("REGISTER * ann@bad.example.com :correct horse", "UNACCEPTABLE_EMAIL ann "),
        ("REGISTER * ann@x.BAD.example.com :correct horse", "UNACCEPTABLE_EMAIL ann "),
        ("REGISTER * ann@sub.example.com :correct horse", nil),
    ])
    func `REGISTER takes addresses as the network says`(line: String, answer: String?) async throws {
        let rig = try await self.email {
            $0.emailDomains = ["example.com"]
            $0.refusedEmailDomains = ["bad.example.com"]
        }
        let ann = await rig.harness.client("ann", "draft/account-registration")
        let lines = await ann.send(line)
        let wanted = answer.map { "FAIL REGISTER \($0)" } ?? "REGISTER VERIFICATION_REQUIRED ann "
        #expect(lines.begin(with: [wanted]), "\(lines)")
    }

    @Test func `a code that is tried too often, or is too old, is none, and the name is free again`() async throws {
        let rig = try await self.email()
        let ann = await rig.harness.client("ann", "draft/account-registration")
        _ = await ann.send(Self.request)
        let code = try #require(try await rig.mail().first?.code)
        for number in 0..<10 {
            let eve = rig.harness.stranger(address: "192.0.2.\(10 + number)")
            #expect(await eve.send("VERIFY ann 00000-00000").begin(with: ["FAIL VERIFY INVALID_CODE"]))
        }
        #expect(await ann.send("VERIFY ann \(code)").begin(with: ["FAIL VERIFY INVALID_CODE"]))

        // Who asked for it has another sent by the same password; nobody else does.
        let bob = await rig.harness.client("bob", "draft/account-registration")
        _ = await ann.send("NICK free")
        _ = await bob.send("NICK ann")
        #expect(
            await bob.send("REGISTER * ann@example.com :another horse").begin(with: [
                "FAIL REGISTER ACCOUNT_EXISTS ann "
            ])
        )
        _ = await bob.send("NICK bob")
        _ = await ann.send("NICK ann")
        #expect(await ann.send(Self.request).begin(with: ["REGISTER VERIFICATION_REQUIRED ann "]))
        let next = try #require(try await rig.mail().first?.code)
        #expect(next != code)

        await rig.pass(seconds: 86_400)
        #expect(await ann.send("VERIFY ann \(next)").shorts.contains { $0.hasPrefix("FAIL VERIFY INVALID_CODE") })
        _ = await ann.send("NICK free")
        _ = await bob.send("NICK ann")
        let lines = await bob.send("REGISTER * bob@example.com :another horse")
        #expect(lines.begin(with: ["REGISTER VERIFICATION_REQUIRED ann "]), "\(lines)")
        #expect(try await rig.account("ann")?.email == "bob@example.com")
    }

    @Test func `accounts that nobody verified in time are no more`() async throws {
        let rig = try await self.email()
        let ann = await rig.harness.client("ann", "draft/account-registration")
        _ = await ann.send(Self.request)
        try await rig.add("bob")
        #expect(try await rig.store.codes.purge(rig.harness.tenant.id, now: rig.now + 86_399_999) == 0)
        #expect(try await rig.store.codes.purge(rig.harness.tenant.id, now: rig.now + 86_400_000) == 1)
        #expect(try await rig.account("ann") == nil)
        #expect(try await rig.account("bob") != nil)
    }

    @Test func `an address has as many accounts as it may, however it is written`() async throws {
        let rig = try await self.email()
        for (nick, address, isTaken) in [
            ("ann", "ann@example.com", true), ("bea", "Ann+irc@EXAMPLE.com", false), ("cat", "cat@example.com", true),
        ] {
            let client = await rig.harness.client(nick, "draft/account-registration")
            // Whether the address has an account learns only who reads what is sent there.
            let lines = await client.send("REGISTER * \(address) :\(Self.password)")
            #expect(lines.begin(with: ["REGISTER VERIFICATION_REQUIRED \(nick) "]), "\(lines)")
            let code = try #require(try await rig.mail().first?.code)
            let wanted = isTaken ? "VERIFY SUCCESS \(nick) " : "FAIL VERIFY UNACCEPTABLE_EMAIL \(nick) "
            #expect(await client.send("VERIFY \(nick) \(code)").shorts.first?.hasPrefix(wanted) == true)
        }
        // Of two that have asked, one has it.
        var codes: [String] = []
        var clients: [Client] = []
        for nick in ["dan", "eve"] {
            let client = await rig.harness.client(nick, "draft/account-registration")
            _ = await client.send("REGISTER * dan@example.com :\(Self.password)")
            codes.append(try #require(try await rig.mail().first?.code))
            clients.append(client)
        }
        #expect(await clients[1].send("VERIFY eve \(codes[1])").shorts.first?.hasPrefix("VERIFY SUCCESS eve ") == true)
        #expect(await clients[0].send("VERIFY dan \(codes[0])").begin(with: ["FAIL VERIFY UNACCEPTABLE_EMAIL dan "]))
    }

    @Test func `nobody's mailbox is filled`() async throws {
        let rig = try await self.email()
        for number in 0..<7 {
            let client = rig.harness.stranger(address: "192.0.2.\(number)")
            let lines = await client.send("NICK n\(number)", "REGISTER * victim@example.com :\(Self.password)")
            let wanted = number < 5 ? "REGISTER VERIFICATION_REQUIRED" : "FAIL REGISTER TEMPORARILY_UNAVAILABLE"
            #expect(lines.begin(with: [wanted]), "\(lines)")
        }
        #expect(try await rig.mail().count == 5)
    }

    @Test func `where nobody sends mail, nobody can be asked for a code`() async throws {
        let rig = try await AccountRig(sendsMail: false) { $0.registration = .email }
        let ann = await rig.harness.negotiating()
        #expect(await !ann.send("CAP LS 302").map(\.text).joined().contains("draft/account-registration"))
        #expect(await ann.send(Self.request).begin(with: ["FAIL REGISTER TEMPORARILY_UNAVAILABLE ann "]))
        #expect(await ann.send("VERIFY ann 00000-00000").begin(with: ["FAIL VERIFY INVALID_CODE ann "]))
        _ = await ann.send("CAP END")
        let noMail = "This network sends no mail: ask its administrators"
        #expect(self.notices(await ann.send("NS SENDPASS ann")) == [noMail])
    }

    @Test func `an address is an account's once its owner wrote the code`() async throws {
        let rig = try await AccountRig()
        let ann = await rig.harness.client("ann", "draft/account-registration")
        #expect(await ann.send(Self.request).shorts.first?.hasPrefix("REGISTER SUCCESS ann ") == true)
        let first = try #require(try await rig.mail().first)
        #expect(first.purpose == .address && first.address == "ann@example.com")
        #expect(self.notices(await ann.send("NS INFO")).contains("Mail goes to ann@example.com, which is not verified"))
        #expect(
            self.notices(await ann.send("NS SET EMAIL wrong new@example.com")) == ["Password incorrect"]
        )
        #expect(
            self.notices(await ann.send("NS VERIFY \(first.code)")) == ["Mail to your account goes there from now on"]
        )
        #expect(self.notices(await ann.send("NS INFO")).contains("Mail goes to ann@example.com"))
        #expect(await ann.send("VERIFY other 00000-00000").begin(with: ["FAIL VERIFY ALREADY_AUTHENTICATED other "]))
    }

    @Test func `SET EMAIL has mail go elsewhere, or nowhere`() async throws {
        let rig = try await AccountRig()
        let ann = await rig.harness.client("ann")
        _ = await ann.send("NS REGISTER correct-horse ann@example.com")
        let first = try #require(try await rig.mail().first)
        _ = await ann.send("NS VERIFY \(first.code)")
        #expect(
            self.notices(await ann.send("NS SET EMAIL correct-horse nowhere")).first?.hasPrefix("That is no address")
                == true
        )
        #expect(
            self.notices(await ann.send("NS SET EMAIL correct-horse new@example.com"))
                == ["A code was sent to new@example.com: write VERIFY and the code"]
        )
        #expect(try await rig.account("ann")?.email == "ann@example.com")
        let next = try #require(try await rig.mail().first)
        #expect(next.address == "new@example.com")
        _ = await ann.send("NS VERIFY \(next.code)")
        #expect(try await rig.account("ann")?.email == "new@example.com")
        #expect(
            self.notices(await ann.send("NS SET EMAIL correct-horse *")) == ["Your account has no address any more"]
        )
        #expect(try await rig.account("ann")?.email == nil)
    }

    @Test func `RESETPASS gives a new password by the code that SENDPASS sent`() async throws {
        let rig = try await AccountRig()
        let ann = await rig.harness.client("ann", "draft/account-registration")
        _ = await ann.send(Self.request)
        let eve = await rig.harness.client("eve", address: "192.0.2.66")
        let told = ["A code is on its way, if there is such an account and it has an address"]
        // Whether there is an account, or an address that somebody reads, does not show.
        for account in ["ann", "nobody"] {
            #expect(self.notices(await eve.send("NS SENDPASS \(account)")) == told)
        }
        let first = try await rig.mail()
        #expect(first.map(\.purpose) == [.address])
        _ = await ann.send("NS VERIFY \(first[0].code)")
        let bob = await rig.harness.client("bob", "draft/languages")
        _ = await bob.send("LANGUAGE de")
        _ = await bob.send("NS SENDPASS Ann")
        let letters = try await rig.mail()
        #expect(letters.map(\.purpose) == [.password] && letters.map(\.address) == ["ann@example.com"])
        #expect(letters.map(\.language) == ["de"])
        let code = letters[0].code
        let weak = self.notices(await bob.send("NS RESETPASS ann \(code) 12345678"))
        #expect(weak.count == 1)
        // Nobody takes the code from who is typing it.
        #expect(self.notices(await eve.send("NS SENDPASS ann")) == told)
        #expect(try await rig.mail().isEmpty)
        #expect(
            self.notices(await eve.send("NS RESETPASS ann 00000-00000 battery-staple"))
                == ["That is not the code that was sent last, or it is too old"]
        )
        // What it is for is nothing else.
        #expect(await eve.send("VERIFY ann \(code)").begin(with: ["FAIL VERIFY INVALID_CODE"]))
        #expect(self.notices(await eve.send("NS RESETPASS ann \(code) battery-staple")).count == 2)
        #expect(await rig.logIn("ann", "battery-staple").commands == ["900", "903"])
        #expect(await rig.logIn("ann", Self.password).commands.last == "904")
        #expect(
            self.notices(await eve.send("NS RESETPASS ann \(code) another-horse"))
                == ["That is not the code that was sent last, or it is too old"]
        )
    }

    @Test func `a password that was changed leaves no code behind that changes it`() async throws {
        let rig = try await AccountRig()
        let ann = await rig.harness.client("ann")
        _ = await ann.send("NS REGISTER correct-horse ann@example.com")
        _ = await ann.send("NS VERIFY \(try #require(try await rig.mail().first).code)")
        _ = await ann.send("NS SENDPASS ann")
        let code = try #require(try await rig.mail().first).code
        _ = await ann.send("NS SET PASSWORD correct-horse battery-staple")
        #expect(
            self.notices(await ann.send("NS RESETPASS ann \(code) another-horse"))
                == ["That is not the code that was sent last, or it is too old"]
        )
    }

    @Test func `REGISTER gives an account another name than the nickname where the network says so`() async throws {
        let rig = try await AccountRig { $0.customAccountNames = true }
        try await rig.add("Taken")
        let ann = await rig.harness.client("ann", "draft/account-registration")
        _ = await rig.harness.client("guest")
        let offered = await ann.send("CAP LS 302").map(\.text).joined(separator: " ")
        #expect(offered.contains("draft/account-registration=before-connect,custom-account-name"))
        for (name, code) in [
            ("taken", "ACCOUNT_EXISTS"), ("guest", "ACCOUNT_EXISTS"), ("NickServ", "BAD_ACCOUNT_NAME"),
            ("a,b", "BAD_ACCOUNT_NAME"), ("#a", "BAD_ACCOUNT_NAME"),
        ] {
            let lines = await ann.send("REGISTER \(name) * :\(Self.password)")
            #expect(lines.begin(with: ["FAIL REGISTER \(code) "]), "\(name): \(lines)")
        }
        #expect(
            await ann.send("REGISTER Anna * :\(Self.password)").shorts.first?.hasPrefix("REGISTER SUCCESS Anna ")
                == true
        )
        #expect(await ann.send("WHOIS ann").with("330").map { $0.parameters[2] } == ["Anna"])
        #expect(await rig.logIn("anna", Self.password).commands == ["900", "903"])
    }

    @Test func `NickServ registers by mail, too`() async throws {
        let rig = try await self.email()
        let ann = await rig.harness.client("ann")
        #expect(
            self.notices(await ann.send("NS REGISTER correct-horse"))
                == ["This network sends a code by mail first: write your address"]
        )
        #expect(
            self.notices(await ann.send("NS REGISTER correct-horse ann@example.com"))
                == ["A code was sent to ann@example.com: write VERIFY ann and the code"]
        )
        let code = try #require(try await rig.mail().first).code
        let lines = await ann.send("NS VERIFY \(code)")
        #expect(self.notices(lines) == ["You have an account now: ann", "You are now logged in as ann"], "\(lines)")
    }

    @Test func `who has a new password has no code of before, for whatever it was`() async throws {
        let rig = try await AccountRig()
        let ann = await rig.harness.client("ann")
        _ = await ann.send("NS REGISTER correct-horse ann@example.com")
        _ = await ann.send("NS VERIFY \(try #require(try await rig.mail().first).code)")
        // Who knows the password has a code be sent elsewhere, and waits until it is another.
        _ = await ann.send("NS SET EMAIL correct-horse eve@example.com")
        let code = try #require(try await rig.mail().first).code
        _ = await ann.send("NS SET PASSWORD correct-horse battery-staple")
        #expect(await ann.send("NS VERIFY \(code)").with("NOTICE").count == 1)
        #expect(try await rig.account("ann")?.email == "ann@example.com")
    }

    @Test func `an address is verified by who is logged in alone`() async throws {
        let rig = try await AccountRig()
        let ann = await rig.harness.client("ann")
        _ = await ann.send("NS REGISTER correct-horse ann@example.com")
        let code = try #require(try await rig.mail().first).code
        let eve = await rig.harness.client("eve")
        #expect(await eve.send("VERIFY ann \(code)").begin(with: ["FAIL VERIFY INVALID_CODE ann "]))
        #expect(await ann.send("VERIFY ann \(code)").begin(with: ["VERIFY SUCCESS ann "]))
    }

    @Test func `an account writes to no number of strangers`() async throws {
        let rig = try await AccountRig()
        let ann = await rig.harness.client("ann")
        _ = await ann.send("NS REGISTER correct-horse")
        var sent = 0
        for number in 0..<8 {
            _ = await ann.send("NS SET EMAIL correct-horse s\(number)@example.com")
            sent += try await rig.mail().count
        }
        #expect(sent == 5)
    }

    @Test func `who mistyped the address writes another, and the code goes there`() async throws {
        let rig = try await self.email()
        let ann = await rig.harness.client("ann", "draft/account-registration")
        _ = await ann.send("REGISTER * amn@example.com :\(Self.password)")
        let first = try #require(try await rig.mail().first)
        #expect(await ann.send(Self.request).begin(with: ["REGISTER VERIFICATION_REQUIRED ann "]))
        let next = try #require(try await rig.mail().first)
        #expect(next.address == "ann@example.com")
        #expect(await ann.send("VERIFY ann \(first.code)").begin(with: ["FAIL VERIFY INVALID_CODE ann "]))
        #expect(await ann.send("VERIFY ann \(next.code)").shorts.first?.hasPrefix("VERIFY SUCCESS ann ") == true)
        #expect(try await rig.account("ann")?.email == "ann@example.com")
    }

    @Test(arguments: [
        (AccountSettings.Registration.open, "VERIFY SUCCESS ann "), (.closed, "FAIL VERIFY DISALLOWED ann "),
        (.approval, "VERIFY VERIFICATION_REQUIRED ann "),
    ])
    func `what the network says when a code comes back is what holds`(
        registration: AccountSettings.Registration,
        answer: String
    ) async throws {
        let rig = try await self.email()
        let ann = await rig.harness.client("ann", "draft/account-registration")
        _ = await ann.send(Self.request)
        let code = try #require(try await rig.mail().first).code
        var settings = AccountSettings.standard
        settings.registration = registration
        await rig.harness.apply(try .simulated(accounts: settings))
        #expect(await ann.send("VERIFY ann \(code)").shorts.contains { $0.hasPrefix(answer) })
        let state = try await rig.account("ann")?.state
        #expect(state == (registration == .open ? .active : registration == .approval ? .waiting : .unverified))
    }

    @Test func `accounts that wait for their codes are none of those that the network may have`() async throws {
        var quotas = Quotas.unlimited
        quotas.accounts = Quota(limit: 1)
        let rig = try await AccountRig(quotas: quotas) { $0.registration = .email }
        var waiting: [(Client, String)] = []
        for nick in ["ann", "bea"] {
            let client = await rig.harness.client(nick, "draft/account-registration")
            let lines = await client.send("REGISTER * \(nick)@example.com :\(Self.password)")
            #expect(lines.begin(with: ["REGISTER VERIFICATION_REQUIRED \(nick) "]), "\(lines)")
            waiting.append((client, try #require(try await rig.mail().first).code))
        }
        #expect(
            await waiting[1].0.send("VERIFY bea \(waiting[1].1)").shorts.first?.hasPrefix("VERIFY SUCCESS bea ") == true
        )
        let full = await waiting[0].0.send("VERIFY ann \(waiting[0].1)")
        #expect(full.begin(with: ["FAIL VERIFY TEMPORARILY_UNAVAILABLE ann "]), "\(full)")
    }
}
