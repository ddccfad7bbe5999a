import Chat
import IRC
import Realm
import Tenant

/// REGISTER and VERIFY (IRCv3 draft/account-registration): an account for who has none, before registration or after.
enum AccountCommands {
    static let capability = "draft/account-registration"

    static func capabilityValue(on tenant: HostedTenant) -> String {
        let settings = tenant.accounts
        let words = [
            ("before-connect", settings.registrationBeforeConnect), ("email-required", settings.registration == .email),
            ("custom-account-name", settings.customAccountNames),
        ]
        return words.filter(\.1).map(\.0).joined(separator: ",")
    }

    static let rows: [CommandRow] = [
        CommandRow(
            "REGISTER",
            parameters: 3,
            cost: 3,
            secret: true,
            of: .accountRegistration,
            help: [
                "REGISTER <account or *> <email or *> <password>", "Gives you an account, called like your nickname.",
            ],
            .always { Self.register($0) }
        ),
        CommandRow(
            "VERIFY",
            parameters: 2,
            cost: 3,
            secret: true,
            of: .accountRegistration,
            help: ["VERIFY <account> <code>", "Makes an account yours by the code that was sent to you."],
            .always { Self.verify($0) }
        ),
    ]

    private static func verify(_ call: Call) {
        let (connection, account) = (call.connection, call[0])
        if connection.sasl != nil {
            let text: Phrase = "You are logging in: end that first (AUTHENTICATE *)"
            return self.fail(call, "TEMPORARILY_UNAVAILABLE", account.asWord, text)
        }
        let own = connection.session.map { $0.user.account } ?? connection.login?.account
        let end = self.holding(call)
        call.network.verify(
            Redacted(call[1]),
            of: account,
            by: own,
            from: connection.origin,
            call.awaitingAny { result in
                switch result {
                case .failure(let refusal):
                    connection.refuse(refusal, command: call.row.name, context: [account.asWord], isForAll: true)
                    end()
                case .success(.address(let account)):
                    self.tell(call, "SUCCESS", account, "Mail to your account goes there from now on")
                    end()
                case .success(.waiting(let account)):
                    let text: Phrase = "Your account waits for an administrator of the network to agree"
                    self.tell(call, "VERIFICATION_REQUIRED", account, text)
                    end()
                case .success(.registered(let login)):
                    self.tell(call, "SUCCESS", login.account, "You have an account now")
                    self.hold(login, call, account.asWord, end)
                }
            }
        )
    }

    /// Who says all at once is on the network with the account: until the end, registration waits.
    private static func holding(_ call: Call) -> () -> Void {
        let connection = call.connection
        guard connection.session == nil else { return {} }
        connection.registration.authenticationBegan()
        return { Registration.follow(connection.registration.authenticationEnded(), call) }
    }

    /// It is there, whether it can be logged in to just now or not.
    private static func hold(_ login: LoggedIn, _ call: Call, _ told: String, _ end: @escaping () -> Void) {
        call.hold(login) {
            call.tellLoggedIn(login, prefix: $0)
        } end: { refusal in
            if let refusal {
                call.connection.refuse(refusal, command: call.row.name, context: [told], isForAll: true)
            }
            end()
        }
    }

    private static func register(_ call: Call) {
        let connection = call.connection
        let nick = connection.session.map(\.user.nick) ?? connection.registration.nick
        let name = call[0] == "*" ? nil : call[0]
        let told = (name ?? nick?.raw ?? "*").asWord
        guard call.count == 3 else {
            return self.fail(call, "INVALID_PARAMS", told, "Write a colon before a password with spaces")
        }
        if connection.sasl != nil {
            let text: Phrase = "You are logging in: end that first (AUTHENTICATE *)"
            return self.fail(call, "TEMPORARILY_UNAVAILABLE", told, text)
        }
        let request = AccountRequest(
            name: name,
            email: call[1] == "*" ? nil : call[1],
            password: Redacted(call[2]),
            nick: nick,
            user: connection.registration.user,
            from: connection.origin,
            session: connection.session?.id,
            hasAccount: connection.session.map { $0.user.account != nil }
                ?? (connection.login != nil || connection.resumption != nil),
            language: connection.language
        )
        let end = self.holding(call)
        call.network.register(
            request,
            through: connection,
            call.awaitingAny { result in
                switch result {
                case .failure(let refusal):
                    connection.refuse(refusal, command: call.row.name, context: [told], isForAll: true)
                    end()
                case .success(.waiting(let account)):
                    let text: Phrase = "Your account waits for an administrator of the network to agree"
                    self.tell(call, "VERIFICATION_REQUIRED", account, text)
                    end()
                case .success(.unverified(let account, let address)):
                    let text: Phrase = "A code was sent to \(address.text): write VERIFY \(account) and the code"
                    self.tell(call, "VERIFICATION_REQUIRED", account, text)
                    end()
                case .success(.active(let login)):
                    self.tell(call, "SUCCESS", login.account, "You have an account now")
                    self.hold(login, call, told, end)
                }
            }
        )
    }

    /// Who sends this knows what answers it.
    private static func fail(_ call: Call, _ code: String, _ account: String, _ text: Phrase) {
        call.connection.standardReply(
            .fail,
            command: call.row.name,
            code: code,
            context: [account],
            isForAll: true,
            text
        )
    }

    private static func tell(_ call: Call, _ outcome: String, _ account: String, _ text: Phrase) {
        let connection = call.connection
        call.send { writer in
            writer.message(
                source: call.server,
                command: call.row.name,
                parameters: [outcome, account, text.text(in: connection.language)],
                forcesTrailing: true
            )
        }
    }
}
