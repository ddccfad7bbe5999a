// What a client says of its device: where it is pushed to, and the keys (RFC 8030 section 5, RFC 8291 section 2).

import Crypto
import Tenant
import Testing

struct PushEndpointTests {
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
        "https://push.example/\u{7F}",
        "https://push.example/" + String(repeating: "a", count: 400),
    ])
    func `anything else is no endpoint`(text: String) {
        #expect(PushEndpoint(text) == nil)
    }

    @Test func `keys are checked at once`() throws {
        let point = [UInt8](P256.KeyAgreement.PrivateKey().publicKey.x963Representation)
        let secret = [UInt8](repeating: 9, count: 16)
        let parts = ["p256dh=\(Base64URL.encode(point))", "auth=\(Base64URL.encode(secret))"]
        let text = parts.joined(separator: ";")
        let keys = try #require(PushKeys(text))
        #expect(keys.publicKey == point && keys.secret == secret)
        #expect(PushKeys("\(parts[1]);more=x;\(parts[0])") == keys, "the order and other keys do not matter")
        #expect(PushKeys(parts[0] + ";" + parts[1] + "==") == keys, "padding is borne")
        let offCurve = Base64URL.encode([4] + [UInt8](repeating: 7, count: 64))
        let short = Base64URL.encode([UInt8](repeating: 1, count: 15))
        for words in [
            "", parts[0], parts[1], "p256dh=\(offCurve);\(parts[1])", "\(parts[0]);auth=\(short)",
            "\(parts[0]);auth=", "\(parts[0]);\(parts[1]);\(parts[1])", "\(parts[0]);\(parts[0]);\(parts[1])",
            "p256dh=*;\(parts[1])",
            text + ";x=" + String(repeating: "y", count: 400),
        ] { #expect(PushKeys(words) == nil, "\(words)") }
        #expect(!"\(keys) \(String(reflecting: keys))".contains("["), "keys are in no log")
    }

    @Test(
        arguments: [
            ([], ""), ([0], "AA"), ([0xFB, 0xFF], "-_8"), ([0xFF, 0xFF, 0xFE], "___-"), ([1, 2, 3, 4], "AQIDBA"),
        ] as [([UInt8], String)]
    )
    func `keys are written in the alphabet for URLs, without padding`(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text && Base64URL.decode(text) == bytes)
        let padding = String(repeating: "=", count: (4 - text.count % 4) % 4)
        #expect(Base64URL.decode(text + padding) == bytes)
        #expect(Base64URL.decode(text + padding + "=") == nil)
    }

    @Test(arguments: ["+_8", "-/8", "A", "A===", "=", "AA=", "*AAA"])
    func `what is written otherwise is no key`(text: String) { #expect(Base64URL.decode(text) == nil) }
}
