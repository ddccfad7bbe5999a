// The server's half of SCRAM (RFC 5802 sections 5 and 7) without I/O or randomness: four messages, three states.

import Chat
import Crypto

/// One login by SCRAM.
///
/// ```
/// receiveFirst ──▶ (look the account up) ──▶ challenge ──▶ receiveFinal ──▶ done
/// ```
/// Whatever fails, or comes out of order, ends the login; begin a new one then.
package struct ScramServer: ~Copyable {
    /// What the client asks for in its first message.
    package struct Request: Hashable, Sendable {
        /// The account whose password is to be proved.
        package let account: String
        /// Whom the client wants to act as; `nil` is the account itself.
        package let authorizationIdentity: String?

        /// States a request.
        package init(account: String, authorizationIdentity: String?) {
            self.account = account
            self.authorizationIdentity = authorizationIdentity
        }
    }

    /// Data of the TLS connection that both sides know (RFC 5929, RFC 9266).
    package struct ChannelBinding: Hashable, Sendable {
        /// The type's name, such as `tls-exporter`.
        package let name: String
        /// The data.
        package let data: [UInt8]

        /// States what the connection is bound with.
        package init(name: String, data: [UInt8]) {
            self.name = name
            self.data = data
        }
    }

    private enum State {
        /// Nothing has come. `receiveFirst` may follow.
        case start
        /// The account is known. `challenge` may follow.
        case requested(header: [UInt8], firstBare: String, clientNonce: String)
        /// The challenge is out. `receiveFinal` may follow.
        case challenged(header: [UInt8], authMessage: String, nonce: String, ScramCredentials)
        /// Proved or failed: nothing may follow.
        case ended
    }

    /// The longest message of a client that is read, in bytes.
    package static let maximumLength = 2048

    private let hash: ScramHash
    private let nonce: String
    private let binding: ChannelBinding?
    private var state = State.start

    /// Begins a login.
    ///
    /// - Parameters:
    ///   - hash: The mechanism's.
    ///   - nonce: The server's part of the nonce: at least 18 random bytes in base64; printable ASCII without `,`.
    ///   - binding: The connection's binding if the mechanism's `-PLUS` is offered on it, else `nil`.
    package init(_ hash: ScramHash = .sha256, nonce: String, binding: ChannelBinding? = nil) {
        self.hash = hash
        self.nonce = nonce
        self.binding = binding
    }

    /// Reads the client's first message, such as `n,,n=user,r=nonce`.
    ///
    /// - Throws: ``AccountError/malformed``, ``AccountError/unknownExtension``, or ``AccountError/channelBinding`` if the
    ///   client wants a binding that the connection has not, or supports one and was told that the server does not.
    package mutating func receiveFirst(_ message: some Collection<UInt8>) throws(AccountError) -> Request {
        guard case .start = self.state else { throw .malformed }
        self.state = .ended
        let text = try Self.text(message)
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed }
        let boundData = try self.boundData(flag: parts[0])
        let header = Array("\(parts[0]),\(parts[1]),".utf8) + boundData
        let identity = parts[1].isEmpty ? nil : try Self.name(Self.value("a", parts[1]))
        let bare = String(parts[2])
        if bare.hasPrefix("m=") { throw .unknownExtension }
        let attributes = bare.split(separator: ",", omittingEmptySubsequences: false)
        guard attributes.count >= 2 else { throw .malformed }
        let account = try Self.name(Self.value("n", attributes[0]))
        let clientNonce = try Self.value("r", attributes[1])
        guard !clientNonce.isEmpty, clientNonce.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .malformed
        }
        self.state = .requested(header: header, firstBare: bare, clientNonce: String(clientNonce))
        return Request(account: account, authorizationIdentity: identity)
    }

    /// Makes the server's first message, `r=…,s=…,i=…`.
    ///
    /// - Parameter credentials: The account's, or ``ScramCredentials/unknown(_:key:)`` if there is no such account.
    /// - Returns: The message, to be sent as it is.
    /// - Throws: ``AccountError/malformed`` out of order, or with credentials for another mechanism.
    package mutating func challenge(_ credentials: ScramCredentials) throws(AccountError) -> String {
        guard credentials.hash == self.hash else { throw .malformed }
        guard case .requested(let header, let firstBare, let clientNonce) = self.state else { throw .malformed }
        let nonce = clientNonce + self.nonce
        let first = "r=\(nonce),s=\(Base64.encode(credentials.salt)),i=\(credentials.iterations)"
        self.state = .challenged(header: header, authMessage: "\(firstBare),\(first),", nonce: nonce, credentials)
        return first
    }

    /// Checks the client's proof, `c=…,r=…,p=…`.
    ///
    /// - Returns: The server's last message, `v=…`, which proves to the client that the server knows the account.
    /// - Throws: ``AccountError/credentials`` if the proof is wrong; ``AccountError/channelBinding`` or
    ///   ``AccountError/malformed`` if the message is.
    package mutating func receiveFinal(_ message: some Collection<UInt8>) throws(AccountError) -> String {
        guard case .challenged(let header, let authMessage, let nonce, let credentials) = self.state else {
            throw .malformed
        }
        self.state = .ended
        let text = try Self.text(message)
        let attributes = text.split(separator: ",", omittingEmptySubsequences: false)
        guard attributes.count >= 3, let last = attributes.last else { throw .malformed }
        guard let bound = Base64.decode(try Self.value("c", attributes[0])), bound == header else {
            throw .channelBinding
        }
        guard try Self.value("r", attributes[1]) == nonce else { throw .malformed }
        guard let proof = Base64.decode(try Self.value("p", last)), proof.count == self.hash.length else {
            throw .malformed
        }
        let withoutProof = text[..<last.startIndex].dropLast()
        let signed = authMessage + withoutProof
        let signature = self.hash.hmac(SymmetricKey(data: credentials.storedKey), signed)
        let clientKey = zip(proof, signature).map { $0 ^ $1 }
        guard ConstantTime.equal(self.hash.hash(clientKey), credentials.storedKey) else { throw .credentials }
        return "v=" + Base64.encode(self.hash.hmac(SymmetricKey(data: credentials.serverKey), signed))
    }

    /// What the client must repeat after the header, by the flag that it begins with (RFC 5802 section 6).
    private func boundData(flag: Substring) throws(AccountError) -> [UInt8] {
        switch flag {
        case "n": return []
        case "y":
            // It could bind and believes that we cannot; if we can, somebody has removed the offer.
            guard self.binding == nil else { throw .channelBinding }
            return []
        default:
            guard flag.hasPrefix("p=") else { throw .malformed }
            guard let binding = self.binding, flag.dropFirst(2) == binding.name[...] else { throw .channelBinding }
            return binding.data
        }
    }

    private static func text(_ message: some Collection<UInt8>) throws(AccountError) -> String {
        guard message.count <= Self.maximumLength, let text = String(validating: message, as: UTF8.self),
            !text.utf8.contains(0)
        else { throw .malformed }
        return text
    }

    private static func value(_ attribute: String, _ text: Substring) throws(AccountError) -> Substring {
        guard text.hasPrefix(attribute + "=") else { throw .malformed }
        return text.dropFirst(2)
    }

    /// A name with `=2C` and `=3D` undone, prepared as names are.
    private static func name(_ text: Substring) throws(AccountError) -> String {
        var name = ""
        var rest = text
        while let escape = rest.firstIndex(of: "=") {
            name += rest[..<escape]
            switch rest[escape...].prefix(3) {
            case "=2C": name += ","
            case "=3D": name += "="
            default: throw .malformed
            }
            rest = rest[escape...].dropFirst(3)
        }
        guard let prepared = PasswordText.prepare(name + rest) else { throw .malformed }
        return prepared
    }
}
