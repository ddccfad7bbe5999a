package import Chat
import IRC
import Logging
import StateStore
package import Tenant

/// Codes that the actor's account asks for beside its password.
extension Network {
    /// Gives the actor's account a secret to make codes with; they are asked for once one was written.
    ///
    /// - Parameters:
    ///   - password: That of the account.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - actor: Whose account.
    ///   - then: Gets the secret.
    package func beginSecondFactor(
        _ password: String,
        from clients: String,
        by actor: Actor,
        _ then: @escaping (Result<TOTP, Refusal>) -> Void
    ) {
        self.confirm(password, from: clients, by: actor, isDeclaredToo: true) { result in
            guard case .success(let account) = result else { return then(.failure(result.refusal ?? Self.isNoMore)) }
            self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
                try await authenticator.beginSecondFactor(of: account, in: tenant)
            } then: { (result: Result<TOTP?, Refusal>) in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(nil): then(.failure(Refusal(.hasAccount, text: "Your account asks for codes already")))
                case .success(let totp?): then(.success(totp))
                }
            }
        }
    }

    /// Has the actor's account ask for codes from now on: here is one.
    ///
    /// - Parameters:
    ///   - code: As the actor wrote it.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - actor: Whose account.
    ///   - then: Gets the codes for who loses the device.
    package func confirmSecondFactor(
        _ code: Redacted<String>,
        from clients: String,
        by actor: Actor,
        _ then: @escaping (Result<[Redacted<String>], Refusal>) -> Void
    ) {
        guard let account = actor.session.user.account else { return then(.failure(Self.noAccount)) }
        self.throttle.turn(for: clients) { refusal in
            if let refusal { return then(.failure(refusal)) }
            self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
                try await authenticator.confirmSecondFactor(code, of: account, in: tenant)
            } then: { (result: Result<[Redacted<String>]?, Refusal>) in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(nil):
                    let text: Phrase = "That is no code of the secret that your account was given last"
                    then(.failure(Refusal(.wrongCode, text: text)))
                case .success(let codes?):
                    self.throttle.succeeded(clients)
                    self.shard.logger.info("an account asks for codes now", metadata: ["tenant": "\(self.id)"])
                    // Of those that ask for codes nothing is remembered.
                    self.shard.forgetLogins([Names.accountMapping.fold(account)], of: self.id)
                    self.proofChanged(of: account, except: actor.attachment.number) { then(.success(codes)) }
                }
            }
        }
    }

    /// Has the actor's account ask for no codes any more.
    ///
    /// - Parameters:
    ///   - password: That of the account, with a code behind it.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - actor: Whose account.
    ///   - then: Goes on once it does not.
    package func removeSecondFactor(
        _ password: String,
        from clients: String,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        self.confirm(password, from: clients, by: actor, isDeclaredToo: true) { result in
            guard case .success(let account) = result else { return then(result.map { _ in }) }
            self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
                try await authenticator.removeSecondFactor(of: account, in: tenant)
            } then: { (result: Result<Bool, Refusal>) in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(false):
                    then(.failure(Refusal(.codeNeeded, text: "Your account asks for no codes")))
                case .success(true):
                    self.proofChanged(of: account, except: actor.attachment.number) { then(.success(())) }
                }
            }
        }
    }

    /// The actor proves again that its account is its own; what the tenant says of one is not the actor's to change.
    func confirm(
        _ password: String,
        from clients: String,
        by actor: Actor,
        isDeclaredToo: Bool = false,
        _ then: @escaping (Result<String, Refusal>) -> Void
    ) {
        guard let account = actor.session.user.account else { return then(.failure(Self.noAccount)) }
        if !isDeclaredToo, let refusal = self.isDeclared(account) { return then(.failure(refusal)) }
        self.logIn(account: account, password: password, from: clients, givesRights: true) { result in
            then(result.map(\.account))
        }
    }
}

extension Result where Failure == Refusal {
    /// Why it was not done; nil if it was.
    fileprivate var refusal: Refusal? { if case .failure(let refusal) = self { refusal } else { nil } }
}
