import Foundation
import Mail
import Tenant
import Testing

@testable import roost

/// What is said of the server by which mail is sent, and what is told of mistakes.
struct MailSettingsTests {
    /// What is said, in the order of the arguments.
    struct Said: Sendable, CustomTestStringConvertible {
        var server = "smtp://mail.example.com:587"
        var from = "chat@example.com"
        var username = ""
        var passwordFile = ""
        var authorities = ""
        var tls = ""

        static let nothing = Said(server: "", from: "")

        var testDescription: String { "\(self)" }

        func read(_ name: String = "mail.") throws -> MailSettings? {
            try MailSettings(
                server: self.server,
                from: self.from,
                username: self.username,
                passwordFile: self.passwordFile,
                authorities: self.authorities,
                tls: self.tls,
                named: name
            )
        }
    }

    private func problem(_ said: Said, _ name: String = "mail.") -> String? {
        do {
            _ = try said.read(name)
            return nil
        } catch { return "\(error)" }
    }

    private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/roost-mail-\(UUID().uuidString)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func `no mail is sent unless a server is named`() throws {
        #expect(try Said.nothing.read() == nil)
        let settings = try #require(try Said().read())
        #expect(settings.from.text == "chat@example.com")
    }

    @Test(arguments: [
        Said(server: "", from: "a@b.example"), Said(server: "", from: "", username: "a"),
        Said(server: "", from: "", passwordFile: "/a"), Said(server: "", from: "", authorities: "/a"),
        Said(server: "", from: "", tls: "None"),
    ])
    func `what is said of mail without a server is a mistake`(said: Said) {
        #expect(self.problem(said) == "mail.server: is missing: without it no mail is sent")
    }

    @Test(
        arguments: [
            (Said(from: ""), "mail.from: is missing: write the address that mail comes from"),
            (Said(from: "chat"), "mail.from: `chat` is no mail address: write one such as chat@example.com"),
            (Said(tls: "required"), "mail.tls: `required` is not known here: write Required or None"),
            (Said(authorities: "/nowhere.pem"), "mail.authorities: /nowhere.pem has no certificates in PEM"),
            (
                Said(username: "a"),
                "mail.passwordFile: is missing: write both mail.username and mail.passwordFile, or neither"
            ),
            (
                Said(passwordFile: "/a"),
                "mail.username: is missing: write both mail.username and mail.passwordFile, or neither"
            ),
            (
                Said(username: "a", passwordFile: "/nowhere"),
                "mail.passwordFile: /nowhere: cannot be read: check that it exists and is UTF-8"
            ),
        ] as [(Said, String)]
    )
    func `a mistake is named with its key and what to do`(said: Said, problem: String) {
        #expect(self.problem(said) == problem)
    }

    @Test func `options are called as they are written`() {
        let problem = self.problem(Said(username: "a"), "--mail-")
        #expect(
            problem
                == "--mail-password-file: is missing: write both --mail-username and --mail-password-file, or neither"
        )
    }

    @Test func `a server that is none is told by the name of its setting`() throws {
        let problem = try #require(self.problem(Said(server: "http://mail.example.com")))
        #expect(problem.hasPrefix("mail.server: "))
        let unlike = try #require(self.problem(Said(server: "smtps://mail.example.com", tls: "None")))
        #expect(unlike.hasPrefix("mail.tls: "))
    }

    @Test func `a password is the line of its file, and no error shows it`() throws {
        for end in ["", "\n", "\r\n"] {
            try self.withFile("hunter2" + end) { path in
                let settings = try #require(try Said(username: "roost", passwordFile: path).read())
                #expect(settings.server.password?.reveal() == "hunter2" && settings.server.username == "roost")
                #expect(!"\(settings)".contains("hunter2"))
            }
        }
        for text in ["", "\n"] {
            try self.withFile(text) { path in
                let problem = self.problem(Said(username: "roost", passwordFile: path))
                #expect(problem == "mail.passwordFile: \(path): is empty: write the password into it")
            }
        }
    }

    @Test func `an edge reads them from its file and the environment`() throws {
        let path = FileManager.default.temporaryDirectory.path + "/roost-edge-\(UUID().uuidString).yaml"
        let yaml = """
            tenants: /tenants
            mail: {server: "smtps://mail.example.com:465", from: chat@example.com, tls: None, authorities: /ca.pem}
            """
        try yaml.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let configuration = try EdgeConfiguration(
            file: path,
            environment: [
                "ROOST_REDIS_URL": "redis://localhost", "ROOST_DATABASE_URL": "postgres://localhost/roost",
                "ROOST_SECRET_FILE": "/keys/secret", "ROOST_MAIL_FROM": "else@example.com",
                "ROOST_MAIL_USERNAME": "roost", "ROOST_MAIL_PASSWORD_FILE": "/etc/roost/mail/password",
            ]
        )
        #expect(configuration.mailServer == "smtps://mail.example.com:465" && configuration.mailTLS == "None")
        #expect(configuration.mailFrom == "else@example.com" && configuration.mailAuthorities == "/ca.pem")
        #expect(configuration.mailUsername == "roost")
        #expect(configuration.mailPasswordFile == "/etc/roost/mail/password")
    }
}
