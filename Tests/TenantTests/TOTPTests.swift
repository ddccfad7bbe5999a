import Crypto
import Tenant
import Testing

@Suite struct TOTPTests {
    private static let totp = TOTP(secret: Array("12345678901234567890".utf8))

    /// RFC 4226 appendix D.
    @Test func `codes are those of the published table`() {
        let wanted = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ]
        #expect((0..<10).map { Self.totp.code(at: $0) } == wanted)
    }

    /// RFC 6238 appendix B, the last six digits of eight.
    @Test(arguments: [
        (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
        (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ])
    func `a code is that of its moment`(seconds: Int64, code: String) {
        let step = TOTP.step(at: seconds * 1000)
        #expect(Self.totp.code(at: step) == code)
        #expect(Self.totp.step(of: Redacted(code), at: seconds * 1000, after: 0) == step)
        #expect(Self.totp.step(of: Redacted(code), at: seconds * 1000 + 30_000, after: 0) == step)
        #expect(Self.totp.step(of: Redacted(code), at: seconds * 1000 + 60_000, after: 0) == nil)
        #expect(Self.totp.step(of: Redacted(code), at: seconds * 1000, after: step) == nil)
        #expect(Self.totp.step(of: Redacted(String(code.dropLast())), at: seconds * 1000, after: 0) == nil)
    }

    @Test func `a secret is written in base32, and in a link that apps read`() {
        #expect(Self.totp.text.reveal() == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        #expect(
            Self.totp.link(of: "a b:c", at: "ä").reveal()
                == "otpauth://totp/%C3%A4:a%20b%3Ac?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%C3%A4"
        )
        #expect(TOTP().text.reveal().count == 32 && TOTP().secret != TOTP().secret)
    }

    @Test(arguments: [
        ("horse123456", "horse", "123456"), ("horse 123456", "horse", "123456"), ("1234567", "1", "234567"),
        ("horse  123456", "horse ", "123456"), ("horseABCDE-FGHJK", "horse", "ABCDE-FGHJK"),
        ("horse abcde-fghjk", "horse", "abcde-fghjk"),
    ])
    func `a code behind a password is told from it`(text: String, password: String, code: String) throws {
        let parts = try #require(TOTP.split(text))
        #expect(parts.password == password && parts.code == Redacted(code))
    }

    @Test(arguments: ["", "horse", "123456", "horse12345", "12345x", "ABCDE-FGHJK", "horseABCDEFGHJKU"])
    func `a password alone has no code behind it`(text: String) { #expect(TOTP.split(text) == nil) }

    @Test func `each recovery code is one of its secret's`() {
        let codes = Self.totp.recovery
        #expect(Set(codes).count == 8)
        for (number, code) in codes.enumerated() {
            #expect(Self.totp.recoveryNumber(of: code) == number)
            #expect(Self.totp.recoveryNumber(of: Redacted(code.reveal().lowercased())) == number)
            #expect(TOTP().recoveryNumber(of: code) == nil)
        }
    }

    @Test func `what is sealed for one account opens for no other, nor elsewhere`() throws {
        let key = SymmetricKey(size: .bits256)
        let (acme, globex) = (try #require(TenantID("acme")), try #require(TenantID("globex")))
        let seal = TOTPSeal(from: key, tenant: acme)
        var box = try #require(seal.seal(Self.totp, of: "ann"))
        #expect(seal.open(box, of: "ann")?.secret == Self.totp.secret)
        #expect(seal.open(box, of: "bob") == nil)
        #expect(TOTPSeal(from: key, tenant: globex).open(box, of: "ann") == nil)
        #expect(TOTPSeal(from: SymmetricKey(size: .bits256), tenant: acme).open(box, of: "ann") == nil)
        box[20] ^= 1
        #expect(seal.open(box, of: "ann") == nil && seal.open([], of: "ann") == nil)
    }
}

@Suite struct AccountCodeTests {
    private let key = SymmetricKey(size: .bits256)

    private func subject(
        _ account: String = "ann",
        _ purpose: CodePurpose = .registration,
        _ address: String = "ann@example.com",
        _ serial: String = "1"
    ) -> CodeSubject { CodeSubject(account: account, purpose: purpose, address: address, serial: serial) }

    @Test func `a code is good for its subject alone, however it is typed`() throws {
        let codes = CodeKey(from: self.key, tenant: try #require(TenantID("acme")))
        let code = codes.code(for: self.subject()).reveal()
        #expect(code.count == 11 && code.split(separator: "-").map(\.count) == [5, 5])
        for typed in [
            code, code.lowercased(), code.replacing("-", with: ""), " \(code) ", code.replacing("0", with: "O"),
        ] {
            #expect(codes.isRight(Redacted(typed), for: self.subject()), "\(typed)")
        }
        for other in [
            self.subject("bob"), self.subject("ann", .password), self.subject("ann", .registration, "b@example.com"),
            self.subject("ann", .registration, "ann@example.com", "2"),
        ] {
            #expect(!codes.isRight(Redacted(code), for: other))
        }
        for wrong in ["", String(code.dropLast()), code + "0", String(code.reversed()) + "!"] where wrong != code {
            #expect(!codes.isRight(Redacted(wrong), for: self.subject()))
        }
        let elsewhere = CodeKey(from: self.key, tenant: try #require(TenantID("globex")))
        #expect(!elsewhere.isRight(Redacted(code), for: self.subject()))
    }

    @Test(arguments: [
        ("Ann@Example.COM", "ann@example.com"), ("ann+irc@example.com", "ann@example.com"),
        ("+ann@example.com", "+ann@example.com"), ("a.n.n@example.com", "a.n.n@example.com"),
    ])
    func `the spellings of one mailbox have one name`(text: String, mailbox: String) {
        #expect(EmailAddress(text)?.mailbox == mailbox)
    }

    @Test(arguments: [
        ("a@example.com", true), ("a@x.Example.com", true), ("a@badexample.com", false), ("a@example.com.net", false),
    ])
    func `an address is at a domain, or below it`(text: String, isThere: Bool) {
        #expect(EmailAddress(text)?.isAt(anyOf: ["other.net", "EXAMPLE.com"]) == isThere)
        #expect(EmailAddress(text)?.isAt(anyOf: []) == false)
    }
}
