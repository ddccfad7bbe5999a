// What a client is told that was let in by what is remembered.

import IRC
import Realm

extension Connection {
    /// Says so if a log-in was checked against what was remembered of the one before.
    func tellIfRemembered(_ login: LoggedIn, command: String) {
        guard login.isRemembered else { return }
        let text: Phrase = """
            Accounts cannot be read now: you are logged in by what is remembered of an earlier log-in, \
            without the rights that your account may give and what it says of itself (METADATA)
            """
        self.standardReply(.note, command: command, code: "LOGIN_REMEMBERED", text)
    }
}
