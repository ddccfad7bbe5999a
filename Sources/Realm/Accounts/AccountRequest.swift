package import Chat
package import IRC
package import StateStore
package import Tenant

/// What somebody says who wants an account.
package struct AccountRequest: Sendable {
    /// The name that it is to have; nil for the nickname.
    let name: String?
    /// Where mail goes; nil for nowhere.
    let email: String?
    let password: Redacted<String>
    /// The nickname of who asks; nil if there is none yet.
    let nick: Nickname?
    /// The user name and real name of who asks before there is a session; nil if they are not known yet.
    let user: (username: String, realname: String)?
    /// What counts as one client: an address, or the network that one client has all of.
    let clients: String
    /// The session of who asks; nil before there is one.
    let session: SessionID?
    /// Whether who asks has logged in.
    let hasAccount: Bool
    /// The language that mail is to be in.
    let language: Language

    package init(
        name: String?,
        email: String?,
        password: Redacted<String>,
        nick: Nickname?,
        user: (username: String, realname: String)? = nil,
        from clients: String,
        session: SessionID?,
        hasAccount: Bool,
        language: Language
    ) {
        self.name = name
        self.email = email
        self.password = password
        self.nick = nick
        self.user = user
        self.clients = clients
        self.session = session
        self.hasAccount = hasAccount
        self.language = language
    }
}

/// An account that the rules allow, to be made.
package struct AllowedAccount: Sendable {
    package let name: String
    package let email: EmailAddress?
    package let password: Redacted<String>
    package let state: Account.State
    /// What is to be sent to the address; nil for nothing.
    package let code: CodeOrder?
}

/// What came of a request for an account.
package enum RegisteredAccount: Sendable {
    /// Who asked may go on as if it had logged in.
    case active(LoggedIn)
    /// An administrator has to agree first.
    case waiting(String)
    /// A code was sent to this address, which somebody has to write first.
    case unverified(String, EmailAddress)
}
