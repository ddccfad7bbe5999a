import Crypto
import Synchronization
import Tenant
import Testing

private func bytes(hex: String) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue ?? 0) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

private let cheap = PasswordHash.Parameters(logN: 4, blockSize: 8, parallelism: 1)

@Suite struct Passwords {
    // RFC 7914 section 12; the vector with N = 2^20 takes 1 GiB and is left out.
    @Test(arguments: [
        (
            "", "", 4, 1, 1,
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
        ),
        (
            "password", "NaCl", 10, 8, 16,
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
        ),
        (
            "pleaseletmein", "SodiumChloride", 14, 8, 1,
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
        ),
    ])
    func `scrypt gives the published results`(
        password: String,
        salt: String,
        logN: Int,
        r: Int,
        p: Int,
        result: String
    ) throws {
        let parameters = PasswordHash.Parameters(logN: logN, blockSize: r, parallelism: p)
        let derived = try PasswordHash.derive(Array(password.utf8), Array(salt.utf8), parameters, length: 64)
        #expect(derived == bytes(hex: result))
    }

    @Test func `only the right password fits its hash`() throws {
        let hash = try PasswordHash(password: "correct horse", parameters: cheap)
        #expect(hash.verify("correct horse"))
        #expect(!hash.verify("correct horsf") && !hash.verify("") && !hash.verify("correct horse "))
        #expect(try PasswordHash(password: "correct horse", parameters: cheap) != hash, "each hash has its own salt")
    }

    @Test func `a password that is typed on another system is the same`() throws {
        let hash = try PasswordHash(password: "caf\u{E9} \u{FF11}", parameters: cheap)
        #expect(hash.verify("cafe\u{301}\u{A0}1") && !hash.verify("cafe 1"))
    }

    @Test func `a hash survives as text and shows its cost`() throws {
        let hash = try PasswordHash(password: "p", parameters: cheap)
        #expect(hash.text.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        let read = try #require(PasswordHash(text: hash.text))
        #expect(read == hash && read.verify("p"))
        #expect(PasswordHash.Parameters.standard == .init(logN: 15, blockSize: 8, parallelism: 1))
        #expect(!"\(hash) \(String(reflecting: hash))".contains(hash.text.suffix(10)))
    }

    @Test(arguments: [
        "", "p", "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ", "$argon2$ln=4,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=30,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8,p=1$?$aGFzaGhhc2hoYXNoaGFzaA", "$scrypt$ln=0,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
    ])
    func `other texts, and hashes that would take gigabytes, are refused`(text: String) {
        #expect(PasswordHash(text: text) == nil)
    }

    // RFC 4013 section 3, and what everybody types.
    @Test(arguments: [
        ("user", "user"), ("USER", "USER"), ("I\u{AD}X", "IX"), ("\u{AA}", "a"), ("\u{2168}", "IX"),
        ("a\u{A0}b", "a b"), ("e\u{301}", "é"),
    ])
    func `passwords are prepared`(text: String, prepared: String) {
        #expect(PasswordText.prepare(text) == prepared)
    }

    @Test(arguments: [
        "", "\u{7}", "a\nb", "\u{AD}", "\u{E000}", "a\u{202E}b", "\u{FFFD}", String(repeating: "x", count: 1025),
    ])
    func `texts that are no passwords are refused`(text: String) {
        #expect(PasswordText.prepare(text) == nil)
        #expect(throws: AccountError.password) { try PasswordHash(password: text, parameters: cheap) }
    }

    @Test func `a hasher hashes and verifies off the caller's thread`() async throws {
        let hasher = PasswordHasher(parameters: cheap)
        let tenant = try TenantID.named("acme")
        let hash = try await hasher.hash("secret", for: tenant)
        #expect(try await hasher.verify("secret", against: hash, for: tenant))
        #expect(try await !hasher.verify("Secret", against: hash, for: tenant))
        #expect(try await !hasher.verify("secret", against: nil, for: tenant))
        let credentials = try await hasher.credentials(name: "alice", password: "secret", for: tenant)
        #expect(credentials.name == "alice" && credentials.passwordHash.verify("secret"))
        await #expect(throws: AccountError.name) {
            try await hasher.credentials(name: "al ice", password: "secret", for: tenant)
        }
    }

    @Test func `what is refused costs the same whatever it is refused for`() async throws {
        let work = Mutex<[String]>([])
        let hasher = PasswordHasher(parameters: cheap) { _, salt, cost, length throws(AccountError) in
            work.withLock { $0.append("\(salt.count) \(cost) \(length)") }
            return Array(repeating: 0, count: length)
        }
        let tenant = try TenantID.named("acme")
        let hash = try PasswordHash(password: "secret", parameters: cheap)
        for (password, hash) in [
            ("wrong", hash), ("", hash), ("\u{7}", hash), ("a\u{202E}b", hash),
            (String(repeating: "x", count: 1025), hash),
            ("wrong", nil), ("", nil), ("\u{7}", nil),
        ] {
            #expect(try await !hasher.verify(password, against: hash, for: tenant))
        }
        let done = work.withLock { $0 }
        #expect(done.count == 8 && Set(done).count == 1, "\(done)")
    }

    @Test func `a storm of one tenant keeps nobody of another waiting, and is refused beyond its share`() throws {
        let (stormy, calm) = (try TenantID.named("stormy"), try TenantID.named("calm"))
        var queue = TurnQueue<String>(bound: 6, tenantBound: 4)
        var accepted: [Bool] = []
        for number in 1...6 { accepted.append(queue.add("stormy \(number)", of: stormy)) }
        #expect(accepted == [true, true, true, true, false, false])
        accepted = [queue.add("calm 1", of: calm)]
        var order = [queue.next(), queue.next()]
        #expect(order == ["stormy 1", "calm 1"])
        accepted += [queue.add("calm 2", of: calm), queue.add("stormy 5", of: stormy)]
        #expect(accepted == [true, true, true])
        order = (0..<6).map { _ in queue.next() }
        #expect(order == ["stormy 2", "calm 2", "stormy 3", "stormy 4", "stormy 5", nil])
        // Together they may not have more than all may.
        accepted = try (0..<9).map { queue.add("", of: try .named("t\($0)")) }
        #expect(accepted.count(where: \.self) == 6)
    }
}

@Suite struct `SASL PLAIN` {
    @Test func `the three parts are read`() throws {
        let message = try SASLPlain(Array("\0tim\0tanstaaftanstaaf".utf8))
        #expect(message.authorizationIdentity == nil && message.account == "tim")
        #expect(message.password.reveal() == "tanstaaftanstaaf")
        let other = try SASLPlain(Array("Ursel\0Kurt\0xipj3plmq".utf8))
        #expect(other.authorizationIdentity == "Ursel" && other.account == "Kurt")
        #expect(!"\(other)".contains("xipj3plmq"))
    }

    @Test(arguments: [
        [], Array("tim".utf8), Array("tim\0pw".utf8), Array("\0\0pw".utf8), Array("\0tim\0".utf8),
        Array("\0tim\0pw\0".utf8),
        Array("\0tim\0".utf8) + [0xFF], [0] + Array(repeating: 0x61, count: 256) + Array("\0pw".utf8),
        Array("\0tim\0".utf8) + Array(repeating: 0x61, count: 5000),
    ])
    func `other messages are refused`(message: [UInt8]) {
        #expect(throws: AccountError.malformed) { try SASLPlain(message) }
    }
}
