import Chat
import Realm
import Tenant

/// A SASL exchange of one connection (IRCv3 sasl-3.1): the mechanism, and the pieces of a message that came so far.
final class SASLExchange {
    /// Bytes of base64 in one AUTHENTICATE.
    static let chunk = 400
    /// The longest message, decoded or not.
    static let limit = 8 << 10

    enum Mechanism: Hashable {
        case plain
        case scram(ScramHash)
        /// The client's certificate; its message says as which account, or nothing.
        case external
        /// The token of RESUME TOKEN, for clients that know `roost.chat/resume`.
        case resume
        /// A token of an issuer that the tenant names (RFC 7628).
        case bearer
        /// Nobody; its message says what it likes.
        case anonymous

        static let anonymousName = "ANONYMOUS"
        static let bearerName = "OAUTHBEARER"

        /// Of SCRAM.
        var hash: ScramHash? { if case .scram(let hash) = self { hash } else { nil } }

        init?(_ name: String) {
            switch (name, SASLMechanism(rawValue: name)) {
            case ("ROOST-RESUME", _): self = .resume
            case (Self.anonymousName, _): self = .anonymous
            case (Self.bearerName, _): self = .bearer
            case (_, .plain): self = .plain
            case (_, .scramSHA256): self = .scram(.sha256)
            case (_, .scramSHA512): self = .scram(.sha512)
            case (_, .external): self = .external
            case (_, nil): return nil
            }
        }
    }

    let mechanism: Mechanism
    var received = ""
    var scram: ScramServer
    /// SCRAM: whose account it would be.
    var attempt: LogInAttempt?
    var login: LoggedIn?
    var phase = Phase.first

    enum Phase {
        case first
        /// SCRAM: the challenge was sent.
        case challenged
        /// SCRAM: the proof was right; the client has to take note.
        case proven
        /// OAUTHBEARER: the client was told why not, and has to answer that.
        case refused(Refusal)
    }

    init(mechanism: Mechanism, nonce: String) {
        self.mechanism = mechanism
        self.scram = ScramServer(mechanism.hash ?? .sha256, nonce: nonce)
    }

    /// What a client may log in by: without a certificate there is nothing to be known by.
    static func offered(on tenant: HostedTenant, to connection: Connection) -> [String] {
        tenant.accounts.saslMechanisms
            .filter { $0 != .external || connection.facts.fingerprint != nil }.map(\.rawValue)
            + (connection.network.takesTokens ? [Mechanism.bearerName] : [])
            + (tenant.accounts.anonymous ? [Mechanism.anonymousName] : [])
    }
}
