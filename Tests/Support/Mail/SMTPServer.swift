// A real mail server for tests: aiosmtpd on a free port of the loopback. It ends when its standard input does, which it does
// however this process ends.

package import Foundation
import TestChildren

/// A mail server of the tests' own.
package final class SMTPServer: Sendable {
    /// Why there is no server.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Whether, and when, a connection is encrypted.
    package enum Encryption: String, Sendable {
        case none = "no"
        case startTLS = "starttls"
        case implicit
    }

    /// A mail that the server took.
    package struct Mail: Sendable, Decodable {
        /// Whether it came over TLS.
        package let encrypted: Bool
        /// Who signed on.
        package let user: String?
        /// What the client called itself.
        package let client: String
        package let sender: String
        package let recipients: [String]
        /// What stood behind the sender in the envelope.
        package let options: [String]
        /// As it was sent, with no dots doubled.
        package let content: Data
    }

    private struct Event: Decodable {
        let event: String
        let port: Int?
    }

    /// Where it listens, on 127.0.0.1.
    package let port: Int
    private let folder: String
    private let child: Child

    /// Its certificate, for `localhost` alone, which is its own authority.
    package var certificate: String { "\(self.folder)/certificate.pem" }

    /// Starts a server while the tasks' threads, of which there are few, do something else.
    ///
    /// - Parameters:
    ///   - encryption: When TLS begins.
    ///   - options: More options of `smtp-server.py`, e.g. `["--answer", "a@example.com", "550 No"]`.
    /// - Returns: The server, which listens.
    /// - Throws: ``Failure``
    package static func started(_ encryption: Encryption, _ options: [String] = []) async throws -> SMTPServer {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try SMTPServer(encryption, options) })
            }
        }
    }

    private init(_ encryption: Encryption, _ options: [String]) throws {
        let folder = "\(FileManager.default.temporaryDirectory.path)/roost-smtp-\(UUID().uuidString)"
        self.folder = folder
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "smtp-server.py").path
        if encryption != .none { try Self.makeCertificate(in: folder) }
        let certificate = encryption == .none ? [] : ["--certificate", "\(folder)/both.pem"]
        // Debian's own Python has Debian's aiosmtpd.
        self.child = try Child(
            "/usr/bin/python3",
            [script, "--tls", encryption.rawValue] + certificate + options,
            input: .pipe,
            output: .file("\(folder)/events")
        )
        let deadline = Date().addingTimeInterval(20)
        while true {
            if let port = Self.events(in: folder, Event.self).first(where: { $0.event == "port" })?.port {
                self.port = port
                return
            }
            guard Date() < deadline, self.child.isRunning else {
                let log = (try? String(contentsOfFile: "\(folder)/events", encoding: .utf8)) ?? ""
                throw Failure(
                    description: "the mail server does not start; is python3-aiosmtpd there? \(log.suffix(500))"
                )
            }
            usleep(5000)
        }
    }

    deinit { self.end() }

    /// The mails that it took, in order.
    package var mails: [Mail] { Self.events(in: self.folder, Mail.self) }

    /// How many connections it had so far.
    package var connections: Int { Self.events(in: self.folder, Event.self).count { $0.event == "connection" } }

    /// Ends it with all its connections.
    package func end() {
        self.child.send(SIGKILL)
        self.child.wait()
        try? FileManager.default.removeItem(atPath: self.folder)
    }

    private static func events<Kind: Decodable>(in folder: String, _ kind: Kind.Type) -> [Kind] {
        let text = (try? String(contentsOfFile: "\(folder)/events", encoding: .utf8)) ?? ""
        // A line without its end is not written yet.
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .compactMap { try? JSONDecoder().decode(kind, from: Data($0.utf8)) }
    }

    private static func makeCertificate(in folder: String) throws {
        let child = try Child(
            "/usr/bin/openssl",
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
                + ["-keyout", "\(folder)/key.pem", "-out", "\(folder)/certificate.pem", "-subj", "/CN=localhost"]
                + ["-addext", "subjectAltName=DNS:localhost"]
        )
        guard child.wait() == 0 else { throw Failure(description: "openssl makes no certificate") }
        let both = try ["key", "certificate"].map { try String(contentsOfFile: "\(folder)/\($0).pem", encoding: .utf8) }
        try both.joined().write(toFile: "\(folder)/both.pem", atomically: true, encoding: .utf8)
    }
}
