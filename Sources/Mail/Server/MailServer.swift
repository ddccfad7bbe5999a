// Where mail is handed over, read from settings once, so that a mistake shows when the program starts and not with the first
// mail.

import Foundation
package import Tenant

/// A server that takes mail (RFC 6409), and how to sign on to it.
package struct MailServer: Sendable, CustomStringConvertible {
    /// Whether mail may go over the network as it is.
    package enum Security: String, Sendable, Hashable, CaseIterable {
        /// TLS 1.2 or later, with a certificate that holds for the host; else nothing is sent.
        case required
        /// None: for a server on the same machine or in a network that is trusted.
        case none
    }

    /// When TLS begins.
    enum Encryption: Sendable, Hashable {
        /// RFC 8314 section 3.3.
        case fromTheStart
        /// RFC 3207.
        case startTLS
        case none
    }

    /// A name or an address, without brackets.
    package let host: String
    package let port: Int
    let encryption: Encryption
    package let username: String?
    package let password: Redacted<String>?
    /// A PEM file with the authorities that alone are trusted; nil for those of the system.
    package let authorities: String?

    /// Reads a URL: `smtp://host[:587]`, which means STARTTLS, or `smtps://host[:465]`.
    ///
    /// - Parameters:
    ///   - url: The URL.
    ///   - security: Whether the connection must be encrypted.
    ///   - username: Who signs on; nil if nobody has to.
    ///   - password: The password of who signs on.
    ///   - authorities: The path of a PEM file with the authorities that alone are trusted; nil for those of the system.
    /// - Throws: ``MailServerProblem``
    package init(
        _ url: String,
        security: Security = .required,
        username: String? = nil,
        password: Redacted<String>? = nil,
        authorities: String? = nil
    ) throws(MailServerProblem) {
        guard let mark = url.firstRange(of: "://") else { throw .scheme }
        let scheme = url[..<mark.lowerBound].lowercased()
        guard ["smtp", "smtps"].contains(scheme) else { throw .scheme }
        var rest = url[mark.upperBound...]
        guard !rest.contains("@") else { throw .credentialsInURL }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard !rest.contains(where: { "/?#".contains($0) }) else { throw .path }
        let isSecure = scheme == "smtps"
        (self.host, self.port) = try Self.hostAndPort(rest, default: isSecure ? 465 : 587)
        switch (isSecure, security) {
        case (true, .required): self.encryption = .fromTheStart
        case (false, .required): self.encryption = .startTLS
        case (false, .none): self.encryption = .none
        case (true, .none): throw .plainTLS
        }
        switch (username, password) {
        case (nil, nil): break
        case (nil, _): throw .noUsername
        case (_, nil): throw .noPassword
        case (let username?, let password?):
            guard [username, password.reveal()].allSatisfy(Self.isUsable) else { throw .controls }
            guard security == .required || Self.isLoopback(self.host) else { throw .plainCredentials }
        }
        (self.username, self.password) = (username, password)
        if let authorities {
            let text = try? String(contentsOfFile: authorities, encoding: .utf8)
            guard let text, text.contains("-----BEGIN CERTIFICATE-----"), !authorities.utf8.contains(0) else {
                throw .authorities(path: authorities)
            }
        }
        self.authorities = authorities
    }

    /// Host and port, as they stand in a URL.
    package var description: String { "\(self.host.contains(":") ? "[\(self.host)]" : self.host):\(self.port)" }

    private static func hostAndPort(
        _ text: Substring,
        default port: Int
    ) throws(MailServerProblem) -> (String, Int) {
        let host: Substring
        let tail: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw .host }
            (host, tail) = (text[..<end].dropFirst(), text[end...].dropFirst())
            guard let address = IPAddress(host), !address.isVersion4 || host.contains(":") else { throw .host }
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            (host, tail) = (text[..<end], text[end...])
            let labels = host.split(separator: ".", omittingEmptySubsequences: false)
            guard host.utf8.count <= 253, labels.allSatisfy(Self.isLabel) else { throw .host }
        }
        if tail.isEmpty { return (String(host), port) }
        guard tail.hasPrefix(":"), tail.dropFirst().utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(tail.dropFirst()), (1...65_535).contains(number)
        else { throw .port }
        return (String(host), number)
    }

    private static func isLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count)
            && label.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }

    private static func isUsable(_ text: String) -> Bool {
        (1...1000).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" { return true }
        guard let address = IPAddress(host) else { return false }
        return address.isVersion4 ? address.bytes[0] == 127 : address.bits == 1
    }
}
