import Chat
import Realm
import Tenant

/// A SASL exchange of one connection (IRCv3 sasl-3.1): the mechanism, and the pieces of a message that came so far.
final class SASLExchange {
    /// Bytes of base64 in one AUTHENTICATE.
    static let chunk = 400
    /// The longest message, decoded or not.
    static let limit = 8 << 10

    enum Mechanism: String, CaseIterable {
        case plain = "PLAIN"
        case scram = "SCRAM-SHA-256"
        /// The client's certificate; its message says as which account, or nothing.
        case external = "EXTERNAL"
        /// The token of RESUME TOKEN, for clients that know `roost.chat/resume`.
        case resume = "ROOST-RESUME"
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
    }

    init(mechanism: Mechanism, nonce: String) {
        self.mechanism = mechanism
        self.scram = ScramServer(nonce: nonce)
    }

    /// What a client may log in by: without a certificate there is nothing to be known by.
    static func offered(on tenant: HostedTenant, to connection: Connection) -> [String] {
        tenant.accounts.saslMechanisms
            .filter { $0 != .external || connection.facts.fingerprint != nil }.map(\.rawValue)
    }
}
