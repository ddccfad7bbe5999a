import Foundation
import Mail
import NIOSSL
import Tenant

/// What an operator says of the server by which mail is sent: without one none is.
struct MailSettings: Sendable {
    /// By which server.
    let server: MailServer
    /// Whom mail comes from.
    let from: EmailAddress

    /// Reads what is said.
    ///
    /// - Parameters:
    ///   - server: An `smtp:` or `smtps:` URL; empty if no mail is sent.
    ///   - from: A mail address.
    ///   - username: Who we are to the server; empty if it asks nobody.
    ///   - passwordFile: A file with the password; empty if there is none.
    ///   - authorities: A file of certificates in PEM that prove the server; empty for the system's.
    ///   - tls: `Required` or `None`; empty for the first.
    ///   - name: How the settings are called: `mail.` or `--mail-`.
    /// - Throws: ``EdgeConfiguration/Problem`` that names the setting.
    init?(
        server: String,
        from: String,
        username: String,
        passwordFile: String,
        authorities: String,
        tls: String,
        named name: String
    ) throws {
        let file = name.hasPrefix("--") ? "\(name)password-file" : "\(name)passwordFile"
        func problem(_ key: String, _ text: String) -> EdgeConfiguration.Problem {
            EdgeConfiguration.Problem(description: "\(key): \(text)")
        }
        guard !server.isEmpty else {
            guard [from, username, passwordFile, authorities, tls].allSatisfy(\.isEmpty) else {
                throw problem("\(name)server", "is missing: without it no mail is sent")
            }
            return nil
        }
        guard !from.isEmpty else {
            throw problem("\(name)from", "is missing: write the address that mail comes from")
        }
        guard let address = EmailAddress(from) else {
            throw problem("\(name)from", "`\(from)` is no mail address: write one such as chat@example.com")
        }
        guard username.isEmpty == passwordFile.isEmpty else {
            let missing = username.isEmpty ? "\(name)username" : file
            throw problem(missing, "is missing: write both \(name)username and \(file), or neither")
        }
        guard let security = CellMail.Security(rawValue: tls.isEmpty ? "Required" : tls) else {
            throw problem("\(name)tls", "`\(tls)` is not known here: write Required or None")
        }
        if !authorities.isEmpty {
            // Read here too, so that a mistake is told now and not with the first mail.
            do { _ = try NIOSSLCertificate.fromPEMFile(authorities) } catch {
                throw problem("\(name)authorities", "\(authorities) has no certificates in PEM")
            }
        }
        let password = passwordFile.isEmpty ? nil : try Self.password(in: passwordFile, problem, file)
        do throws(MailServerProblem) {
            self.server = try MailServer(
                server,
                security: security == .required ? .required : .none,
                username: username.isEmpty ? nil : username,
                password: password,
                authorities: authorities.isEmpty ? nil : authorities
            )
        } catch {
            let key =
                switch error {
                case .plainTLS, .plainCredentials: "\(name)tls"
                case .controls: file
                case .authorities: "\(name)authorities"
                default: "\(name)server"
                }
            throw problem(key, "\(error)")
        }
        self.from = address
    }

    /// The line that a file holds, without its end.
    private static func password(
        in file: String,
        _ problem: (String, String) -> EdgeConfiguration.Problem,
        _ key: String
    ) throws -> Redacted<String> {
        guard let bytes = FileManager.default.contents(atPath: file),
            var text = String(validating: bytes, as: UTF8.self)
        else {
            throw problem(key, "\(file): cannot be read: check that it exists and is UTF-8")
        }
        if text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw problem(key, "\(file): is empty: write the password into it") }
        return Redacted(text)
    }
}
