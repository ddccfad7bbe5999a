// Codes that accounts ask for beside the password (RFC 6238).

import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct SecondFactorTests {
    private static let password = "correct-horse"

    private func notices(_ lines: [Line]) -> [String] { lines.with("NOTICE").map(\.text) }

    /// An account that asks for codes: its secret as it was shown, and the recovery codes.
    private func enabled(
        _ rig: AccountRig
    ) async throws -> (client: Client, totp: TOTP, recovery: [String]) {
        let ann = await rig.harness.client("ann")
        _ = await ann.send("NS REGISTER \(Self.password)")
        let told = self.notices(await ann.send("NS MFA ENABLE \(Self.password)"))
        #expect(told.count == 3, "\(told)")
        let secret = try #require(told.first?.split(separator: " ").last)
        #expect(told[1] == "otpauth://totp/acme.localhost:ann?secret=\(secret)&issuer=acme.localhost")
        let totp = TOTP(secret: try #require(Self.bytes(String(secret))))
        let confirmed = self.notices(await ann.send("NS MFA VERIFY \(totp.code(at: TOTP.step(at: rig.now)))"))
        #expect(confirmed.count == 4, "\(confirmed)")
        let recovery = try #require(confirmed.dropFirst().first?.split(separator: ": ").last).split(separator: " ").map(
            String.init
        )
        #expect(recovery.count == 8)
        return (ann, totp, recovery)
    }

    /// What base32 says (RFC 4648 section 6).
    private static func bytes(_ text: String) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var (bytes, bits, count): ([UInt8], Int, Int) = ([], 0, 0)
        for character in text {
            guard let digit = alphabet.firstIndex(of: character) else { return nil }
            bits = (bits << 5 | digit) & 0xFFFF
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(bits >> count & 0xFF))
            }
        }
        return bytes
    }

    @Test func `an account that asks for codes is logged in to with one behind the password, each once`() async throws {
        let rig = try await AccountRig()
        let (ann, totp, _) = try await self.enabled(rig)
        #expect(self.notices(await ann.send("NS INFO")).contains("It asks for a code behind the password"))
        let code = { totp.code(at: TOTP.step(at: rig.now)) }

        let without = await rig.logIn("ann", Self.password)
        #expect(without.begin(with: ["FAIL AUTHENTICATE CODE_REQUIRED", "904"]), "\(without)")
        #expect(without.last?.text.contains("behind the password") == true)
        // That of now was taken when it was shown first.
        #expect(await rig.logIn("ann", Self.password + code()).commands == ["904"])
        await rig.pass(seconds: 30)
        for wrong in ["wrong\(code())", "\(Self.password) 000000", "\(Self.password)00000-00000", "wrong"] {
            #expect(await rig.logIn("ann", wrong, address: "192.0.2.9").commands == ["904"], "\(wrong)")
        }
        #expect(await rig.logIn("ann", Self.password + code()).commands == ["900", "903"])
        #expect(await rig.logIn("ann", "\(Self.password) \(code())").commands == ["904"])
        await rig.pass(seconds: 30)
        #expect(await rig.logIn("ann", "\(Self.password) \(code())").commands == ["900", "903"])
    }

    @Test func `SCRAM shows no code: who proves the password so is asked for another way`() async throws {
        let rig = try await AccountRig()
        _ = try await self.enabled(rig)
        let client = rig.harness.stranger()
        _ = await client.send("CAP REQ :sasl standard-replies", "NICK ann2")
        let lines = try await client.proves("ann", Self.password)
        #expect(
            lines.commands.last == "904" && lines.shorts.contains { $0.hasPrefix("FAIL AUTHENTICATE CODE_REQUIRED") }
        )
    }

    @Test func `IDENTIFY, PASS and OPER take a code behind the password`() async throws {
        let rig = try await AccountRig()
        let (_, totp, recovery) = try await self.enabled(rig)
        await rig.pass(seconds: 30)
        let guest = await rig.harness.client("guest")
        let code = totp.code(at: TOTP.step(at: rig.now))
        #expect(self.notices(await guest.send("NS IDENTIFY ann \(Self.password)")).first?.contains("code") == true)
        #expect(await guest.send("OPER ann \(Self.password)").map(\.text).joined().contains("asks for a code"))
        #expect(
            self.notices(await guest.send("NS IDENTIFY ann \(Self.password) \(code)")) == [
                "You are now logged in as ann"
            ]
        )
        let other = rig.harness.stranger()
        let lines = await other.send("PASS :ann:\(Self.password) \(recovery[0])", "NICK ann3", "USER ann 0 * :Ann")
        #expect(lines.first?.text.hasSuffix("ann!~ann@user.ann") == true, "\(lines)")
    }

    @Test func `a recovery code works once, in any capitals`() async throws {
        let rig = try await AccountRig()
        let (_, _, recovery) = try await self.enabled(rig)
        for (number, code) in recovery.enumerated() {
            let written = number % 2 == 0 ? code : code.lowercased()
            #expect(await rig.logIn("ann", "\(Self.password) \(written)").commands == ["900", "903"])
            #expect(
                await rig.logIn("ann", "\(Self.password) \(written)", address: "192.0.2.\(number)").commands == ["904"]
            )
        }
    }

    @Test func `who knows the password guesses few codes, wherever the guesses come from`() async throws {
        let rig = try await AccountRig()
        let (_, totp, _) = try await self.enabled(rig)
        await rig.pass(seconds: 30)
        for number in 0..<10 {
            #expect(await rig.logIn("ann", "\(Self.password)000000", address: "192.0.2.\(number)").commands == ["904"])
        }
        let right = Self.password + totp.code(at: TOTP.step(at: rig.now))
        let lines = await rig.logIn("ann", right, address: "192.0.2.99")
        #expect(lines.begin(with: ["FAIL AUTHENTICATE TOO_MANY_LOGINS", "904"]), "\(lines)")
        // Some minutes later there is another try.
        for _ in 0..<7 { await rig.pass(seconds: 60) }
        let next = Self.password + totp.code(at: TOTP.step(at: rig.now))
        #expect(await rig.logIn("ann", next, address: "192.0.2.99").commands == ["900", "903"])
    }

    @Test func `nothing is asked for before a code was shown, and none without the password`() async throws {
        let rig = try await AccountRig()
        let ann = await rig.harness.client("ann")
        #expect(self.notices(await ann.send("NS MFA ENABLE x")) == ["Log in first: you have no account here"])
        _ = await ann.send("NS REGISTER \(Self.password)")
        #expect(self.notices(await ann.send("NS MFA ENABLE wrong")) == ["Password incorrect"])
        #expect(
            self.notices(await ann.send("NS MFA VERIFY 000000"))
                == ["That is no code of the secret that your account was given last"]
        )
        #expect(self.notices(await ann.send("NS MFA ENABLE \(Self.password)")).count == 3)
        #expect(await rig.logIn("ann", Self.password).commands == ["900", "903"])
    }

    @Test func `who shows a code has none be asked for any more`() async throws {
        let rig = try await AccountRig()
        let (ann, totp, recovery) = try await self.enabled(rig)
        #expect(
            self.notices(await ann.send("NS MFA ENABLE \(Self.password) \(recovery[0])")) == [
                "Write MFA ENABLE <password> | VERIFY <code> | DISABLE <password> <code>"
            ]
        )
        await rig.pass(seconds: 30)
        #expect(self.notices(await ann.send("NS MFA DISABLE \(Self.password) 000000")) == ["Password incorrect"])
        let code = totp.code(at: TOTP.step(at: rig.now))
        #expect(
            self.notices(await ann.send("NS MFA DISABLE \(Self.password) \(code)"))
                == [
                    "Your account asks for no codes any more",
                    "Other clients that lose their connection have to log in again; CLIENTS LOGOUT all ends them",
                ]
        )
        #expect(await rig.logIn("ann", Self.password).commands == ["900", "903"])
        #expect(self.notices(await ann.send("NS MFA DISABLE \(Self.password) 000000")) == ["Password incorrect"])
    }

    @Test func `who has to wait for wrong codes loses none that is right`() async throws {
        let rig = try await AccountRig()
        let (_, _, recovery) = try await self.enabled(rig)
        for number in 0..<10 {
            _ = await rig.logIn("ann", "\(Self.password)000000", address: "192.0.2.\(number)")
        }
        let right = "\(Self.password) \(recovery[0])"
        #expect(await rig.logIn("ann", right, address: "192.0.2.99").with("900").isEmpty)
        for _ in 0..<7 { await rig.pass(seconds: 60) }
        #expect(await rig.logIn("ann", right, address: "192.0.2.99").commands == ["900", "903"])
    }

    @Test func `an account that asks for codes is given no certificate that goes without one`() async throws {
        let rig = try await AccountRig()
        let (ann, _, _) = try await self.enabled(rig)
        let lines = await ann.send("NS CERT ADD \(String(repeating: "a", count: 64))")
        #expect(self.notices(lines).first?.hasPrefix("Your account asks for codes") == true, "\(lines)")
        #expect(self.notices(await ann.send("NS CERT LIST")) == ["Certificates of your account: 0"])
    }

    @Test func `a SCRAM exchange that was begun long ago proves nothing`() async throws {
        let rig = try await AccountRig()
        try await rig.add("ann")
        let client = await rig.harness.client("guest", "sasl")
        let lines = try await client.proves("ann", "correct horse") { await rig.harness.advance(by: 60) }
        #expect(lines.commands.last == "904" && lines.with("900").isEmpty, "\(lines)")
        #expect(try await client.proves("ann", "correct horse").commands.last == "903")
    }
}
