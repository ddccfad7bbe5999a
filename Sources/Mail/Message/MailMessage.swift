// A mail as it goes over the wire. Whatever its parts hold, there are exactly the headers that are written here: controls
// become blanks, and an address is checked by its type.

package import Tenant

/// One mail of plain text to one person.
package struct MailMessage: Sendable {
    /// Who sends it, in the envelope too.
    package let from: EmailAddress
    /// The sender's name for people; may be empty.
    package let fromName: String
    /// Who gets it.
    package let to: EmailAddress
    /// What it is about.
    package let subject: String
    /// What it says, in lines that end with LF or CR LF.
    package let text: String
    /// When it was written, in milliseconds since 1970.
    package let date: Int64
    /// What tells it from others: the left part of its Message-ID, whose right one is the sender's domain.
    ///
    /// A mail that is sent again keeps it, so that who gets it twice can tell.
    package let identifier: String
    /// The language of its text as a tag (RFC 5646), if it is known.
    package let language: String?

    /// Takes the parts; see the properties.
    package init(
        from: EmailAddress,
        fromName: String,
        to: EmailAddress,
        subject: String,
        text: String,
        date: Int64,
        identifier: String,
        language: String? = nil
    ) {
        self.from = from
        self.fromName = fromName
        self.to = to
        self.subject = subject
        self.text = text
        self.date = date
        self.identifier = identifier
        self.language = language
    }

    /// The mail in the form of RFC 5322 and MIME (RFC 2045); its dots at the beginnings of lines are not doubled yet.
    ///
    /// ASCII, unless the part of an address before the @ is not (RFC 6532).
    package var encoded: [UInt8] {
        var headers = [
            "From: \(self.sender)",
            "To: \(self.to.text)",
            "Subject: \(HeaderText.unstructured(self.subject, from: 9))",
            "Date: \(MailDate.text(self.date))",
            "Message-ID: <\(self.leftOfMessageID)@\(self.from.domain)>",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
        ]
        if let language = self.language, Self.isTag(language) { headers.append("Content-Language: \(language)") }
        // Nobody's absence is to be answered to a program (RFC 3834 section 5).
        headers.append("Auto-Submitted: auto-generated")
        return Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8) + QuotedPrintable.encoded(self.text)
    }

    private var sender: String {
        let (name, address) = (HeaderText.phrase(self.fromName, from: 6), self.from.text)
        guard !name.isEmpty else { return address }
        let lastLine = name.utf8.reversed().prefix { $0 != 10 }.count
        let column = lastLine + (lastLine == name.utf8.count ? 6 : 0)
        return name + (column + address.utf8.count + 3 > HeaderText.longestLine ? "\r\n " : " ") + "<\(address)>"
    }

    /// The identifier with what may stand there unquoted (RFC 5322 section 3.6.4): dots stand between others only.
    private var leftOfMessageID: String {
        let bytes = self.identifier.utf8.prefix(128).map { byte in
            byte.isLetterOrDigit || [UInt8(ascii: "."), UInt8(ascii: "_")].contains(byte) ? byte : UInt8(ascii: "-")
        }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ".")
        return parts.isEmpty ? "mail" : parts.joined(separator: ".")
    }

    private static func isTag(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
    }
}
