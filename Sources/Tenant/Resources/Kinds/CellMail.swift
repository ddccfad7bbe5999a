// By which server the edges of a cell send mail: codes that prove addresses, passwords that were forgotten.

/// The mail server of a cell.
package struct CellMail: Hashable, Sendable {
    /// Whether what is sent is encrypted on its way to the server.
    package enum Security: String, Hashable, Sendable, CaseIterable {
        /// It is, and the server has a certificate that holds, or nothing is sent.
        case required = "Required"
        /// It is not.
        case none = "None"
    }

    /// The server.
    package var server = MailServerURL.unnamed
    /// The address that mail comes from.
    package var from = ""
    /// Who the edges are to the server; `nil` if it asks nobody.
    package var username: String?
    /// The password of ``username``.
    package var passwordSecretRef: SecretKeyReference?
    /// Whether what is sent is encrypted.
    package var tls: Security = .required
}

extension CellMail: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "server",
            \.server,
            .mailServer,
            required: "write server: smtp://mail.example.com:587",
            """
            The server: smtp:// with a name, where TLS begins by STARTTLS, or smtps://, where it is there from the start. \
            Without a port it is 587 for the one and 465 for the other. Edges may connect to that port anywhere.
            """
        ),
        Setting(
            "from",
            \.from,
            .emailAddress,
            required: "write from: chat@example.com, the address that mail comes from",
            "The address that mail comes from."
        ),
        Setting(
            "username",
            \.username,
            .line,
            "Who the edges are to the server, with passwordSecretRef; by default nobody."
        ),
        Setting(
            "passwordSecretRef",
            \.passwordSecretRef,
            .object,
            """
            The key of a Secret in the operator's namespace that holds the password of username. Edges read it when they \
            start: they need it to be there, and are replaced when it changes.
            """
        ),
        Setting(
            "tls",
            \.tls,
            .choice,
            "Required: by TLS, with a certificate that holds, or not at all. None: in clear, for a server that is trusted as its network is and asks for no password."
        ),
    ]

    static let rules = [
        Schema.Rule(
            "has(self.username) == has(self.passwordSecretRef)",
            "username and passwordSecretRef go together"
        ),
        Schema.Rule(
            "!has(self.tls) || self.tls != 'None' || (!self.server.startsWith('smtps://') && !has(self.username))",
            "None is for smtp:// without a username: a password goes by TLS alone"
        ),
    ]

    static func check(_ value: Self, _ fields: ObjectFields) {
        if value.tls != .required, value.server.isEncrypted || value.username != nil {
            let text = "None is for smtp:// without a username: leave it out, since a password goes by TLS alone"
            fields["tls"].report(.badValue, text)
        }
        let both = ["username", "passwordSecretRef"]
        let missing = both.filter { !fields[$0].isPresent }
        guard missing.count == 1 else { return }
        fields[missing[0]].report(.missing, "is missing: write both username and passwordSecretRef, or neither")
    }
}

extension SettingType where Value == MailServerURL {
    /// Where a mail server is.
    fileprivate static var mailServer: SettingType {
        let expected = "mail server: write smtp://mail.example.com:587 or smtps://mail.example.com:465"
        return SettingType(
            "URL",
            Schema([
                "type": "string", "pattern": .text(MailServerURL.pattern),
                "maxLength": .integer(MailServerURL.maximumBytes),
            ]),
            read: { $0.parsed(expected) { MailServerURL($0) } },
            plain: { .text($0.text) }
        )
    }
}

extension SettingType where Value == String {
    /// An address that mail is sent to or comes from, in ASCII.
    fileprivate static var emailAddress: SettingType {
        let label = DNSName.labelPattern
        let local = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
        return SettingType.text(
            "mail address",
            "mail address: write one such as chat@example.com",
            pattern: "^\(local)([.]\(local))*@\(label)([.]\(label))+$",
            maxLength: EmailAddress.longest,
            { text in text.utf8.allSatisfy { $0 < 0x80 } ? EmailAddress(text)?.text : nil }
        )
        .obeying([.init("self.split('@')[0].size() <= 64", "what stands before the @ has 64 characters at most")])
    }
}
