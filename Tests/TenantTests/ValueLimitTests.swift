// Where the values in YAML begin and end, byte by byte.

import Crypto
import Tenant
import Testing

@Suite struct `Bounds of values` {
    @Test(arguments: [
        ("1k", Int64(1_000)), ("1M", 1_000_000), ("1G", 1_000_000_000), ("1T", 1_000_000_000_000),
        ("1P", 1_000_000_000_000_000), ("1E", 1_000_000_000_000_000_000), ("1Ki", 1_024), ("1Mi", 1_048_576),
        ("1Gi", 1_073_741_824), ("1Ti", 1_099_511_627_776), ("1Pi", 1_125_899_906_842_624),
        ("1Ei", 1_152_921_504_606_846_976), ("7", 7), ("0.1k", 100), ("1e0", 1), ("1e+2", 100), ("1e02", 100),
        ("1e18", 1_000_000_000_000_000_000), ("9e9", 9_000_000_000), ("90", 90), ("0.0001k", 1),
    ])
    func `a size has each of Kubernetes' suffixes`(text: String, bytes: Int64) {
        #expect(ByteQuantity.parse(text) == bytes)
    }

    @Test(arguments: ["1e", "1e+", "1e++1", "1e-1", "1e001", "1e19", "1e1.5", "1ex", "e1", ".", "1..k", "1f3", "1ke1"])
    func `a size has no other suffix`(text: String) { #expect(ByteQuantity.parse(text) == nil) }

    @Test(arguments: [
        ("1ns", Duration.nanoseconds(1)), ("1us", .microseconds(1)), ("1µs", .microseconds(1)),
        ("1μs", .microseconds(1)), ("1ms", .milliseconds(1)), ("1s", .seconds(1)), ("1m", .seconds(60)),
        ("1h", .seconds(3_600)), ("1d", .seconds(86_400)), ("0s", .zero), ("0.9ns", .zero), ("00s", .zero),
        ("9h9m", .seconds(32_940)), ("106751d", .seconds(9_223_286_400)),
    ])
    func `a duration has each of Go's units, and days`(text: String, duration: Duration) {
        #expect(GoDuration.parse(text) == duration)
    }

    @Test(arguments: ["106752d", "106751d24h", "1", "00", "d", "1d1", "1dd", "0x"])
    func `a duration has 292 years at most`(text: String) { #expect(GoDuration.parse(text) == nil) }

    @Test(arguments: [
        (Duration.zero, "0s"), (.seconds(1), "1s"), (.seconds(59), "59s"), (.seconds(60), "1m"), (.seconds(61), "1m1s"),
        (.seconds(3_599), "59m59s"), (.seconds(3_600), "1h"), (.seconds(86_399), "23h59m59s"), (.seconds(86_400), "1d"),
        (.seconds(90_061), "1d1h1m1s"), (.milliseconds(1), "1ms"), (.milliseconds(999), "999ms"),
        (.milliseconds(1_001), "1s1ms"), (.microseconds(1), "1us"), (.microseconds(999), "999us"),
        (.nanoseconds(1), "1ns"), (.nanoseconds(999), "999ns"), (.nanoseconds(1_001_001), "1ms1us1ns"),
    ])
    func `a duration is written in the largest units`(duration: Duration, text: String) {
        #expect(GoDuration.text(duration) == text)
    }

    @Test(arguments: [
        ("999999999999999999.999999999999999999", true), ("9999999999999999999", false),
        ("0.9999999999999999999", false),
        ("-1", true), ("1-", false), ("9", true), ("0", true), ("/", false), (":", false), ("", false), ("-", false),
        ("1.2", true), ("1.2.3", false),
    ])
    func `a decimal has 18 digits on both sides at most`(text: String, isOne: Bool) {
        #expect((ExactDecimal(text) != nil) == isOne)
    }

    @Test func `decimals show where their point stands, and are equal if they are as large`() throws {
        for (text, coefficient, scale) in [
            ("0.05", 5, 2), ("0.50", 5, 1), ("100", 100, 0), ("-0.050", -5, 2), ("10.10", 101, 1), ("0", 0, 0),
        ] as [(String, Int128, Int)] {
            let decimal = try #require(ExactDecimal(text))
            #expect(decimal.coefficient == coefficient && decimal.scale == scale)
            #expect(ExactDecimal(decimal.description) == decimal)
        }
        #expect(ExactDecimal.zero == ExactDecimal("0.0") && ExactDecimal.zero.description == "0")
        #expect(ExactDecimal(coefficient: 5, scale: 3).description == "0.005")
        #expect(ExactDecimal(coefficient: 1_234, scale: 3).description == "1.234")
        #expect(ExactDecimal(coefficient: 0, scale: 1).scale == 0)
        for (less, more) in [
            ("0.1", "0.11"), ("-0.11", "-0.1"), ("1.9", "2.1"), ("-2.1", "-1.9"), ("0.09", "0.1"), ("-1", "-0.5"),
            ("999999999999999999", "999999999999999999.000000000000000001"),
        ] {
            let (less, more) = (try #require(ExactDecimal(less)), try #require(ExactDecimal(more)))
            #expect(less < more && !(more < less) && !(less < less))
        }
    }

    @Test(
        arguments: [
            ("0.5", 1, .up, 1), ("0.5", 2, .up, 1), ("0.5", 3, .up, 2), ("0.5", 3, .towardZero, 1),
            ("-0.5", 1, .up, 0), ("-0.5", 3, .towardZero, -1), ("0.5", 0, .up, 0), ("0.001", 1_000, .up, 1),
            ("0.001", 1_001, .up, 2), ("3", 5, .up, 15), ("3", 5, .towardZero, 15),
        ] as [(String, Int64, ExactDecimal.Rounding, Int64)]
    )
    func `what is left of a product is rounded up, or cut off`(
        price: String,
        count: Int64,
        rounding: ExactDecimal.Rounding,
        product: Int64
    ) throws {
        #expect(try #require(ExactDecimal(price)).multiplied(by: count, rounding: rounding) == product)
    }

    @Test(arguments: [
        (1, true), (63, true), (64, false), (0, false),
    ])
    func `a label has 63 bytes at most`(length: Int, isOne: Bool) {
        let label = String(repeating: "a", count: length)
        #expect((TenantID(label) != nil) == isOne)
        #expect(DNSName.isSubdomain(label) == isOne)
    }

    @Test func `a name has 253 bytes at most, and its last label is no number`() {
        let labels = Array(repeating: String(repeating: "a", count: 62), count: 4).joined(separator: ".")
        #expect(labels.utf8.count == 251)
        #expect(DNSName.host(labels + ".a") == labels + ".a" && DNSName.host(labels + ".ab") == nil)
        for (name, isOne) in [("a.0", false), ("a.9", false), ("a.09a", true), ("9a", true), ("0.a", true)] {
            #expect((DNSName.host(name) != nil) == isOne, "\(name)")
        }
    }

    /// Every byte of ASCII alone or between two letters.
    private func bytes(_ isTaken: (String) -> Bool) -> String {
        String(decoding: (0...127 as ClosedRange<UInt8>).filter { isTaken(String(Unicode.Scalar($0))) }, as: UTF8.self)
    }

    @Test func `labels and names of accounts are made of these characters`() {
        let (digits, lower) = ("0123456789", "abcdefghijklmnopqrstuvwxyz")
        #expect(self.bytes { TenantID("a\($0)a") != nil } == "-" + digits + lower)
        #expect(self.bytes { TenantID($0) != nil } == digits + lower)
        #expect(self.bytes { TenantID("a\($0)") != nil } == digits + lower)
        let name = self.bytes { AccountName.check($0) == $0 }
        #expect(name == "-." + digits + lower.uppercased() + "[\\]^_`" + lower + "{|}")
        for (length, isOne) in [(0, false), (1, true), (32, true), (33, false)] {
            let name = String(repeating: "a", count: length)
            #expect(AccountName.check(name) == (isOne ? name : nil))
        }
        #expect(AccountName.check("é") == nil)
    }

    @Test func `tenants are ordered by their names`() throws {
        let (one, other) = (try TenantID.named("a"), try TenantID.named("b"))
        #expect(one < other && !(other < one) && !(one < one) && "\(one)" == "a")
        #expect(TenantID(TenantID.cell.text) == nil)
    }

    @Test func `a mapped address is an IPv4 address and no other one is`() {
        let cloak = HostCloak(tenantKey: SymmetricKey(data: [UInt8](repeating: 1, count: 32)))
        let mapped = IPAddress(bits: 0xFFFF << 32 | 0xC000_0207)
        #expect(cloak.cloak(mapped) == cloak.cloak(address: "192.0.2.7"))
        for place in 0..<12 {
            let other = IPAddress(bits: mapped.bits ^ (1 << UInt128(120 - 8 * place)))
            #expect(cloak.cloak(other) != cloak.cloak(mapped))
            #expect(cloak.cloak(other).split(separator: ".").count == 3)
        }
        #expect(cloak.cloak(address: "[::1]") == cloak.cloak(address: "::1"))
        #expect(cloak.cloak(address: "[::1") != cloak.cloak(address: "::1"))
        #expect(cloak.cloak(address: "::1]") != cloak.cloak(address: "::1"))
        #expect(cloak.cloak(address: "fe80::1%eth0") == cloak.cloak(address: "fe80::1"))
        #expect(cloak.cloak(account: "alice") == "user.alice")
    }

    /// Cloaks are in ban lists: they stay what they are.
    @Test func `cloaks are the same in each version`() throws {
        let secret = SymmetricKey(data: [UInt8](repeating: 1, count: 32))
        let key = HostCloak.tenantKey(from: secret, tenant: try TenantID.named("acme"))
        let cloak = HostCloak(tenantKey: key)
        let labels = [
            self.label(key, "4/32/", [192, 0, 2, 7]), self.label(key, "4/24/", [192, 0, 2]),
            "net-" + self.label(key, "4/16/", [192, 0]),
        ]
        #expect(cloak.cloak(address: "192.0.2.7") == labels.joined(separator: "."))
        let six: [UInt8] = [0x20, 1, 0xD, 0xB8, 0, 1, 0, 2]
        let wide = [
            self.label(key, "6/64/", six), self.label(key, "6/48/", Array(six.prefix(6))),
            "net-" + self.label(key, "6/32/", Array(six.prefix(4))),
        ]
        #expect(cloak.cloak(address: "2001:db8:1:2::7") == wide.joined(separator: "."))
        #expect(cloak.cloak(address: "x") == "local.net-" + self.label(key, "other/8/", Array("x".utf8)))
        let again = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: secret,
            salt: Array("acme".utf8),
            info: Array("roost cloak".utf8),
            outputByteCount: 32
        )
        #expect(key == again)
    }

    /// 40 bits of the HMAC in base32 (RFC 4648 section 6, lower case).
    private func label(_ key: SymmetricKey, _ domain: String, _ bytes: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(domain.utf8) + bytes, using: key)
        let digits = Array("abcdefghijklmnopqrstuvwxyz234567")
        let bits = code.prefix(5).flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        return String((0..<8).map { digits[bits[($0 * 5)..<($0 * 5 + 5)].reduce(0) { $0 * 2 + Int($1) }] })
    }
}
