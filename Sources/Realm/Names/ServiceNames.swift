// Names that people take for a service of the network: who has one would be told passwords.

import IRC

/// Nicknames, and names of accounts, that nobody gets.
enum ServiceNames {
    /// What services are called here, by atheme, anope and pyIRCX, and by clients that have aliases for them; folded.
    private static let names: Set<String> = [
        "nickserv", "chanserv", "memoserv", "operserv", "hostserv", "botserv", "helpserv", "infoserv", "saslserv",
        "groupserv", "gameserv", "statserv", "authserv", "userserv", "global", "services", "registrar", "messenger",
        "newsflash", "servicebot", "system",
    ]

    /// Whether it is one, or looks like one.
    static func contains(_ nick: Nickname) -> Bool { self.names.contains(Likeness.form(of: nick)) }
}
