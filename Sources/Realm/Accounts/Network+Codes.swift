package import Chat
package import IRC
import Logging
import StateStore
package import Tenant

/// What came of a code that somebody got by mail.
package enum VerifiedAccount: Sendable {
    /// The account is its owner's, who may go on as if it had logged in.
    case registered(LoggedIn)
    /// An administrator has to agree to the account, too.
    case waiting(String)
    /// Mail to the account goes to the address from now on.
    case address(String)
}

/// Codes that mail brings: whoever reads it owns the address.
extension Network {
    /// Whether people can be sent mail.
    package var sendsMail: Bool { self.shard.environment.authenticator.sendsMail }

    /// Whether somebody can get an account on the network by these settings.
    package func mayRegister(under settings: AccountSettings) -> Bool {
        settings.mayRegister && (settings.registration != .email || self.sendsMail)
    }

    /// An address that mail may be sent to, by the tenant's rules.
    func allowedAddress(_ text: String) throws(Refusal) -> EmailAddress {
        let settings = self.tenant.accounts
        guard let address = EmailAddress(text) else {
            throw Refusal(.invalidEmail, text: "That is no address that mail can be sent to")
        }
        if !settings.emailDomains.isEmpty, !address.isAt(anyOf: settings.emailDomains) {
            let domains = settings.emailDomains.prefix(5).joined(separator: ", ")
            throw Refusal(.unacceptableEmail, text: "This network takes addresses at \(domains) alone")
        }
        if address.isAt(anyOf: settings.refusedEmailDomains) {
            throw Refusal(.unacceptableEmail, text: "This network takes no addresses of that provider: write another")
        }
        return address
    }

    static var addressInUse: Refusal {
        Refusal(.unacceptableEmail, text: "That address has as many accounts as it may: write another")
    }

    static var mailIsFull: Refusal {
        Refusal(.unavailable, text: "This network has much mail to send just now, try later")
    }

    /// Counts one mail to somebody, over all pods: nobody's mailbox is filled from here.
    func takeMail(to somebody: String, _ then: @escaping (Refusal?) -> Void) {
        let request = BucketRequest.registration(self.limits.mailsPerHour)
        self.store.take(
            request.wanted,
            from: CounterKey(self.id, "mails", of: somebody),
            rate: request.rate,
            burst: request.burst
        ) { result in
            switch result {
            case .success(1...): then(nil)
            case .success:
                then(Refusal(.tooManyRegistrations, text: "Several mails were sent there already, try later"))
            case .failure(let error): then(self.refusal(error))
            }
        }
    }

    /// A mail that was counted was not sent.
    func giveBackMail(to somebody: String) {
        let request = BucketRequest.registration(self.limits.mailsPerHour)
        self.store.giveBack(
            request.wanted,
            to: CounterKey(self.id, "mails", of: somebody),
            rate: request.rate,
            burst: request.burst
        )
    }

    /// Takes a code that was sent for a new account, or, by who is logged in, for an address.
    ///
    /// - Parameters:
    ///   - code: As somebody wrote it.
    ///   - account: Whose.
    ///   - own: The account of who asks, which is not to become another; nil if there is none.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - then: Gets what is verified.
    package func verify(
        _ code: Redacted<String>,
        of account: String,
        by own: String?,
        from clients: String,
        _ then: @escaping (Result<VerifiedAccount, Refusal>) -> Void
    ) {
        if let own, Names.accountMapping.fold(own) != Names.accountMapping.fold(account) {
            return then(.failure(Refusal(.hasAccount, text: "You are logged in to another account")))
        }
        let state: Account.State
        switch (own, self.tenant.accounts.registration) {
        case (nil, .closed): return then(.failure(Self.registrationIsClosed))
        case (nil, .approval): state = .waiting
        case (_, _): state = .active
        }
        let purpose = own == nil ? CodePurpose.registration : .address
        self.redeem(
            code,
            of: account,
            for: purpose,
            as: state,
            password: nil,
            from: clients
        ) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let changed) where purpose == .address: then(.success(.address(changed.name)))
            case .success(let made):
                self.shard.logger.info("an account was verified", metadata: ["tenant": "\(self.id)"])
                guard made.state == .active else { return then(.success(.waiting(made.name))) }
                self.accountIsMade(made)
                then(.success(.registered(LoggedIn(made, isRemembered: false))))
            }
        }
    }

    private func redeem(
        _ code: Redacted<String>,
        of account: String,
        for purpose: CodePurpose,
        as state: Account.State = .active,
        password: Redacted<String>?,
        from clients: String,
        _ then: @escaping (Result<Account, Refusal>) -> Void
    ) {
        let rules = CodeRules(
            accountsPerAddress: self.tenant.accounts.accountsPerEmail,
            limit: self.tenant.quotas.accounts.hardLimit,
            state: state
        )
        self.throttle.turn(for: clients) { refusal in
            if let refusal { return then(.failure(refusal)) }
            self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
                try await authenticator.redeem(
                    code,
                    of: account,
                    for: purpose,
                    password: password,
                    by: rules,
                    in: tenant
                )
            } then: { (result: Result<CodeOutcome, Refusal>) in
                switch result {
                case .failure(let refusal): then(.failure(refusal))
                case .success(.wrong):
                    let text: Phrase = "That is not the code that was sent last, or it is too old"
                    then(.failure(Refusal(.wrongCode, text: text)))
                case .success(.addressInUse): then(.failure(Self.addressInUse))
                case .success(.isFull): then(.failure(Self.hasTooManyAccounts))
                case .success(.done(let account)):
                    self.throttle.succeeded(clients)
                    then(.success(account))
                }
            }
        }
    }

    /// Has a code be sent to the owner of an account who has forgotten the password.
    ///
    /// Whether there is such an account, or an address of it, does not show.
    package func sendPasswordCode(
        of account: String,
        in language: Language,
        from clients: String,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard self.sendsMail else { return then(.failure(Self.noMail)) }
        self.throttle.turn(for: clients) { refusal in
            if let refusal { return then(.failure(refusal)) }
            let somebody = Self.mailbox(of: account)
            self.takeMail(to: somebody) { refusal in
                if let refusal { return then(.failure(refusal)) }
                self.order(CodeOrder(purpose: .password, address: nil, language: language), of: account) { result in
                    if case .success(.sent) = result { self.giveBackMail(to: somebody) }
                    then(result.map { _ in })
                }
            }
        }
    }

    /// What mail is counted by that an account asks for, wherever it goes.
    private static func mailbox(of account: String) -> String { "account \(Names.accountMapping.fold(account))" }

    private func order(
        _ order: CodeOrder,
        of account: String,
        _ then: @escaping (Result<CodeRequest, Refusal>) -> Void
    ) {
        self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
            try await authenticator.request(order, of: account, in: tenant)
        } then: { (result: Result<CodeRequest, Refusal>) in
            then(result)
        }
    }

    /// Replaces the password of an account by the code that was sent for that; certificates do not log in to it any more.
    ///
    /// - Parameters:
    ///   - password: The password that it is to have.
    ///   - account: Which.
    ///   - code: As somebody wrote it.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - then: Goes on once it has.
    package func resetPassword(
        to password: Redacted<String>,
        of account: String,
        by code: Redacted<String>,
        from clients: String,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let rules = PasswordRules(minimumLength: self.tenant.accounts.minimumPasswordLength)
        if let fault = rules.fault(in: password.reveal(), of: account) { return then(.failure(fault.refusal)) }
        self.redeem(code, of: account, for: .password, password: password, from: clients) { result in
            if case .success(let changed) = result {
                self.shard.logger.info("a password was reset by mail", metadata: ["tenant": "\(self.id)"])
                self.shard.forgetLogins([changed.folded], of: self.id)
                return self.proofChanged(of: changed.name, except: nil) { then(.success(())) }
            }
            then(result.map { _ in })
        }
    }

    /// Has mail to the actor's account go elsewhere, once somebody wrote the code that is sent there; or nowhere, at once.
    ///
    /// - Parameters:
    ///   - text: The address; nil for none.
    ///   - password: That of the account.
    ///   - language: The language of the mail, to that address and to the one before.
    ///   - clients: What counts as one client: an address, or the network that one client has all of.
    ///   - actor: Whose account.
    ///   - then: Goes on once the code is on its way, or there is no address any more.
    package func changeAddress(
        to text: String?,
        password: String,
        in language: Language,
        from clients: String,
        by actor: Actor,
        _ then: @escaping (Result<EmailAddress?, Refusal>) -> Void
    ) {
        let address: EmailAddress?
        do throws(Refusal) {
            if text != nil, !self.sendsMail { throw Self.noMail }
            address = if let text { try self.allowedAddress(text) } else { nil }
        } catch { return then(.failure(error)) }
        self.confirm(password, from: clients, by: actor) { result in
            guard case .success(let account) = result else { return then(result.map { _ in nil }) }
            guard let address else {
                return self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
                    try await authenticator.removeAddress(of: account, telling: language, in: tenant)
                } then: { (result: Result<Bool, Refusal>) in
                    then(result.map { _ in nil })
                }
            }
            // Whoever has an account writes to no more strangers than others do.
            self.takeMail(to: Self.mailbox(of: account)) { refusal in
                if let refusal { return then(.failure(refusal)) }
                self.takeMail(to: address.mailbox) { refusal in
                    if let refusal { return then(.failure(refusal)) }
                    self.order(CodeOrder(purpose: .address, address: address, language: language), of: account) {
                        result in
                        switch result {
                        case .success(.queued), .success(.sent): return then(.success(address))
                        case .failure(let refusal): then(.failure(refusal))
                        case .success(.noAccount): then(.failure(Self.isNoMore))
                        case .success(.isFull): then(.failure(Self.mailIsFull))
                        }
                        self.giveBackMail(to: Self.mailbox(of: account))
                        self.giveBackMail(to: address.mailbox)
                    }
                }
            }
        }
    }

    static var noMail: Refusal { Refusal(.unavailable, text: "This network sends no mail: ask its administrators") }

    static var isNoMore: Refusal { Refusal(.accountNeeded, text: "Your account is no more") }
}
