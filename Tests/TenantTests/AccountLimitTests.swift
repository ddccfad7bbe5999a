// Where passwords, their hashes and login messages begin and end to be acceptable.

import Crypto
import Foundation
import Synchronization
import Tenant
import Testing

private let cheap = PasswordHash.Parameters(logN: 4, blockSize: 8, parallelism: 1)

/// So many bytes in base64 without padding.
private func unpadded(_ count: Int) -> String {
    String(Data(repeating: 7, count: count).base64EncodedString().prefix { $0 != "=" })
}

@Suite struct `Stored passwords` {
    @Test(arguments: [
        // The binary logarithm of N, r and p: each has a bound, and 128 · r · N is at most 256 MiB.
        (1, 1, 1, true), (0, 1, 1, false), (1, 0, 1, false), (1, 1, 0, false), (20, 1, 1, true), (21, 1, 1, false),
        (1, 32, 1, true), (1, 33, 1, false), (1, 1, 16, true), (1, 1, 17, false), (20, 2, 1, true),
        (20, 3, 1, false), (16, 32, 1, true), (17, 17, 1, false), (15, 8, 1, true), (-1, 8, 1, false),
    ])
    func `a cost that takes a quarter of a gigabyte is borne, and no larger one`(n: Int, r: Int, p: Int, fits: Bool) {
        let hash = PasswordHash(text: "$scrypt$ln=\(n),r=\(r),p=\(p)$\(unpadded(16))$\(unpadded(32))")
        #expect((hash?.parameters == .init(logN: n, blockSize: r, parallelism: p)) == fits)
    }

    @Test(arguments: [
        (7, 32, false), (8, 32, true), (64, 32, true), (65, 32, false), (16, 15, false), (16, 16, true), (16, 64, true),
        (16, 65, false), (0, 32, false), (16, 0, false),
    ])
    func `salts and hashes of other programs have usual lengths`(salt: Int, hash: Int, fits: Bool) {
        let text = "$scrypt$ln=4,r=8,p=1$\(unpadded(salt))$\(unpadded(hash))"
        #expect(PasswordHash(text: text)?.text == (fits ? text : nil))
    }

    @Test(arguments: [
        "x$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA$",
        "$scrypt$r=8,ln=4,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8,p=1,$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8,q=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ=$aGFzaGhhc2hoYXNoaGFzaA",
        "$scrypt$ln=4,r=8,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA==",
    ])
    func `what has other parts is no hash`(text: String) { #expect(PasswordHash(text: text) == nil) }

    @Test func `a new hash has a salt of 16 bytes and 32 bytes of its own`() throws {
        let parts = try PasswordHash(password: "p", parameters: cheap).text.split(separator: "$")
        #expect(parts.count == 4 && parts[2].count == 22 && parts[3].count == 43)
    }

    @Test func `a hash that cannot be derived again fits nothing`() throws {
        let hash = try PasswordHash(password: "secret", parameters: cheap)
        #expect(!hash.verify("secret") { _, _, _, _ throws(AccountError) in throw .cost })
        #expect(hash.verify("secret"))
        #expect(
            !hash.verify("secret") { password, salt, cost, length throws(AccountError) in
                Array(try PasswordHash.derive(password, salt, cost, length: length).dropLast())
            },
            "a part of it is not it"
        )
        #expect(throws: AccountError.cost) {
            try PasswordHash(password: "p", parameters: .init(logN: 1, blockSize: 0, parallelism: 1))
        }
    }

    @Test(arguments: [
        "SCRAM-SHA-256$0:c2FsdA==$K:K", "SCRAM-SHA-256$1000001:c2FsdA==$K:K", "SCRAM-SHA-256$-1:c2FsdA==$K:K",
        "SCRAM-SHA-256$4096:c2FsdA==:x$K:K", "SCRAM-SHA-256$4096$K:K", "SCRAM-SHA-256$4096:c2FsdA==$K",
        "SCRAM-SHA-256$4096:c2FsdA==$K:K:K", "SCRAM-SHA-256$4096:c2FsdA==$K:K$", "SCRAM-SHA-256$4096:c2FsdA==$L:K",
        "SCRAM-SHA-256$4096:c2FsdA==$K:L", "SCRAM-SHA-256$4096:?$K:K", "SCRAM-SHA-256$4096:c2FsdA==$?:K",
        "SCRAM-SHA-256$4096:c2FsdA===$K:K", "SCRAM-SHA-256$4096:c2FsdA======$K:K", "SCRAM-SHA-256$4096:c2FsdB==$K:K",
        "SCRAM-SHA-256$4096:c2FsdA==$K=:K", "SCRAM-SHA-256$4096:c2FsdA==$K:?", "x$SCRAM-SHA-256$4096:c2FsdA==$K:K",
    ])
    func `a verifier with a part that is none is refused`(form: String) {
        let (key, long) = (Data(repeating: 1, count: 32), Data(repeating: 1, count: 33))
        func text(_ form: String) -> String {
            form.replacing("L", with: long.base64EncodedString(), maxReplacements: 1)
                .replacing("K", with: key.base64EncodedString())
        }
        #expect(ScramCredentials(text: text(form)) == nil)
        for iterations in [1, 1_000_000] {
            let good = ScramCredentials(text: text("SCRAM-SHA-256$\(iterations):c2FsdA==$K:K"))
            #expect(good?.iterations == iterations && good?.salt == Array("salt".utf8))
        }
    }

    @Test func `new verifiers have salts of 16 bytes of their own and keys of 32`() throws {
        let (one, other) = (try ScramCredentials(password: "p"), try ScramCredentials(password: "p"))
        #expect(one.iterations == 10_000 && one.salt.count == 16 && one.salt != other.salt)
        #expect(one.storedKey.count == 32 && one.serverKey.count == 32 && one.storedKey != one.serverKey)
        let unknown = ScramCredentials.unknown("x", key: SymmetricKey(data: [1]))
        #expect(unknown.storedKey.count == 32 && unknown.serverKey.count == 32)
        for iterations in [0, -1] {
            #expect(throws: AccountError.cost) {
                try ScramCredentials(password: "p", salt: [1], iterations: iterations)
            }
        }
        #expect(throws: AccountError.password) { try ScramCredentials(password: "", salt: [1], iterations: 1) }
        #expect(try ScramCredentials(password: "p", salt: [1], iterations: 1).iterations == 1)
    }
}

@Suite struct `Texts of passwords` {
    /// What is dropped (RFC 3454 table B.1).
    private static let dropped: [ClosedRange<UInt32>] = [
        0xAD...0xAD, 0x34F...0x34F, 0x1806...0x1806, 0x180B...0x180D, 0x200B...0x200D, 0x2060...0x2060,
        0xFE00...0xFE0F, 0xFEFF...0xFEFF,
    ]
    /// What is refused (RFC 3454 tables C.2 to C.9).
    private static let refused: [ClosedRange<UInt32>] = [
        0x00...0x1F, 0x7F...0x9F, 0x6DD...0x6DD, 0x70F...0x70F, 0x180E...0x180E, 0x200E...0x200F, 0x2028...0x2029,
        0x202A...0x202E,
        0x2061...0x2063, 0x206A...0x206F, 0x2FF0...0x2FFB, 0xE000...0xF8FF, 0xFDD0...0xFDEF, 0xFFF9...0xFFFF,
        0x1D173...0x1D17A, 0xE0001...0xE0001, 0xE0020...0xE007F, 0xEFFFE...0x10FFFF,
    ]

    @Test(arguments: dropped + refused)
    func `characters that nobody sees are dropped or refused, and their neighbours are neither`(
        range: ClosedRange<UInt32>
    ) throws {
        let near = [range.lowerBound &- 1, range.lowerBound, range.upperBound, range.upperBound + 1]
        for scalar in near.compactMap(Unicode.Scalar.init) {
            let prepared = PasswordText.prepare("a\(scalar)b")
            if Self.dropped.contains(where: { $0.contains(scalar.value) }) {
                #expect(prepared == "ab", "\(scalar.escaped(asASCII: true))")
            } else if Self.refused.contains(where: { $0.contains(scalar.value) }) {
                #expect(prepared == nil, "\(scalar.escaped(asASCII: true))")
            } else {
                #expect(prepared != nil && prepared != "ab", "\(scalar.escaped(asASCII: true))")
            }
        }
    }

    @Test func `a password has 1024 bytes at most, before it is prepared and afterwards`() {
        for letter in ["x", "é"] {
            let longest = String(repeating: letter, count: 1024 / letter.utf8.count)
            #expect(PasswordText.prepare(longest) == longest)
            #expect(PasswordText.prepare(longest + "x") == nil)
        }
        // A ligature of 3 bytes that is 33 once it is taken apart.
        let ligatures = String(repeating: "\u{FDFA}", count: 30)
        #expect(PasswordText.prepare(ligatures + String(repeating: "x", count: 34))?.utf8.count == 1024)
        #expect(PasswordText.prepare(ligatures + String(repeating: "x", count: 35)) == nil)
        // 1026 bytes of which two are dropped.
        #expect(PasswordText.prepare(String(repeating: "x", count: 1024) + "\u{AD}") == nil)
    }

    @Test(arguments: ["a\u{300}", "\u{340}", "a\u{33F}b", "a\u{342}b"])
    func `accents are part of a password`(text: String) { #expect(PasswordText.prepare(text) != nil) }
}

@Suite struct `Lengths of login messages` {
    private func plain(_ identity: Int, _ account: Int, _ password: Int) -> [UInt8] {
        [identity, account, password].map { [UInt8](repeating: 0x61, count: $0) }.joined(separator: [0]).map(\.self)
    }

    @Test(arguments: [
        (0, 1, 1, true), (255, 255, 1024, true), (256, 255, 1024, false), (256, 1, 1, false), (0, 256, 1, false),
        (0, 1, 1025, false), (0, 0, 1, false), (0, 1, 0, false),
    ])
    func `the parts of PLAIN have their lengths`(identity: Int, account: Int, password: Int, fits: Bool) {
        let message = try? SASLPlain(self.plain(identity, account, password))
        #expect((message != nil) == fits)
        if let message {
            #expect(message.account.utf8.count == account && message.password.reveal().utf8.count == password)
            #expect(message.authorizationIdentity?.utf8.count == (identity == 0 ? nil : identity))
        }
    }

    @Test func `each part of PLAIN is UTF-8`() {
        for place in 0...2 {
            var parts: [[UInt8]] = [[0x61], [0x61], [0x61]]
            parts[place] = [0xFF]
            let message = parts.joined(separator: [0]).map(\.self)
            #expect(throws: AccountError.malformed) { try SASLPlain(message) }
        }
    }

    /// Whether a first message is taken.
    private func takes(_ first: String) -> Bool {
        var server = ScramServer(nonce: "server")
        return (try? server.receiveFirst(Array(first.utf8))) != nil
    }

    @Test func `a message of SCRAM has 2048 bytes at most, and nonces are visible ASCII`() {
        let start = "n,,n=user,r="
        #expect(self.takes(start + String(repeating: "x", count: 2048 - start.utf8.count)))
        #expect(!self.takes(start + String(repeating: "x", count: 2049 - start.utf8.count)))
        for (nonce, fits) in [("!", true), ("~", true), (" ", false), ("\u{7F}", false), ("é", false), ("", false)] {
            #expect(self.takes(start + nonce) == fits, "\(nonce)")
        }
        #expect(!self.takes("n,,n=user,r=x,ext=\0"), "NUL stands for nothing, RFC 5802 section 5.1")
        #expect(!self.takes("n,,,n=user,r=x"), "no attribute is left out")
        #expect(self.takes("n,,n=user,r=x,ext=1") && !self.takes("n,,n=user"))
    }
}

@Suite struct `A hasher's bounds` {
    @Test(arguments: [(0, 1), (1, 1), (2, 2)])
    func `it works on so many at once, keeps so many waiting and refuses the next at once`(
        width: Int,
        atOnce: Int
    ) async throws {
        let gate = DispatchSemaphore(value: 0)
        let (entered, told) = AsyncStream<Void>.makeStream()
        let running = Mutex((now: 0, most: 0))
        let hasher = PasswordHasher(width: width, bound: 2, tenantBound: 2, parameters: cheap) {
            _,
            _,
            _,
            length throws(AccountError) in
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            told.yield()
            gate.wait()
            running.withLock { $0.now -= 1 }
            return Array(repeating: 0, count: length)
        }
        let tenant = try TenantID.named("acme")
        @Sendable func isTaken() async -> Bool {
            do throws(AccountError) {
                _ = try await hasher.verify("p", against: nil, for: tenant)
                return true
            } catch {
                return error != .busy
            }
        }
        // Twice, since it is to be as it was afterwards.
        for _ in 1...2 {
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<atOnce { group.addTask { await isTaken() } }
                var begun = entered.makeAsyncIterator()
                for _ in 0..<atOnce { await begun.next() }
                // Two of three have a place to wait in. Who has none is told while nobody is done.
                for _ in 0..<3 { group.addTask { await isTaken() } }
                #expect(await group.next() == false)
                for _ in 0..<(atOnce + 2) { gate.signal() }
                for await isTaken in group { #expect(isTaken) }
            }
            gate.signal()
            #expect(await isTaken(), "it works again afterwards")
            // The two that waited and this one began as well: the next ones are not to be taken for begun by that.
            var others = entered.makeAsyncIterator()
            for _ in 0..<3 { await others.next() }
        }
        #expect(running.withLock { $0.most } == atOnce)
    }
}
