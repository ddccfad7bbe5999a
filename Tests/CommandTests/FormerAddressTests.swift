// Whoever takes an account has its mail go elsewhere: the address that it had is told.

import Edge
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct FormerAddressTests {
    /// Ann, whose address is `ann@example.com`.
    private func ann(_ rig: AccountRig) async throws -> Client {
        let ann = await rig.harness.client("ann", "draft/languages")
        _ = await ann.send("NS REGISTER correct-horse ann@example.com")
        _ = await ann.send("NS VERIFY \(try #require(try await rig.mail().first).code)")
        return ann
    }

    @Test func `an address that is an account's no more is told so, in the language of who changed it`() async throws {
        let rig = try await AccountRig()
        let ann = try await self.ann(rig)
        _ = await ann.send("LANGUAGE de", "NS SET EMAIL correct-horse new@example.com")
        let code = try #require(try await rig.mail().first)
        // Nothing has changed yet.
        #expect(code.address == "new@example.com")
        let woken = rig.woken
        _ = await ann.send("NS VERIFY \(code.code)")
        #expect(rig.woken > woken)
        let letters = try await rig.mail()
        #expect(letters.map(\.address) == ["ann@example.com"] && letters.map(\.purpose) == [.formerAddress])
        #expect(letters.map(\.language) == ["de"])
        #expect(try await rig.mail().isEmpty)
    }

    @Test func `each address is told that an account had one after the other, though the account is dropped`()
        async throws
    {
        let rig = try await AccountRig()
        let ann = try await self.ann(rig)
        for address in ["b@example.com", "c@example.com"] {
            _ = await ann.send("NS SET EMAIL correct-horse \(address)")
            let due = try await rig.store.codes.takeDue(9, now: rig.now, again: rig.now)
            let code = try #require(due.first { $0.subject.purpose == .address })
            _ = await ann.send("NS VERIFY \(rig.code(of: code))")
        }
        _ = await ann.send("NS DROP correct-horse")
        #expect(try await rig.account("ann") == nil)
        let letters = try await rig.mail()
        #expect(letters.map(\.address).sorted() == ["ann@example.com", "b@example.com"])
        #expect(letters.allSatisfy { $0.purpose == .formerAddress })
    }

    @Test func `an address that is taken away is told, and one that nobody verified is not`() async throws {
        let rig = try await AccountRig()
        let ann = try await self.ann(rig)
        _ = await ann.send("NS SET EMAIL correct-horse *")
        #expect(try await rig.mail().map(\.address) == ["ann@example.com"])
        let bob = await rig.harness.client("bob", address: "192.0.2.2")
        _ = await bob.send("NS REGISTER correct-horse bob@example.com")
        #expect(try await rig.mail().map(\.purpose) == [.address])
        _ = await bob.send("NS SET EMAIL correct-horse *")
        #expect(try await rig.mail().isEmpty)
        // Of the same address there is nothing to tell.
        _ = await bob.send("NS SET EMAIL correct-horse bob@example.com")
        _ = await bob.send("NS VERIFY \(try #require(try await rig.mail().first).code)")
        _ = await bob.send("NS SET EMAIL correct-horse bob@example.com")
        _ = await bob.send("NS VERIFY \(try #require(try await rig.mail().first).code)")
        #expect(try await rig.mail().isEmpty)
    }

    @Test func `the letter says which account it was, where, and what to do, and has no code`() throws {
        let subject = CodeSubject(account: "ann", purpose: .formerAddress, address: "ann@example.com", serial: "1")
        let due = DueCode(
            tenant: try #require(TenantID("acme")),
            subject: subject,
            language: "en",
            tries: 1,
            expiresAt: 9
        )
        let letter = CodeLetter(for: due, code: Redacted("ABCDE-FGHJK"), network: "Acme", serverName: "irc.acme.test")
        #expect(letter.subject == "The address of your account on Acme")
        #expect(letter.text.hasPrefix("This was the address of the account ann on Acme (irc.acme.test)"))
        #expect(letter.text.contains("somebody knows your password") && !letter.text.contains("ABCDE"))
    }
}
