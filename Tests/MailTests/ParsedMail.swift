// A mail as somebody else reads it: Python's parser, which knows nothing of how it was written.

import Foundation
import Mail
import TestChildren
import Testing

/// What Python's `email` makes of a mail.
struct ParsedMail: Decodable {
    /// Names and values in their order, with encoded-words decoded.
    let headers: [[String]]
    let text: String
    /// Name and address.
    let sender: [String]
    /// What the parser finds wrong.
    let defects: [String]

    subscript(name: String) -> String? { self.headers.first { $0[0] == name }?[1] }

    static let names = [
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
        "Content-Language", "Auto-Submitted",
    ]

    private static let script = """
        import email, email.header, email.policy, email.utils, json, sys
        source = sys.stdin.buffer.read()
        mail = email.message_from_bytes(source, policy=email.policy.default)
        # The newer parser puts a blank between a name's encoded-words, against RFC 2047 section 6.2.
        name, address = email.utils.parseaddr(email.message_from_bytes(source)["From"])
        defects = [str(one) for one in mail.defects]
        defects += [f"{name}: {one}" for name, value in mail.items() for one in value.defects]
        print(json.dumps({
            "headers": [[name, str(value)] for name, value in mail.items()],
            "text": mail.get_content().replace("\\r\\n", "\\n"),
            "sender": [str(email.header.make_header(email.header.decode_header(name))), address],
            "defects": defects,
        }))
        """

    static func parse(_ message: MailMessage) throws -> ParsedMail {
        let child = try Child("/usr/bin/python3", ["-c", Self.script], input: .pipe, output: .pipe)
        child.write(String(decoding: message.encoded, as: UTF8.self))
        child.endInput()
        let output = child.readAll()
        try #require(child.wait() == 0, "\(output)")
        return try JSONDecoder().decode(ParsedMail.self, from: Data(output.utf8))
    }
}
