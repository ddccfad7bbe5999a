import Foundation
import Mail
import Tenant
import Testing

/// What is written about a mail server means one thing, or is refused with what to write instead.
struct ServerTests {
    @Test(arguments: [
        ("smtp://mail.example.com", "mail.example.com:587"), ("smtps://mail.example.com", "mail.example.com:465"),
        ("smtp://mail.example.com:25/", "mail.example.com:25"), ("SMTP://localhost:2525", "localhost:2525"),
        ("smtps://192.0.2.1:1465", "192.0.2.1:1465"), ("smtp://[2001:db8::1]", "[2001:db8::1]:587"),
        ("smtps://[::1]:465", "[::1]:465"), ("smtp://mail-relay_1.infra", "mail-relay_1.infra:587"),
    ])
    func `a URL says where the server is`(url: String, place: String) throws {
        #expect(try MailServer(url).description == place)
    }

    @Test(
        arguments: [
            ("mail.example.com", .scheme), ("", .scheme), ("http://mail.example.com", .scheme), ("smtp:mail", .scheme),
            ("smtp://ann:secret@mail.example.com", .credentialsInURL),
            ("smtp://ann@mail.example.com:587", .credentialsInURL),
            ("smtp://", .host), ("smtp://:587", .host), ("smtp://mail..example.com", .host),
            ("smtp://bücher.example", .host),
            ("smtp://mail example.com", .host), ("smtp://[::1", .host), ("smtp://[mail]", .host),
            ("smtp://mail\0.example", .host),
            ("smtp://mail.example.com:", .port), ("smtp://mail.example.com:0", .port),
            ("smtp://mail.example.com:65536", .port),
            ("smtp://mail.example.com:+25", .port), ("smtp://mail.example.com:x", .port), ("smtp://::1", .host),
            ("smtp://[::1]25", .port), ("smtp://mail.example.com/inbox", .path),
            ("smtp://mail.example.com?starttls=no", .path),
        ] as [(String, MailServerProblem)]
    )
    func `a URL that says nothing usable is refused`(url: String, problem: MailServerProblem) {
        #expect(throws: problem) { try MailServer(url) }
    }

    @Test func `the advice names what to write, and no secret`() {
        let problem = #expect(throws: MailServerProblem.self) { try MailServer("smtp://ann:hunter2@mail.example.com") }
        #expect(problem?.description.contains("settings of their own") == true)
        #expect(problem?.description.contains("hunter2") == false)
    }

    @Test(
        arguments: [
            (nil, "x", .noUsername), ("ann", nil, .noPassword), ("", "x", .controls), ("ann", "", .controls),
            ("ann", "hunter2\n", .controls), ("ann\0", "hunter2", .controls),
        ] as [(String?, String?, MailServerProblem)]
    )
    func `a log-in is whole or not there`(username: String?, password: String?, problem: MailServerProblem) {
        #expect(throws: problem) {
            try MailServer("smtp://localhost", username: username, password: password.map { Redacted($0) })
        }
    }

    @Test(arguments: [
        ("smtp://mail.example.com", false), ("smtp://192.0.2.1", false), ("smtp://[2001:db8::1]", false),
        ("smtp://localhost.example.com", false), ("smtp://localhost", true), ("smtp://127.0.0.1:25", true),
        ("smtp://127.9.9.9", true), ("smtp://[::1]:25", true), ("smtp://128.0.0.1", false),
    ])
    func `a password goes unencrypted to this machine only`(url: String, taken: Bool) throws {
        let make = { try MailServer(url, security: .none, username: "ann", password: Redacted("hunter2")) }
        if taken {
            #expect(throws: Never.self) { _ = try make() }
        } else {
            #expect(throws: MailServerProblem.plainCredentials) { _ = try make() }
        }
        #expect(throws: Never.self) { try MailServer(url, security: .none) }
    }

    @Test func `what is encrypted from the start is not to be sent unencrypted`() {
        #expect(throws: MailServerProblem.plainTLS) { try MailServer("smtps://localhost", security: .none) }
    }

    @Test func `authorities are a file with certificates`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "roost-mail-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let problem = MailServerProblem.authorities(path: path)
        #expect(throws: problem) { try MailServer("smtp://localhost", authorities: path) }
        try "nonsense".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: problem) { try MailServer("smtp://localhost", authorities: path) }
        #expect(problem.description.contains(path))
    }

    @Test func `a server shows nobody its password`() throws {
        let server = try MailServer("smtp://localhost", username: "ann", password: Redacted("hunter2"))
        var dumped = ""
        dump(server, to: &dumped)
        #expect(!"\(server) \(String(reflecting: server)) \(dumped)".contains("hunter2"))
    }
}
