import Mail
import Tenant
import Testing

extension MailMessage {
    /// A mail of which only some parts matter.
    static func sample(
        from: String = "chat@example.com",
        name: String = "Example",
        to: String = "ann@example.org",
        subject: String = "Your code",
        text: String = "123456\n",
        date: Int64 = 1_700_000_000_000,
        identifier: String = "a1.b2",
        language: String? = "en"
    ) throws -> MailMessage {
        MailMessage(
            from: try #require(EmailAddress(from)),
            fromName: name,
            to: try #require(EmailAddress(to)),
            subject: subject,
            text: text,
            date: date,
            identifier: identifier,
            language: language
        )
    }

    /// Its lines without their ends, which are all CR LF.
    var lines: [String] {
        String(decoding: self.encoded, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false).map(
            String.init
        )
    }
}
