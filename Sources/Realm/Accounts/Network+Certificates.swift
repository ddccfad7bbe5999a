package import Chat
import IRC
package import StateStore
import Tenant

/// The certificates that log in to the actor's account (SASL EXTERNAL).
extension Network {
    /// How many an account may have.
    package static let certificateLimit = 10

    /// Has a certificate log in to the actor's account.
    ///
    /// - Parameters:
    ///   - certificate: Which; nil for that of the attachment that asks.
    ///   - actor: Whose account.
    ///   - then: Gets which it is.
    package func addCertificate(
        _ certificate: CertificateFingerprint?,
        by actor: Actor,
        _ then: @escaping (Result<CertificateFingerprint, Refusal>) -> Void
    ) {
        let own = actor.attachment.facts.fingerprint.flatMap { CertificateFingerprint($0) }
        guard let certificate = certificate ?? own else {
            let text: Phrase = "Your client shows no certificate: say a fingerprint (SHA-256)"
            return then(.failure(Refusal(.noCertificate, text: text)))
        }
        let limit = Self.certificateLimit
        self.askAccount(of: actor) { authenticator, account, tenant throws(AuthenticationError) in
            try await authenticator.add(certificate, to: account, in: tenant, limit: limit)
        } then: { (result: Result<CertificateAddition, Refusal>) in
            then(
                result.flatMap { addition in
                    switch addition {
                    case .added, .known: return .success(certificate)
                    case .codeNeeded:
                        let text: Phrase =
                            "Your account asks for codes: end that first (MFA DISABLE), and begin again after it"
                        return .failure(Refusal(.codeNeeded, text: text))
                    case .taken:
                        let text: Phrase = "That certificate logs in to another account"
                        return .failure(Refusal(.certificateInUse, text: text))
                    case .noAccount:
                        let text: Phrase = "Your account is no more"
                        return .failure(Refusal(.accountNeeded, text: text))
                    case .isFull:
                        let text: Phrase = "You may have \(limit) certificates: delete one"
                        return .failure(Refusal(.tooManyCertificates, text: text))
                    }
                }
            )
        }
    }

    /// Has a certificate log in to the actor's account no more.
    ///
    /// Who has logged in by it stays.
    package func removeCertificate(
        _ certificate: CertificateFingerprint,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.askAccount(of: actor) { authenticator, account, tenant throws(AuthenticationError) in
            try await authenticator.remove(certificate, from: account, in: tenant)
        } then: { (result: Result<Bool, Refusal>) in
            then(
                result.flatMap { isRemoved in
                    let text: Phrase = "That certificate does not log in to your account"
                    return isRemoved ? .success(()) : .failure(Refusal(.noSuchCertificate, text: text))
                }
            )
        }
    }

    /// The certificates that log in to the actor's account, the oldest first.
    package func certificates(
        of actor: Actor,
        _ then: @escaping (Result<[AccountCertificate], Refusal>) -> Void
    ) {
        self.askAccount(of: actor) { authenticator, account, tenant throws(AuthenticationError) in
            try await authenticator.certificates(of: account, in: tenant)
        } then: {
            then($0)
        }
    }

    private func askAccount<Answer: Sendable>(
        of actor: Actor,
        _ question:
            @escaping @Sendable (any Authenticator, String, TenantID) async throws(AuthenticationError) -> Answer,
        then: @escaping (Result<Answer, Refusal>) -> Void
    ) {
        guard let account = actor.session.user.account else {
            return then(.failure(Refusal(.accountNeeded, text: "Log in first: certificates belong to accounts")))
        }
        self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
            try await question(authenticator, account, tenant)
        } then: {
            then($0)
        }
    }
}
