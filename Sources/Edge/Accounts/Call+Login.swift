import Chat
import IRC
import Realm

/// What a client is told of an account that is its own from now on.
extension Call {
    /// RPL_LOGGEDIN.
    func tellLoggedIn(_ login: LoggedIn, prefix: String) {
        self.reply(.rplLoggedIn, prefix, login.account, text: "You are now logged in as \(login.account)")
    }

    /// Has the client be logged in: before registration at once, after it once the session has the account.
    ///
    /// - Parameters:
    ///   - login: As whom.
    ///   - tell: Tells of it, with the prefix that it holds for.
    ///   - end: Called at the end, with the reason if it could not be done.
    func hold(_ login: LoggedIn, _ tell: @escaping (_ prefix: String) -> Void, end: @escaping (Refusal?) -> Void) {
        let connection = self.connection
        guard let session = connection.session else {
            connection.login = login
            tell("\(connection.nick)!*@*")
            return end(nil)
        }
        connection.accountHeld = {
            connection.login = login
            tell(session.prefix)
        }
        let before = session.user.metadata
        self.network.adopt(
            login,
            by: Actor(session, through: connection),
            self.awaitingAny { result in
                let held = connection.accountHeld.take()
                switch result {
                case .success:
                    held?()
                    MemoServ.tellAtLogIn(connection, session)
                    let changes = before.changes(to: session.user.metadata)
                    connection.tell(changes, of: session.user.nick.raw, .answer)
                    end(nil)
                case .failure(let refusal): end(refusal)
                }
            }
        )
    }
}
