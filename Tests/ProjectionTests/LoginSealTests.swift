import Chat
import Crypto
import StateStore
import Tenant
import Testing

/// What is remembered of log-ins: whom it lets in, where and until when.
struct LoginSealTests {
    private static let secret = SymmetricKey(size: .bits256)
    private static let now: Int64 = 1_800_000_000_000

    private static func seal(_ tenant: String = "acme", _ secret: SymmetricKey = Self.secret) throws -> LoginSeal {
        LoginSeal(from: secret, tenant: try #require(TenantID(tenant)))
    }

    private static func account(_ name: String, role: Account.Role = .user) throws -> Account {
        Account(
            tenant: try #require(TenantID("acme")),
            name: name,
            folded: name.lowercased(),
            role: role,
            isDeclared: role == .admin,
            credentials: .init(passwordHash: "$scrypt$hash", scram: "SCRAM-SHA-256$keys"),
            isAlwaysOn: true,
            createdAt: 5,
            updatedAt: 7
        )
    }

    @Test(arguments: Account.Role.allCases)
    func `an account opens in its place as that of a user, and shows nothing before`(role: Account.Role) throws {
        let (seal, account) = (try Self.seal(), try Self.account("Ann", role: role))
        let box = try #require(seal.seal(account, at: Self.now))
        #expect(seal.open(box, of: "ann") == (try Self.account("Ann")))
        #expect(LoginSeal.time(of: box) == Self.now)
        #expect(try #require(seal.seal(account, at: Self.now)) != box)
        let text = String(decoding: box, as: UTF8.self)
        #expect(!["scrypt", "SCRAM", "Ann"].contains { text.contains($0) })
    }

    @Test func `it opens for no other account or tenant, and with no other secret`() throws {
        let box = try #require(try Self.seal().seal(try Self.account("Ann"), at: Self.now))
        for name in ["bob", "an", "anna", "Ann", ""] { #expect(try Self.seal().open(box, of: name) == nil) }
        #expect(try Self.seal("beta").open(box, of: "ann") == nil)
        #expect(try Self.seal("acme", SymmetricKey(size: .bits256)).open(box, of: "ann") == nil)
    }

    @Test func `one that was cut or changed anywhere, its time included, does not open`() throws {
        let seal = try Self.seal()
        let box = try #require(seal.seal(try Self.account("Ann"), at: Self.now))
        for length in 0..<box.count { #expect(seal.open(Array(box.prefix(length)), of: "ann") == nil) }
        for index in box.indices {
            var changed = box
            changed[index] ^= 1
            #expect(seal.open(changed, of: "ann") == nil, "byte \(index)")
        }
        #expect(LoginSeal.time(of: [2] + box.dropFirst()) == nil, "another version's")
        #expect(LoginSeal.time(of: Array(box.prefix(9))) == nil)
    }

    @Test(arguments: [
        (0, 1000, true), (999, 1000, true), (1000, 1000, false), (0, 0, false), (-60_000, 1000, true),
        (-60_001, 1000, false), (Int64.max, 1000, false), (Int64.min, 1000, false),
    ])
    func `what was confirmed holds for its time, whatever clocks say`(age: Int64, duration: Int64, holds: Bool) {
        let (time, overflow) = Self.now.subtractingReportingOverflow(age)
        let then = overflow ? (age > 0 ? Int64.min : .max) : time
        #expect(RememberedLogins.holds(then, for: duration, at: Self.now) == holds)
    }

    @Test func `what holds no more goes, and of the rest the oldest that are too many`() throws {
        let seal = try Self.seal()
        var fields: [FieldName: [UInt8]] = [FieldName(Section("x"), "else"): [1]]
        for (name, age) in [("new", 0), ("newer", 10), ("old", 90), ("older", 95), ("gone", 100)] as [(String, Int64)] {
            fields[RememberedLogins.field(of: name)] = seal.seal(try Self.account(name), at: Self.now - age)
        }
        fields[RememberedLogins.field(of: "none")] = [7]
        for (most, wanted) in [
            (10, ["gone", "none"]), (4, ["gone", "none"]), (3, ["gone", "none", "older"]),
            (1, ["gone", "newer", "none", "old", "older"]), (0, ["gone", "new", "newer", "none", "old", "older"]),
        ] {
            let stale = RememberedLogins.stale(fields, after: 100, keeping: most, at: Self.now)
            #expect(stale.map(\.name).sorted() == wanted, "\(most)")
        }
    }
}
