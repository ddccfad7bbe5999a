import Foundation
import Mail
import NIOCore
import Tenant
import TestSupport
import Testing

/// Mails reach a real server, or who sends them knows why not and whether to try again.
struct SenderTests {
    private static let signOn = ["--user", "ann", "--password", "hunter2 \"x\""]
    private static let password = Redacted("hunter2 \"x\"")

    private func server(
        of server: SMTPServer,
        scheme: String = "smtp",
        security: MailServer.Security = .required,
        username: String? = nil,
        password: Redacted<String>? = nil
    ) throws -> MailServer {
        try MailServer(
            "\(scheme)://localhost:\(server.port)",
            security: security,
            username: username,
            password: password,
            authorities: security == .none ? nil : server.certificate
        )
    }

    /// What a mail is deferred for.
    private func deferral(_ sender: MailSender, _ message: MailMessage) async throws -> String {
        let error = await #expect(throws: MailError.self) { try await sender.send(message) }
        guard case .deferred(let reason) = error else {
            Issue.record("not deferred: \(String(describing: error))")
            return ""
        }
        return reason
    }

    // MARK: Delivered

    private static let text = ".\n..\n.leading dot\nGrüße\n" + String(repeating: "long ", count: 400) + "\n.\n"

    @Test(arguments: [SMTPServer.Encryption.startTLS, .implicit])
    func `a mail arrives byte for byte, encrypted and signed on`(encryption: SMTPServer.Encryption) async throws {
        let server = try await SMTPServer.started(encryption, Self.signOn)
        let scheme = encryption == .implicit ? "smtps" : "smtp"
        let sender = MailSender(
            server: try self.server(of: server, scheme: scheme, username: "ann", password: Self.password)
        )
        let message = try MailMessage.sample(name: "Büro", subject: "Bestätigung: 123456 ✓", text: Self.text)
        try await sender.send(message)
        let mail = try #require(server.mails.first)
        #expect(server.mails.count == 1)
        #expect(mail.content == Data(message.encoded))
        #expect(mail.encrypted && mail.user == "ann" && mail.client == "example.com")
        #expect(mail.sender == "chat@example.com" && mail.recipients == ["ann@example.org"])
        await sender.close()
    }

    @Test func `a server of this machine gets mail without encryption where that is wanted`() async throws {
        let server = try await SMTPServer.started(.none, Self.signOn)
        let sender = MailSender(
            server: try self.server(of: server, security: .none, username: "ann", password: Self.password)
        )
        let message = try MailMessage.sample()
        try await sender.send(message)
        #expect(server.mails.map(\.encrypted) == [false])
    }

    @Test func `mails that follow each other go over one connection`() async throws {
        let server = try await SMTPServer.started(.startTLS)
        let sender = MailSender(server: try self.server(of: server), threads: 1)
        for number in 1...3 { try await sender.send(.sample(to: "a\(number)@example.org")) }
        #expect(server.mails.flatMap(\.recipients) == ["a1@example.org", "a2@example.org", "a3@example.org"])
        #expect(server.connections == 1)
    }

    @Test func `a connection that the server gave up meanwhile costs no mail, and none is sent twice`() async throws {
        let server = try await SMTPServer.started(.startTLS, ["--tires"])
        let sender = MailSender(server: try self.server(of: server), threads: 1)
        for number in 1...3 { try await sender.send(.sample(to: "a\(number)@example.org")) }
        #expect(server.mails.flatMap(\.recipients) == ["a1@example.org", "a2@example.org", "a3@example.org"])
        #expect(server.connections == 3)
    }

    @Test func `many at once all arrive, over few connections`() async throws {
        let server = try await SMTPServer.started(.startTLS)
        let sender = MailSender(server: try self.server(of: server))
        let addresses = (1...30).map { "a\($0)@example.org" }
        try await withThrowingTaskGroup { group in
            for address in addresses { group.addTask { try await sender.send(.sample(to: address)) } }
            try await group.waitForAll()
        }
        #expect(Set(server.mails.flatMap(\.recipients)) == Set(addresses))
        #expect(server.mails.count == 30)
        #expect((1...2).contains(server.connections))
    }

    @Test func `an address that is not ASCII is sent as such to a server that knows it`() async throws {
        let server = try await SMTPServer.started(.startTLS, ["--utf8"])
        let sender = MailSender(server: try self.server(of: server))
        let message = try MailMessage.sample(to: "jörg@example.org")
        try await sender.send(message)
        let mail = try #require(server.mails.first)
        #expect(mail.recipients == ["jörg@example.org"])
        #expect(mail.options.contains("SMTPUTF8"))
        #expect(mail.content == Data(message.encoded))
    }

    // MARK: Not sent

    @Test func `a server without STARTTLS gets neither mail nor password`() async throws {
        let server = try await SMTPServer.started(.none, Self.signOn)
        let sender = MailSender(
            server: try MailServer("smtp://localhost:\(server.port)", username: "ann", password: Self.password)
        )
        let reason = try await self.deferral(sender, .sample())
        #expect(reason.contains("STARTTLS") && reason.contains("localhost:\(server.port)"))
        #expect(server.mails.isEmpty)
    }

    @Test(arguments: ["smtp://localhost", "smtp://127.0.0.1", "other"])
    func `a server whose certificate does not hold gets nothing`(url: String) async throws {
        let server = try await SMTPServer.started(.startTLS)
        let other = try await SMTPServer.started(.startTLS)
        let place: MailServer =
            switch url {
            // The right authority, and another host.
            case "smtp://127.0.0.1": try MailServer("\(url):\(server.port)", authorities: server.certificate)
            // The right host, and another authority.
            case "other": try MailServer("smtp://localhost:\(server.port)", authorities: other.certificate)
            // The system's authorities.
            default: try MailServer("\(url):\(server.port)")
            }
        let reason = try await self.deferral(MailSender(server: place), .sample())
        #expect(reason.contains("certificate"))
        #expect(server.mails.isEmpty)
    }

    @Test func `a wrong password defers, and is told nobody, even if the server repeats it`() async throws {
        let answer = ["--sign-on-answer", "535 5.7.8 hunter3 is wrong, %s is, aHVudGVyMw== too"]
        let server = try await SMTPServer.started(.startTLS, Self.signOn + answer)
        let place = try self.server(of: server, username: "ann", password: Redacted("hunter3"))
        let reason = try await self.deferral(MailSender(server: place), .sample())
        #expect(reason.contains("535 5.7.8") && reason.contains("username or the password"))
        #expect(!reason.contains("hunter3") && !reason.contains("aHVudGVyMw=="))
        #expect(server.mails.isEmpty)
    }

    @Test func `a server that wants a log-in where there is none defers`() async throws {
        let server = try await SMTPServer.started(.startTLS, Self.signOn)
        let reason = try await self.deferral(MailSender(server: try self.server(of: server)), .sample())
        #expect(reason.contains("530"))
    }

    @Test func `what a server says of a recipient or a mail decides whether to try again`() async throws {
        let long = String(repeating: "very ", count: 100)
        let server = try await SMTPServer.started(
            .startTLS,
            ["--answer", "none@example.org", "550-5.1.1 No such user\r\n550 5.1.1 here"]
                + ["--answer", "later@example.org", "451 4.7.1 Try again"]
                + ["--answer", "long@example.org", "554 \(long)bad \u{1B}[2J"]
                + ["--content-answer", "spam@example.org", "554 5.7.1 Spam"]
                + ["--content-answer", "slow@example.org", "452 4.3.1 Full"]
        )
        let sender = MailSender(server: try self.server(of: server))
        let refusals = [
            "none@example.org": MailError.refused(code: 550, reason: "5.1.1 No such user here"),
            "long@example.org": .refused(code: 554, reason: String(long.prefix(199))),
            "spam@example.org": .refused(code: 554, reason: "5.7.1 Spam"),
            "later@example.org": .deferred(reason: "localhost:\(server.port) says: 451 4.7.1 Try again"),
            "slow@example.org": .deferred(reason: "localhost:\(server.port) says: 452 4.3.1 Full"),
        ]
        for (address, refusal) in refusals {
            await #expect(throws: refusal) { try await sender.send(.sample(to: address)) }
            // The next is none the worse for it.
            try await sender.send(.sample())
        }
        #expect(server.mails.count == refusals.count)
    }

    @Test(arguments: [
        ("550 5.7.1 Not from you", true), ("450 4.7.1 Not now", false), ("530 5.7.0 Log in first", false),
    ])
    func `what a server says of the sender decides too`(answer: String, isRefused: Bool) async throws {
        let server = try await SMTPServer.started(.startTLS, ["--sender-answer", answer])
        let error = await #expect(throws: MailError.self) {
            try await MailSender(server: try self.server(of: server)).send(.sample())
        }
        if case .refused = error { #expect(isRefused) } else { #expect(!isRefused) }
        #expect(error?.description.contains(answer) == true)
    }

    // MARK: Time

    @Test(arguments: BlackHole.Kind.allCases)
    func `a server that says nothing defers when the time is over`(kind: BlackHole.Kind) async throws {
        let hole = try BlackHole(kind)
        let server = try MailServer("smtp://127.0.0.1:\(hole.port)")
        let sender = MailSender(server: server, deadline: .milliseconds(300))
        let reason = try await within(.seconds(30)) { try await self.deferral(sender, .sample()) }
        #expect(reason.contains("too long"))
        let hasty = MailSender(server: server, deadline: .seconds(600), connectTime: .milliseconds(300))
        _ = try await within(.seconds(30)) { try await self.deferral(hasty, .sample()) }
    }

    @Test func `a server that stops in the middle defers when the time is over, those who waited too`() async throws {
        let server = try await SMTPServer.started(.startTLS, ["--hang", "ann@example.org"])
        let sender = MailSender(server: try self.server(of: server), deadline: .milliseconds(700), threads: 1)
        let reasons = try await within(.seconds(30)) {
            try await withThrowingTaskGroup { group in
                for _ in 1...4 { group.addTask { try await self.deferral(sender, .sample()) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(reasons.count == 4 && reasons.allSatisfy { $0.contains("too long") })
    }

    @Test func `a port that nobody listens on defers`() async throws {
        let port = try FreePort.find()
        let reason = try await self.deferral(MailSender(server: try MailServer("smtp://127.0.0.1:\(port)")), .sample())
        #expect(reason.contains("127.0.0.1:\(port) cannot be reached"))
    }

    @Test func `who comes when too many wait is told so at once, and the others go on`() async throws {
        let server = try await SMTPServer.started(.startTLS, ["--hang", "ann@example.org"])
        let sender = MailSender(server: try self.server(of: server), deadline: .seconds(600), threads: 1, waiting: 2)
        let message = try MailMessage.sample()
        try await within(.seconds(60)) {
            try await withThrowingTaskGroup { group in
                for _ in 1...5 { group.addTask { await Self.error(of: sender, message) } }
                // One is being sent and two wait, for ten minutes.
                for _ in 1...2 { #expect(try await group.next() == .busy) }
                // The server's end is theirs.
                server.end()
                for _ in 1...3 {
                    guard case .deferred = try await group.next() else {
                        Issue.record("not deferred")
                        return
                    }
                }
            }
        }
    }

    private static func error(of sender: MailSender, _ message: MailMessage) async -> MailError? {
        do throws(MailError) {
            try await sender.send(message)
            return nil
        } catch {
            return error
        }
    }

    @Test func `who closes waits for mails that are being sent, no longer than it is said`() async throws {
        let server = try await SMTPServer.started(.startTLS, ["--hang", "ann@example.org"])
        let sender = MailSender(server: try self.server(of: server), deadline: .seconds(600), threads: 1)
        async let first = self.deferral(sender, .sample())
        async let second = self.deferral(sender, .sample())
        try await until("a connection") { server.connections == 1 }
        try await within(.seconds(30)) { await sender.close(within: .milliseconds(100)) }
        let reasons = try await [first, second]
        #expect(reasons.allSatisfy { $0.contains("about to end") })
        #expect(try await self.deferral(sender, .sample()).contains("about to end"))
        #expect(server.mails.isEmpty)
        await sender.close()
    }
}
