// How long names and texts may be. A line has 512 bytes, and what one user writes must fit into the lines that all others are
// told of it, under the longest names: so each limit follows from the others.

/// The most bytes of UTF-8 that names and texts have: what 005 tells, in the unit in which clients count a line.
///
/// ```
/// :nick!user@host TOPIC #channel :text      1 + 117 + 7 + 64 + 2 + text + 2
/// :nick!user@host KICK #channel nick :text  1 + 117 + 6 + 64 + 1 + 32 + 2 + text + 2
/// :server 301 nick nick :text               1 + 63 + 5 + 32 + 1 + 32 + 2 + text + 2
/// ```
package enum Lengths {
    /// A nickname, and an account's name, which may be its owner's nickname.
    package static let nick = 32
    /// A username, with the `~` before it.
    package static let username = 20
    /// What is shown as a user's host, and a server's name.
    package static let host = 63
    /// `nick!user@host`.
    package static let prefix = nick + 1 + username + 1 + host
    /// A channel's name, with its `#`.
    package static let channel = 64
    /// A user's real name.
    package static let realname = 128
    package static let topic = 307
    /// What KICK, PART, QUIT, KILL and REDACT give for a reason.
    package static let reason = 255
    /// What somebody is away with.
    package static let away = 200
    /// What WALLOPS says.
    package static let announcement = 380
}
