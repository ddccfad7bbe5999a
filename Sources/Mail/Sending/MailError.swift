// How sending a mail ends when it does not reach a server: what matters is whether to try again.

/// Why a mail was not sent.
package enum MailError: Error, Hashable, CustomStringConvertible {
    /// The server does not take this mail, now or later: a 5xx for its recipient, its sender or what it holds.
    ///
    /// `code` is the reply's, `reason` what the server said with it.
    case refused(code: Int, reason: String)
    /// It may be taken later: a 4xx, or something that others mend, such as the connection, a certificate or a password.
    ///
    /// After a connection that broke in the last moment the server may have it all the same; who sends it again with the same
    /// identifier has it told apart.
    case deferred(reason: String)
    /// Too many wait to be sent already; nobody was asked.
    case busy

    /// What happened, without any secret; for operators, since it names the server.
    package var description: String {
        switch self {
        case .refused(let code, let reason): "the mail server refused the mail: \(code) \(reason)"
        case .deferred(let reason): "the mail was not sent: \(reason)"
        case .busy: "the mail was not sent: too many others wait"
        }
    }
}
