package import Chat
import IRC
import Logging
import StateStore
import Tenant

/// Accounts that people register themselves (IRCv3 draft/account-registration).
extension Network {
    /// Makes an account for somebody, if the tenant lets people have them.
    ///
    /// Whoever asks goes on as if it had logged in, unless the account waits.
    package func register(
        _ request: AccountRequest,
        _ then: @escaping (Result<RegisteredAccount, Refusal>) -> Void
    ) {
        let account: AllowedAccount
        do throws(Refusal) { account = try self.allowed(request) } catch { return then(.failure(error)) }
        self.checkName(account.name, of: request) { refusal in
            if let refusal { return then(.failure(refusal)) }
            self.takeRegistration(request.clients) { refusal in
                if let refusal { return then(.failure(refusal)) }
                self.make(account, for: request.clients, then)
            }
        }
    }

    /// What can be said of a request without asking anybody.
    private func allowed(_ request: AccountRequest) throws(Refusal) -> AllowedAccount {
        let settings = self.tenant.accounts
        guard settings.mayRegister else {
            throw Refusal(.registrationIsClosed, text: "Accounts are made by this network's administrators")
        }
        if request.session == nil, !settings.registrationBeforeConnect {
            throw Refusal(.connectionNeeded, text: "Connect first, then register")
        }
        if request.hasAccount { throw Refusal(.hasAccount, text: "You are logged in to an account already") }
        guard let nick = request.nick else {
            throw Refusal(.nickNeeded, text: "Choose a nickname first: the account is called like it")
        }
        if let name = request.name, Names.accountMapping.fold(name) != Names.accountMapping.fold(nick.raw) {
            throw Refusal(.accountIsNotNick, text: "The account is called like your nickname: \(nick.raw)")
        }
        guard let name = AccountName.check(request.name ?? nick.raw) else {
            let text: Phrase = "An account's name has ASCII letters, digits and punctuation alone: change your nickname"
            throw Refusal(.badAccountName, text: text)
        }
        if ServiceNames.contains(nick) {
            throw Refusal(.badAccountName, text: "That is the name of a service of the network")
        }
        if self.shard.environment.names.owner(of: nick, in: self.id).map({ $0 != Names.accountMapping.fold(name) })
            == true
        {
            throw Self.exists(name)
        }
        // Also before there is the account: it is an administrator's as soon as its tenant says so.
        let folded = Names.accountMapping.fold(name)
        if self.tenant.adminNames.contains(where: { Names.accountMapping.fold($0) == folded }) {
            throw Self.exists(name)
        }
        if let email = request.email, EmailAddress(email) == nil {
            throw Refusal(.invalidEmail, text: "That is no address that mail can be sent to")
        }
        let password = request.password.reveal()
        if let fault = PasswordRules(minimumLength: settings.minimumPasswordLength).fault(in: password, of: name) {
            throw fault.refusal
        }
        let state: Account.State = settings.registration == .approval ? .waiting : .active
        return AllowedAccount(name: name, email: request.email, password: request.password, state: state)
    }

    /// Nobody gets an account by the nickname that somebody else goes by, nor one that a session is left of.
    private func checkName(_ name: String, of request: AccountRequest, _ then: @escaping (Refusal?) -> Void) {
        let nick = request.session == nil ? request.nick.map { self.nickKey($0) } : nil
        self.store.load([self.accountKey(name)] + (nick.map { [$0] } ?? [])) { result in
            switch result {
            case .failure(let error): then(self.refusal(error))
            case .success(let snapshots):
                let claim = FieldName(NameClaim.field)
                if snapshots[0].fields[claim] != nil { return then(Self.exists(name)) }
                guard snapshots.count > 1, snapshots[1].fields[claim] != nil else { return then(nil) }
                then(Refusal(.accountExists, text: "Somebody else goes by that nickname"))
            }
        }
    }

    private static func exists(_ name: String) -> Refusal {
        let text: Phrase = "There is an account \(name) already: log in, or choose another nickname"
        return Refusal(.accountExists, text: text)
    }

    /// Counts one account to be made for some clients, over all pods.
    private func takeRegistration(_ clients: String, _ then: @escaping (Refusal?) -> Void) {
        let request = BucketRequest.registration(self.limits.registrationsPerHour)
        self.store.take(
            request.wanted,
            from: CounterKey(self.id, "registrations", of: clients),
            rate: request.rate,
            burst: request.burst
        ) { result in
            switch result {
            case .success(1...): then(nil)
            case .success: then(Refusal(.tooManyRegistrations, text: "Too many accounts from your address, try later"))
            case .failure(let error): then(self.refusal(error))
            }
        }
    }

    /// What came to nothing by no fault of who asked does not count.
    private func giveBackRegistration(_ clients: String) {
        let request = BucketRequest.registration(self.limits.registrationsPerHour)
        self.store.giveBack(
            request.wanted,
            to: CounterKey(self.id, "registrations", of: clients),
            rate: request.rate,
            burst: request.burst
        )
    }

    private func make(
        _ account: AllowedAccount,
        for clients: String,
        _ then: @escaping (Result<RegisteredAccount, Refusal>) -> Void
    ) {
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        let limit = self.tenant.quotas.accounts.hardLimit
        self.shard.check { () async throws(AuthenticationError) in
            try await authenticator.register(account, in: tenant, limit: limit)
        } then: { (result: Result<AccountCreation, AuthenticationError>) in
            switch result {
            case .failure(let error):
                self.giveBackRegistration(clients)
                then(.failure(Refusal(.unavailable, text: error.phrase)))
            case .success(.exists): then(.failure(Self.exists(account.name)))
            case .success(.isFull):
                self.giveBackRegistration(clients)
                let text: Phrase = "This network has as many accounts as it may, try later"
                then(.failure(Refusal(.networkHasTooManyAccounts, text: text)))
            case .success(.created(let made)):
                self.shard.logger.info("an account was registered", metadata: ["tenant": "\(tenant)"])
                // Of who had the name before nothing is remembered any more.
                guard made.state == .active else {
                    self.shard.forgetLogins([made.folded], of: tenant)
                    return then(.success(.waiting(made.name)))
                }
                self.logins.remember(made)
                if let nick = Nickname(made.name, under: Names.caseMapping) { self.nickIsOwned(nick, by: made.name) }
                then(.success(.active(LoggedIn(made, isRemembered: false))))
            }
        }
    }
}

extension PasswordRules.Fault {
    /// The words of each.
    var refusal: Refusal {
        switch self {
        case .tooShort(let length):
            Refusal(.weakPassword, text: "Choose a longer password: \(length) characters or more")
        case .easilyGuessed:
            Refusal(.weakPassword, text: "Choose another password: this one is among the first that anybody tries")
        case .tooLong(let length):
            Refusal(.unacceptablePassword, text: "Choose a shorter password: \(length) bytes at most")
        case .unusable:
            Refusal(
                .unacceptablePassword,
                text: "Choose another password: something in this one cannot be typed everywhere"
            )
        }
    }
}
