import Tenant
import Testing
import WebPush

/// Where pushes may be sent to, and of which form an endpoint is.
struct AddressPolicyTests {
    @Test(arguments: [
        ("1.1.1.1", true), ("93.184.216.34", true), ("223.255.255.255", true), ("100.63.255.255", true),
        ("100.128.0.0", true), ("172.15.255.255", true), ("172.32.0.0", true), ("198.17.0.0", true),
        ("2606:4700::1111", true), ("2a00:1450:4001::5", true), ("2001:200::1", true),
        ("0.0.0.0", false), ("0.1.2.3", false), ("10.0.0.1", false), ("100.64.0.1", false), ("100.127.255.255", false),
        ("127.0.0.1", false), ("127.255.0.9", false), ("169.254.169.254", false), ("172.16.0.1", false),
        ("172.31.255.255", false), ("192.0.0.8", false), ("192.0.2.1", false), ("192.88.99.1", false),
        ("192.168.1.1", false), ("198.18.0.1", false), ("198.19.255.255", false), ("198.51.100.7", false),
        ("203.0.113.9", false), ("224.0.0.1", false), ("239.255.255.255", false), ("240.0.0.1", false),
        ("255.255.255.255", false), ("::", false), ("::1", false), ("::ffff:127.0.0.1", false),
        ("::ffff:10.0.0.1", false), ("::ffff:1.1.1.1", true), ("::7f00:1", false), ("64:ff9b::7f00:1", false),
        ("64:ff9b:1::1", false), ("100::1", false), ("2001::1", false), ("2001:2::1", false), ("2001:20::1", false),
        ("2001:db8::1", false), ("2002:7f00:1::", false), ("3fff::1", false), ("5f00::1", false), ("fc00::1", false),
        ("fd00:ec2::254", false), ("fe80::1", false), ("fec0::1", false), ("ff02::1", false),
    ])
    func `only what is everybody's on the internet is sent to`(text: String, isAllowed: Bool) throws {
        #expect(AddressPolicy().allows(try #require(IPAddress(text))) == isAllowed)
    }

    @Test func `a network that is trusted is sent to, and no other`() throws {
        let policy = AddressPolicy(trusted: [try #require(IPNetwork("10.1.0.0/16"))])
        #expect(policy.allows(try #require(IPAddress("10.1.2.3"))))
        #expect(!policy.allows(try #require(IPAddress("10.2.2.3"))))
    }

    @Test(arguments: [
        ("https://push.example/a?b=c%20d", "push.example", 443, "/a?b=c%20d"),
        ("https://PUSH.example", "push.example", 443, "/"),
        ("https://push.example?x", "push.example", 443, "/?x"),
        ("https://push.example:443/", "push.example", 443, "/"),
        ("https://push.example:8443/x/y", "push.example", 8443, "/x/y"),
    ])
    func `an endpoint is taken apart`(text: String, host: String, port: Int, target: String) throws {
        let endpoint = try #require(PushEndpoint(text))
        #expect(endpoint.host == host && endpoint.port == port && endpoint.target == target)
        #expect(endpoint.text == text)
    }

    @Test(arguments: [
        "", "http://push.example/", "HTTPS://push.example/", "https://", "https:///a", "https://user@push.example/",
        "https://user:word@push.example/", "https://push.example/#x", "https://127.0.0.1/", "https://2130706433/",
        "https://0x7f.1/", "https://[::1]/", "https://[2606:4700::1111]/", "https://push.example:22/",
        "https://push.example:80/", "https://push.example:0/", "https://push.example:65536/",
        "https://push.example:+8443/", "https://push.example:/", "https://push.example:8443:1/",
        "https://push.example\\@evil.example/", "https://push.example/a b", "https://push.example/é",
        "https://push..example/", "https://-push.example/", "https://push.example/\r\nX: y",
        "https://push.example/" + String(repeating: "a", count: 400),
    ])
    func `anything else is no endpoint`(text: String) {
        #expect(PushEndpoint(text) == nil)
    }

    @Test func `keys are checked at once`() throws {
        let device = try Device()
        #expect(PushKeys(device.words) == device.keys)
        let parts = device.words.split(separator: ";").map(String.init)
        #expect(PushKeys("\(parts[1]);more=x;\(parts[0])") == device.keys, "the order and other keys do not matter")
        #expect(PushKeys(parts[0] + ";" + parts[1] + "==") == device.keys, "padding is borne")
        let offCurve = Base64URL.encode([4] + [UInt8](repeating: 7, count: 64))
        let short = Base64URL.encode([UInt8](repeating: 1, count: 15))
        for words in [
            "", parts[0], parts[1], "p256dh=\(offCurve);\(parts[1])", "\(parts[0]);auth=\(short)",
            "\(parts[0]);auth=", "\(parts[0]);\(parts[1]);\(parts[1])", "p256dh=*;\(parts[1])",
            device.words + ";x=" + String(repeating: "y", count: 400),
        ] { #expect(PushKeys(words) == nil, "\(words)") }
        #expect(!"\(device.keys) \(String(reflecting: device.keys))".contains("["), "keys are in no log")
    }
}
