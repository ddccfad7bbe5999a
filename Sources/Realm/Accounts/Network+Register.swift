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
    ///
    /// - Parameters:
    ///   - request: What it says.
    ///   - attachment: Through which it says so.
    ///   - end: Gets the account.
    package func register(
        _ request: AccountRequest,
        through attachment: any Attachment,
        _ end: @escaping (Result<RegisteredAccount, Refusal>) -> Void
    ) {
        let then: (Result<RegisteredAccount, Refusal>) -> Void = { result in
            switch result {
            case .success: attachment.isProven = false
            case .failure(let refusal):
                if Self.faults.contains(refusal.reason) {
                    self.admission.failed(\.registrations, from: request.clients)
                }
            }
            end(result)
        }
        let account: AllowedAccount
        do throws(Refusal) { account = try self.allowed(request) } catch { return then(.failure(error)) }
        self.checkName(account.name, of: request) { refusal in
            if let refusal { return then(.failure(refusal)) }
            let newcomer = self.newcomer(request.nick, named: request.user, request.clients, attachment)
            self.admission.decide(.registering, on: newcomer) { refusal in
                if let refusal { return then(.failure(refusal)) }
                guard let address = account.code?.address else { return self.make(account, for: request.clients, then) }
                self.takeMail(to: address.mailbox) { refusal in
                    if let refusal { return then(.failure(refusal)) }
                    self.make(account, for: request.clients) { result in
                        if case .failure = result { self.giveBackMail(to: address.mailbox) }
                        then(result)
                    }
                }
            }
        }
    }

    /// What speaks against who asks: what it said was wrong or taken, or it asks too often.
    ///
    /// A ban is counted where it is found. What is the network's doing, or comes of asking too early, is no fault.
    private static let faults: Set<Refusal.Reason> = [
        .accountExists, .accountIsNotNick, .badAccountName, .invalidEmail, .tooManyRegistrations, .unacceptableEmail,
        .unacceptablePassword, .weakPassword,
    ]

    /// Who asks for an account.
    ///
    /// - `nick`: as whom, where there is no session yet; nil if that is not known.
    /// - `named`: its user name and real name, likewise.
    func newcomer(
        _ nick: Nickname?,
        named user: (username: String, realname: String)? = nil,
        _ clients: String,
        _ attachment: any Attachment
    ) -> Newcomer {
        let isUserKnown = attachment.session != nil || user != nil
        return Newcomer(attachment: attachment, clients: clients, isUserKnown: isUserKnown) {
            if let session = attachment.session { return session.requester(through: attachment) }
            guard let nick else { return nil }
            let address = attachment.facts.address
            let host = self.cloakedHost(of: address)
            let user = User(
                nick: nick,
                username: user?.username ?? "",
                host: host,
                realname: user?.realname ?? "",
                signedOn: self.shard.now
            )
            var requester = Requester(session: SessionID(rawValue: 0), user: user, realHost: address)
            requester.fingerprint = attachment.facts.fingerprint
            return requester
        }
    }

    /// What can be said of a request without asking anybody.
    private func allowed(_ request: AccountRequest) throws(Refusal) -> AllowedAccount {
        let settings = self.tenant.accounts
        guard settings.registration != .email || self.sendsMail else { throw Self.noMail }
        guard settings.mayRegister else {
            throw Self.registrationIsClosed
        }
        if request.session == nil, !settings.registrationBeforeConnect {
            throw Refusal(.connectionNeeded, text: "Connect first, then register")
        }
        if request.hasAccount { throw Refusal(.hasAccount, text: "You are logged in to an account already") }
        guard let nick = request.nick else {
            throw Refusal(.nickNeeded, text: "Choose a nickname first: the account is called like it")
        }
        if let name = request.name, !settings.customAccountNames,
            Names.accountMapping.fold(name) != Names.accountMapping.fold(nick.raw)
        {
            throw Refusal(.accountIsNotNick, text: "The account is called like your nickname: \(nick.raw)")
        }
        guard let name = AccountName.check(request.name ?? nick.raw) else {
            let text: Phrase = "An account's name has ASCII letters, digits and punctuation alone: change your nickname"
            throw Refusal(.badAccountName, text: text)
        }
        // What it is called is a nickname of its owner's.
        guard let called = Nickname(name, under: Names.caseMapping) else {
            throw Refusal(.badAccountName, text: "An account is called like a nickname: choose another name")
        }
        if ServiceNames.contains(called) {
            throw Refusal(.badAccountName, text: "That is the name of a service of the network")
        }
        if self.shard.environment.names.owner(of: called, in: self.id).map({ $0 != Names.accountMapping.fold(name) })
            == true
        {
            throw Self.exists(name)
        }
        // Also before there is the account: it is an administrator's as soon as its tenant says so.
        let folded = Names.accountMapping.fold(name)
        if self.tenant.adminNames.contains(where: { Names.accountMapping.fold($0) == folded }) {
            throw Self.exists(name)
        }
        if request.email == nil, settings.registration == .email {
            throw Refusal(.invalidEmail, text: "This network sends a code by mail first: write your address")
        }
        let email: EmailAddress? = if let email = request.email { try self.allowedAddress(email) } else { nil }
        let password = request.password.reveal()
        if let fault = PasswordRules(minimumLength: settings.minimumPasswordLength).fault(in: password, of: name) {
            throw fault.refusal
        }
        return AllowedAccount(
            name: name,
            email: email,
            password: request.password,
            state: Self.state(settings.registration),
            code: self.code(to: email, in: request.language)
        )
    }

    private static func state(_ registration: AccountSettings.Registration) -> Account.State {
        switch registration {
        case .open, .closed: .active
        case .approval: .waiting
        case .email: .unverified
        }
    }

    /// What is sent to an address that somebody registers with: elsewhere than with Email the account does not wait for it.
    private func code(to address: EmailAddress?, in language: Language) -> CodeOrder? {
        let settings = self.tenant.accounts
        guard let address, self.sendsMail, settings.registration != .approval else { return nil }
        return CodeOrder(
            purpose: settings.registration == .email ? .registration : .address,
            address: address,
            language: language
        )
    }

    /// Nobody gets an account by the nickname that somebody else goes by, nor one that a session is left of.
    private func checkName(_ name: String, of request: AccountRequest, _ then: @escaping (Refusal?) -> Void) {
        let isOwn = request.nick.map { Names.accountMapping.fold($0.raw) == Names.accountMapping.fold(name) } ?? false
        let nick =
            request.session == nil || !isOwn
            ? Nickname(name, under: Names.caseMapping).map { self.nickKey($0) } : nil
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

    /// What came to nothing by no fault of who asked does not count.
    func giveBackRegistration(_ clients: String) {
        let request = BucketRequest.registration(self.limits.registrationsPerHour)
        self.store.giveBack(
            request.wanted,
            to: CounterKey(self.id, "registrations", of: clients),
            rate: request.rate,
            burst: request.burst
        )
    }

    static var hasTooManyAccounts: Refusal {
        Refusal(.networkHasTooManyAccounts, text: "This network has as many accounts as it may, try later")
    }

    static var registrationIsClosed: Refusal {
        Refusal(.registrationIsClosed, text: "Accounts are made by this network's administrators")
    }

    /// Somebody may log in to an account from now on.
    func accountIsMade(_ account: Account) {
        self.logins.remember(account)
        if let nick = Nickname(account.name, under: Names.caseMapping) { self.nickIsOwned(nick, by: account.name) }
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
            case .success(.exists), .success(.unverified): then(.failure(Self.exists(account.name)))
            case .success(.mailIsFull):
                self.giveBackRegistration(clients)
                then(.failure(Self.mailIsFull))
            case .success(.isFull):
                self.giveBackRegistration(clients)
                then(.failure(Self.hasTooManyAccounts))
            case .success(.created(let made)):
                self.shard.logger.info("an account was registered", metadata: ["tenant": "\(tenant)"])
                switch made.state {
                case .active:
                    self.accountIsMade(made)
                    then(.success(.active(LoggedIn(made, isRemembered: false))))
                // Of who had the name before nothing is remembered any more.
                case .waiting:
                    self.shard.forgetLogins([made.folded], of: tenant)
                    then(.success(.waiting(made.name)))
                case .unverified:
                    self.shard.forgetLogins([made.folded], of: tenant)
                    guard let email = account.email else { return then(.success(.waiting(made.name))) }
                    then(.success(.unverified(made.name, email)))
                }
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
