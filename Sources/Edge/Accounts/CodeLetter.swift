import IRC
package import StateStore
package import Tenant

/// The letter that brings a code, or tells of what one did, in the language of who asked for it.
package struct CodeLetter: Hashable, Sendable {
    package let subject: String
    /// Paragraphs, with an empty line between them.
    package let text: String

    /// Writes a letter.
    ///
    /// - Parameters:
    ///   - due: What for.
    ///   - code: The code; of what proves nothing it is in no letter.
    ///   - network: What the network is called.
    ///   - serverName: Where it is.
    package init(for due: DueCode, code: Redacted<String>, network: String, serverName: String) {
        let (account, code) = (due.subject.account, code.reveal())
        let language = Language(code: due.language) ?? .english
        let place = network == serverName ? network : "\(network) (\(serverName))"
        let subject: Phrase
        let paragraphs: [Phrase]
        switch due.subject.purpose {
        case .registration:
            subject = "Your account on \(network)"
            paragraphs = [
                "Somebody, most likely you, registered the account \(account) on \(place).",
                "Your code is \(code). Write it there within a day:",
                .verbatim("/msg NickServ VERIFY \(account) \(code)"),
                "If it was not you, ignore this letter: the account goes by itself.",
            ]
        case .address:
            subject = "Your address on \(network)"
            paragraphs = [
                "The account \(account) on \(place) says that this is its address.",
                "Your code is \(code). Write it there within a day:",
                .verbatim("/msg NickServ VERIFY \(account) \(code)"),
                "If the account is not yours, ignore this letter: nothing more is sent to you.",
            ]
        case .password:
            subject = "A new password on \(network)"
            paragraphs = [
                "Somebody, most likely you, asked for a new password of the account \(account) on \(place).",
                "Your code is \(code). Write it there within an hour, and the new password behind it:",
                .verbatim("/msg NickServ RESETPASS \(account) \(code) …"),
                "If it was not you, ignore this letter: your password stays as it is.",
            ]
        case .formerAddress:
            subject = "The address of your account on \(network)"
            paragraphs = [
                "This was the address of the account \(account) on \(place), and is so no more.",
                "If you changed that, ignore this letter: nothing more is sent to you.",
                "If you did not, somebody knows your password: write to those who look after \(network).",
            ]
        }
        self.subject = subject.text(in: language)
        self.text = paragraphs.map { $0.text(in: language) }.joined(separator: "\n\n") + "\n"
    }
}
