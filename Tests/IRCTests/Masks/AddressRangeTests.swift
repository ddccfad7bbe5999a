// Addresses and networks as bans name them.

import IRC
import Testing

@Suite struct AddressRangeTests {
    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.0", false), ("10.1.2.3/8", "10.9.9.9", true), ("192.0.2.128/25", "192.0.2.129", true),
        ("192.0.2.128/25", "192.0.2.127", false), ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "::1", false),
        ("192.0.2.7/32", "192.0.2.7", true), ("2001:db8::/32", "2001:db8:1::1", true),
        ("2001:db8::/32", "2001:db9::1", false), ("2001:DB8::1", "2001:db8:0:0:0:0:0:1", true),
        ("::/0", "10.0.0.1", true), ("255.255.255.255", "255.255.255.255", true), ("9.19.90.199", "9.19.90.199", true),
        ("10.0.0.0/31", "10.0.0.1", true), ("10.0.0.0/31", "10.0.0.2", false),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", true),
        ("1::8", "1:0:0:0:0:0:0:8", true), ("1:2::7:8", "1:2:0:0:0:0:7:8", true), ("a:F::ffff", "A:f::FFFF", true),
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", true), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", true),
        ("::/127", "::1", true), ("::/127", "::2", false), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304", true),
        ("::ffff:192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "::ffff:192.0.2.7", true), ("::1/128", "::1", true),
        ("fe80::/10", "fe80::1%eth0", true), ("::", "::", true), ("1::", "1:0::", true), ("::1:2", "::0.1.0.2", true),
        ("10.0.0.0/8", "/run/roost.sock", false), ("10.0.0.0/8", "", false), ("10.0.0.0/8", "10.0.0", false),
    ])
    func `a network has the addresses that begin as it does`(network: String, address: String, expected: Bool) throws {
        #expect(try #require(AddressRange(network)).contains(address) == expected)
    }

    @Test(arguments: [
        "", "*", "10.*", "10.0.0", "10.0.0.0.0", "10.0.0.256", "10.0.0.01", "10..0.0.1", "10.0.0.", ".0.0.1",
        "10.0.0.1000", "10.0.0.:", "10.0.0./", "10.00.0.1", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1",
        "10.0.0.0/8/8", "10.0.0.0/08", "+1.0.0.0", " 10.0.0.1", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3",
        "::1::", ":1", "1:2:3:4::5:6:7:8",
        "1:", ":::", "g::", "12345::", "+1::", "::1/129", "1.2.3.4::", "::10.0.0.0.0", "example.com",
        "1:2:3:4:5:6:7:8::",
        "fe80::1%eth0/64",
    ])
    func `what is neither address nor network is none`(text: String) { #expect(AddressRange(text) == nil) }

    @Test func `the same network is the same however it is spelled`() {
        #expect(AddressRange("10.1.2.3/8") == AddressRange("10.0.0.0/8"))
        #expect(AddressRange("2001:DB8:0::/32") == AddressRange("2001:db8::/32"))
        #expect(AddressRange("10.0.0.0/8") != AddressRange("10.0.0.0/9"))
    }
}
