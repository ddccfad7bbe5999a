import Edge
import NIOCore
import Tenant
import Testing

@Suite struct ProxyHeaderTests {
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]

    private static func version2(_ command: UInt8, _ family: UInt8, _ body: [UInt8]) -> [UInt8] {
        Self.signature + [command, family, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
    }

    private static let addresses4: [UInt8] = [192, 0, 2, 7, 10, 0, 0, 1, 0xC3, 0x50, 0x1A, 0x29]
    private static let addresses6: [UInt8] =
        [0x20, 0x01, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9] + Array(repeating: 0, count: 16) + [1, 2, 3, 4]
    private static let authority: [UInt8] = [2, 0, 13] + Array("acme.test.org".utf8)

    private static func header(
        _ source: String?,
        authority: String? = nil,
        secure: Bool = false
    ) -> ProxyHeader {
        ProxyHeader(source: source.flatMap { IPAddress($0) }, authority: authority, isSecure: secure)
    }

    private static let good: [(bytes: [UInt8], header: ProxyHeader)] = [
        (Array("PROXY TCP4 192.0.2.7 10.0.0.1 56324 6697\r\n".utf8), header("192.0.2.7")),
        (Array("PROXY TCP6 2001:db8::9 2001:db8::1 0 65535\r\n".utf8), header("2001:db8::9")),
        (Array("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n".utf8), header("192.0.2.7")),
        (Array("PROXY UNKNOWN\r\n".utf8), header(nil)),
        (Array("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n".utf8), header(nil)),
        (version2(0x21, 0x11, addresses4), header("192.0.2.7")),
        (version2(0x21, 0x21, addresses6), header("2001:db8::9")),
        (version2(0x21, 0x31, Array(repeating: 0, count: 216)), header(nil)),
        (version2(0x21, 0x00, []), header(nil)),
        // Of what is no TCP the client is not known; of what has no length, nothing is.
        (version2(0x21, 0x12, addresses4 + authority), header(nil, authority: "acme.test.org")),
        (version2(0x21, 0x10, addresses4), header(nil)), (version2(0x21, 0x22, addresses6), header(nil)),
        (version2(0x21, 0x13, addresses4), header(nil)),
        (version2(0x21, 0x32, Array(repeating: 0, count: 216)), header(nil)),
        (version2(0x21, 0x41, addresses4 + authority), header(nil)), (version2(0x21, 0xFF, []), header(nil)),
        (version2(0x20, 0x00, []), header(nil)),
        (version2(0x20, 0x11, addresses4 + authority), header(nil)),
        (version2(0x21, 0x11, addresses4 + authority), header("192.0.2.7", authority: "acme.test.org")),
        (
            version2(0x21, 0x21, addresses6 + [4, 0, 2, 0, 0] + authority + [0x20, 0, 5, 1, 0, 0, 0, 0]),
            header("2001:db8::9", authority: "acme.test.org", secure: true)
        ),
        (version2(0x21, 0x11, addresses4 + [0x20, 0, 5, 0, 0, 0, 0, 0]), header("192.0.2.7")),
    ]

    @Test(arguments: good.indices)
    func `a header is read whole, wherever its bytes are split, and takes nothing after it`(index: Int) {
        let (bytes, header) = Self.good[index]
        for count in bytes.indices {
            #expect(ProxyHeader.parse(ByteBuffer(bytes: bytes[..<count])) == .incomplete, "after \(count) bytes")
        }
        #expect(ProxyHeader.parse(ByteBuffer(bytes: bytes)) == .header(header, length: bytes.count))
        let more = ByteBuffer(bytes: bytes + Array("NICK x\r\n".utf8))
        #expect(ProxyHeader.parse(more) == .header(header, length: bytes.count))
    }

    @Test(arguments: [
        "NICK dan\r\n", "PROXYTCP4", "PROXY TCP4 192.0.2.7 10.0.0.1 56324\r\n",
        "PROXY TCP4 192.0.2.7 10.0.0.1 56324 6697\n", "PROXY TCP4 192.0.2.256 10.0.0.1 1 2\r\n",
        "PROXY TCP4 2001:db8::9 2001:db8::1 1 2\r\n", "PROXY TCP6 192.0.2.7 10.0.0.1 1 2\r\n",
        "PROXY TCP4 192.0.2.7 10.0.0.1 65536 2\r\n", "PROXY TCP4 192.0.2.7 10.0.0.1 01 2\r\n",
        "PROXY TCP4 192.0.2.7 10.0.0.1 +1 2\r\n", "PROXY TCP4  192.0.2.7 10.0.0.1 1 2\r\n",
        "PROXY UDP4 192.0.2.7 10.0.0.1 1 2\r\n", "PROXY \r\n",
        "PROXY UNKNOWN " + String(repeating: "x", count: 100),
    ])
    func `a line that is no header is refused`(text: String) {
        #expect(ProxyHeader.parse(ByteBuffer(string: text)) == .invalid)
    }

    private static let bad: [[UInt8]] = [
        [13, 10, 13, 11],
        version2(0x11, 0x11, addresses4),
        version2(0x22, 0x11, addresses4),
        version2(0x21, 0x11, Array(addresses4.dropLast())),
        version2(0x21, 0x11, addresses4 + [2, 0]),
        version2(0x21, 0x11, addresses4 + [2, 0, 5, 65]),
        version2(0x21, 0x11, addresses4 + [2, 0, 0]),
        version2(0x21, 0x11, addresses4 + [2, 0, 2, 0xC3, 0x28]),
        version2(0x21, 0x11, addresses4 + authority + authority),
        version2(0x21, 0x11, addresses4 + [0x20, 0, 1, 1]),
        signature + [0x21, 0x11, 0x0F, 0xF1],
    ]

    @Test(arguments: bad.indices)
    func `bytes that are no header are refused`(index: Int) {
        #expect(ProxyHeader.parse(ByteBuffer(bytes: Self.bad[index])) == .invalid)
    }

    @Test func `any bytes are answered, and more of them never change a verdict`() {
        var random = SplitMix(state: 2026)
        for _ in 0..<600 {
            var bytes = Self.good[Int(random.next() % UInt64(Self.good.count))].bytes
            for _ in 0..<(random.next() % 4) where !bytes.isEmpty {
                let place = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 3 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: place)
                }
            }
            var verdict = ProxyHeader.Parse.incomplete
            for count in 0...bytes.count {
                let next = ProxyHeader.parse(ByteBuffer(bytes: bytes[..<count]))
                #expect(verdict == .incomplete || next == verdict)
                if case .header(_, let length) = next { #expect(length <= count) }
                verdict = next
            }
        }
    }

    @Test(arguments: [
        ([], "127.0.0.1", false), (["10.0.0.0/8", "127.0.0.0/8"], "127.0.0.1", true),
        (["10.0.0.0/8", "127.0.0.0/8"], "192.0.2.1", false),
    ])
    func `a proxy is believed that is in one of the networks`(
        networks: [String],
        address: String,
        isIn: Bool
    ) throws {
        let address = try #require(IPAddress(address))
        #expect(try TrustedNetworks(networks).contains(address) == isIn)
    }

    @Test(arguments: ["10.0.0.0/33", "host", ""])
    func `text that is no network is named in the error`(text: String) {
        #expect(throws: ListenerError.badNetwork(text)) { try TrustedNetworks([text]) }
    }
}

/// Numbers from a seed.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var bits = self.state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
