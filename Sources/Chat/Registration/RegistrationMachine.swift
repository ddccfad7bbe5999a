package import IRC

/// A connection on its way to a session (RFC 2812 3.1; IRCv3 capability negotiation).
///
/// It says when everything that is needed is there. Whether the nickname is free is not known here: the store says so
/// when the session is made, and ``refuseNick()`` goes back.
package struct RegistrationMachine: ~Copyable {
    private enum State {
        /// May go to `ready` once nick and user are there and negotiation is over.
        case collecting(Collected)
        /// A session is being made; goes to `done`, or back to `collecting` when the nickname is taken.
        case ready(Collected)
        case done
    }

    private struct Collected {
        var nick: Nickname?
        var username: String?
        var realname: String?
        var isNegotiating = false
        var isAuthenticating = false
        var password: String?
    }

    /// What a connection asks to be.
    package struct Candidate: Hashable, Sendable {
        package let nick: Nickname
        package let username: String
        package let realname: String
        /// What PASS said: `account:password` or a password alone.
        package let password: String?
    }

    /// What to do next.
    package enum Action: Hashable, Sendable {
        case wait
        case register(Candidate)
        /// USER came a second time.
        case refuseRepeatedUser
    }

    private var state: State = .collecting(Collected())

    package init() {}

    /// The nickname that was asked for so far, for replies before registration.
    package var nick: Nickname? {
        switch self.state {
        case .collecting(let collected), .ready(let collected): collected.nick
        case .done: nil
        }
    }

    /// The user name and real name that USER gave, before registration.
    package var user: (username: String, realname: String)? {
        switch self.state {
        case .collecting(let collected), .ready(let collected):
            guard let username = collected.username, let realname = collected.realname else { return nil }
            return (username, realname)
        case .done: return nil
        }
    }

    /// Whether nothing was said yet that leads to a session.
    package var isUntouched: Bool {
        guard case .collecting(let collected) = self.state else { return false }
        return collected.nick == nil && collected.username == nil && collected.password == nil
            && !collected.isNegotiating && !collected.isAuthenticating
    }

    package mutating func receivedNick(_ nick: Nickname) -> Action { self.advance { $0.nick = nick } }

    package mutating func receivedUser(username: String, realname: String) -> Action {
        var isRepeated = false
        let action = self.advance { collected in
            isRepeated = collected.username != nil
            if !isRepeated { (collected.username, collected.realname) = (username, realname) }
        }
        return isRepeated ? .refuseRepeatedUser : action
    }

    package mutating func receivedPassword(_ password: String) { _ = self.advance { $0.password = password } }

    /// CAP LS or REQ: nothing happens before CAP END.
    package mutating func negotiationBegan() { _ = self.advance { $0.isNegotiating = true } }

    package mutating func negotiationEnded() -> Action { self.advance { $0.isNegotiating = false } }

    /// AUTHENTICATE: registration waits for its end, even after CAP END.
    package mutating func authenticationBegan() { _ = self.advance { $0.isAuthenticating = true } }

    package mutating func authenticationEnded() -> Action { self.advance { $0.isAuthenticating = false } }

    /// The nickname turned out to be taken: wait for another.
    package mutating func refuseNick() {
        switch self.state {
        case .ready(var collected):
            collected.nick = nil
            self.state = .collecting(collected)
        case .collecting, .done: break
        }
    }

    package mutating func completed() { self.state = .done }

    private mutating func advance(_ change: (inout Collected) -> Void) -> Action {
        switch self.state {
        case .collecting(var collected):
            change(&collected)
            guard let nick = collected.nick, let username = collected.username, let realname = collected.realname,
                !collected.isNegotiating, !collected.isAuthenticating
            else {
                self.state = .collecting(collected)
                return .wait
            }
            self.state = .ready(collected)
            return .register(
                Candidate(nick: nick, username: username, realname: realname, password: collected.password)
            )
        case .ready, .done:
            return .wait
        }
    }
}
