import Tenant
import Testing

/// Where a mail server is.
struct MailServerURLTests {
    @Test(
        arguments: [
            ("smtp://mail.example.com", "smtp://mail.example.com:587", 587, false),
            ("smtps://mail.example.com", "smtps://mail.example.com:465", 465, true),
            ("smtp://Postfix:25", "smtp://Postfix:25", 25, false),
            ("smtps://192.0.2.7:65535", "smtps://192.0.2.7:65535", 65_535, true),
            ("smtp://x:1", "smtp://x:1", 1, false),
        ]
    )
    func `a scheme and a name suffice`(text: String, whole: String, port: Int, isEncrypted: Bool) throws {
        let url = try #require(MailServerURL(text))
        #expect(url.text == whole && url.port == port && url.isEncrypted == isEncrypted)
        #expect(MailServerURL(whole) == url)
    }

    @Test(arguments: [
        "", "mail.example.com", "smtp:", "smtp://", "smtp:///", "http://x", "SMTP://x", "smtp://x:", "smtp://x:0",
        "smtp://x:01", "smtp://x:65536", "smtp://x:+5", "smtp://x:1:2", "smtp://x/", "smtp://x?a", "smtp://user@x",
        "smtp://user:password@x", "smtp://[::1]:25", "smtp://a b", "smtp://-a", "smtp://a..b", "smtp://\u{212A}",
        "smtp://x\r\n",
    ])
    func `nothing else is one`(text: String) { #expect(MailServerURL(text) == nil) }

    @Test func `it has 253 bytes at most`() {
        let host = Array(repeating: String(repeating: "a", count: 60), count: 4).joined(separator: ".")
        #expect(host.utf8.count == 243)
        #expect(MailServerURL("smtp://\(host).aa") != nil && MailServerURL("smtp://\(host).aaa") == nil)
    }
}
