import Chat
import Foundation
import IRC
import Realm
import Tenant

/// Log-ins by what others vouch for, and by nothing.
extension AuthenticateCommand {
    // MARK: ANONYMOUS

    /// What a client may say of who it is, in characters (RFC 4505 section 2).
    private static let longestTrace = 255

    /// A guest goes on as such where others have to log in (RFC 4505); what it says of itself is nobody's to believe, and kept nowhere.
    static func anonymous(_ call: Call, _ message: [UInt8]) {
        let connection = call.connection
        guard let trace = String(validating: message, as: UTF8.self), trace.unicodeScalars.count <= Self.longestTrace,
            connection.session == nil
        else { return Self.fail(call) }
        connection.sasl = nil
        connection.isAnonymous = true
        call.reply(.rplSaslSuccess)
        Registration.follow(connection.registration.authenticationEnded(), call)
    }

    // MARK: OAUTHBEARER

    /// The token, and who the client says it is.
    static func bearer(_ call: Call, _ message: [UInt8]) {
        guard let request = BearerMessage(message) else {
            return Self.refuseToken(call, "invalid_request", Refusal(.wrongPassword))
        }
        call.network.logIn(
            by: request.token,
            as: request.identity,
            from: call.connection.origin,
            through: call.connection,
            call.awaitingAny { result in
                switch result {
                case .success(let login): Self.succeed(call, login)
                case .failure(let refusal):
                    let isBad = refusal.reason == .wrongPassword
                    Self.refuseToken(call, isBad ? "invalid_token" : "temporarily_unavailable", refusal)
                }
            }
        )
    }

    /// Says why as programs read it, and ends the exchange once the client has answered that (RFC 7628 section 3.2.2).
    private static func refuseToken(_ call: Call, _ status: String, _ refusal: Refusal) {
        guard let exchange = call.connection.sasl else { return }
        exchange.phase = .refused(refusal)
        var answer = "{\"status\":\"\(status)\""
        if let settings = call.network.tenant.accounts.oauth, status != "invalid_request" {
            answer += ",\"openid-configuration\":\"\(settings.configurationURL)\""
        }
        Self.sendMessage(call, answer + "}")
    }
}
