import Tenant
import Testing

@Suite struct `Values in YAML` {
    @Test(arguments: [
        ("90s", Duration.seconds(90)), ("2m", .seconds(120)), ("1h30m", .seconds(5400)), ("30d", .seconds(2_592_000)),
        ("1.5h", .seconds(5400)), ("250ms", .milliseconds(250)), ("1d12h", .seconds(129_600)), ("0", .zero),
        ("1us", .microseconds(1)),
    ])
    func `durations are Go's plus days`(text: String, duration: Duration) throws {
        #expect(GoDuration.parse(text) == duration)
        #expect(GoDuration.parse(GoDuration.text(duration)) == duration, "what is written can be read")
    }

    @Test(arguments: [
        "", "s", "90", "1 h", "-1s", "1w", "1..5s", ".s", "1s30", "999999999999d", "1h-1m", "1.5d", "1h1d",
    ])
    func `other texts are no durations`(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }

    @Test(arguments: [
        ("500", Int64(500)), ("100M", 100_000_000), ("10Gi", 10_737_418_240), ("1e3", 1000),
        ("2E", 2_000_000_000_000_000_000),
        ("1.5Ki", 1536), ("0.5", 1), ("1E2", 100), ("4k", 4000), ("0", 0),
    ])
    func `sizes are Kubernetes quantities`(text: String, bytes: Int64) {
        #expect(ByteQuantity.parse(text) == bytes)
    }

    @Test func `what is too much is told from what is nothing`() {
        for text in ["1e19", "9Ei", "20E", "1234567890123456789", "5e99"] {
            #expect(ByteQuantity.read(text) == .tooLarge, "\(text)")
        }
        for text in ["", "Gi", "1e100", "1.2.3", "0.1234567890123456789", "1x"] {
            #expect(ByteQuantity.read(text) == .nothing, "\(text)")
        }
        #expect(ByteQuantity.read("0e99") == .bytes(0))
        #expect(
            ByteQuantity.text(1 << 50) == "1Pi" && ByteQuantity.text(1536) == "1536"
                && ByteQuantity.text(3 << 20) == "3Mi"
        )
        for text in ["999999999999d", "106751d24h", "9999999999999h"] { #expect(GoDuration.read(text) == .tooLong) }
        for text in ["", "d", "1w", "999999999999d1"] { #expect(GoDuration.read(text) == .nothing) }
    }

    @Test(arguments: ["", "Gi", "10Gb", "10 Gi", "-1", "1m", "10E9E", "9Ei", "1e19", "1ki"])
    func `other texts are no sizes`(text: String) {
        #expect(ByteQuantity.parse(text) == nil)
    }

    @Test(arguments: [
        ("49.00", "49"), ("0.00002", "0.00002"), ("-1.50", "-1.5"), ("0", "0"), ("-0.0", "0"), ("100", "100"),
        ("123456789012345678.123456789012345678", "123456789012345678.123456789012345678"),
    ])
    func `decimals are exact`(text: String, shown: String) throws {
        #expect(try #require(ExactDecimal(text)).description == shown)
    }

    @Test(arguments: ["", ".", "1.", ".5", "1,5", "1e3", "+1", "--1", "1.2.3", " 1", "١"])
    func `other texts are no decimals`(text: String) {
        #expect(ExactDecimal(text) == nil)
    }

    @Test func `decimals are ordered by value`() throws {
        let sorted = try ["-2", "-1.5", "0.00002", "0.1", "0.10001", "2", "10"].map { try #require(ExactDecimal($0)) }
        #expect(sorted.reversed().sorted() == sorted)
    }

    @Test(
        arguments: [
            ("0.00002", 150_000, .up, 3), ("0.00002", 149_999, .up, 3), ("0.00002", 149_999, .towardZero, 2),
            ("49", 2, .up, 98), ("-1.5", 1, .up, -1), ("-1.5", 1, .towardZero, -1), ("-1.5", 2, .up, -3),
            ("999999999999999999", 9, .up, 8_999_999_999_999_999_991), ("1", .max, .up, .max), ("1", .min, .up, .min),
        ] as [(String, Int64, ExactDecimal.Rounding, Int64)]
    )
    func `a price times a count is exact, then rounded`(
        price: String,
        count: Int64,
        rounding: ExactDecimal.Rounding,
        product: Int64
    ) throws {
        #expect(try #require(ExactDecimal(price)).multiplied(by: count, rounding: rounding) == product)
    }

    @Test(
        arguments: [
            ("10", .max), ("2", .min), ("-2", .min), ("999999999999999999.999999999999999999", .max),
            // 3 · 2⁶⁶ · 10⁻¹⁸ times 2⁶²: nothing is left of it in 128 bits.
            ("221.360928884514619392", 1 << 62), ("-221.360928884514619392", 1 << 62),
            // Times 2⁶² and a little more: what is left would be small, and look right.
            ("221.360928884514619392", (1 << 62) + 1),
        ] as [(String, Int64)]
    )
    func `a product that does not fit is none`(price: String, count: Int64) throws {
        for rounding in [ExactDecimal.Rounding.towardZero, .up] {
            #expect(try #require(ExactDecimal(price)).multiplied(by: count, rounding: rounding) == nil)
        }
    }

    @Test(arguments: [
        ("Chat.Example.COM", "chat.example.com"), ("a", "a"), ("1.example", "1.example"), ("x--y.z", "x--y.z"),
    ])
    func `host names are lower-cased`(text: String, name: String) {
        #expect(DNSName.host(text) == name)
    }

    @Test(arguments: [
        "", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "*.a", "1.2.3.4", "ä.example", "a b",
        String(repeating: "a", count: 64),
    ])
    func `other texts are no host names`(text: String) {
        #expect(DNSName.host(text) == nil)
    }
}
