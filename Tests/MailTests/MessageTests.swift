import Foundation
import Mail
import Tenant
import Testing

/// Mails are read by others as they were meant, whatever they are made of.
struct MessageTests {
    @Test func `a mail has the headers that mail needs, and says that a program wrote it`() throws {
        let message = try MailMessage.sample()
        #expect(
            message.lines == [
                "From: \"Example\" <chat@example.com>",
                "To: ann@example.org",
                "Subject: Your code",
                "Date: Tue, 14 Nov 2023 22:13:20 +0000",
                "Message-ID: <a1.b2@example.com>",
                "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
                "Content-Language: en",
                "Auto-Submitted: auto-generated",
                "",
                "123456",
                "",
            ]
        )
    }

    private static let texts = [
        "Your code", "Dein Bestätigungscode für „Beispiel“", "確認コード", "👩‍👩‍👧‍👦🏳️‍🌈", String(repeating: "ä", count: 300),
        String(repeating: "longer ", count: 40) + "end", String(repeating: "x", count: 400), "=?utf-8?b?aGk=?=", "a  b",
        "a=?b", "Bob \"the\" \\ builder, <bob@example.net>; (really)", "\u{10FFFF}e\u{301}", "x", "50% off: a_b?",
        String(repeating: "word ", count: 13) + "€", "\u{202E}abc", "- - -",
        "Δ" + String(repeating: "a", count: 44) + "Δ",
    ]

    @Test(arguments: texts)
    func `a subject and a name are read as they were written, in short lines of ASCII`(text: String) throws {
        let message = try MailMessage.sample(name: text, subject: text)
        let parsed = try ParsedMail.parse(message)
        #expect(parsed.headers.map { $0[0] } == ParsedMail.names)
        #expect(parsed["Subject"] == text)
        #expect(parsed.sender == [text, "chat@example.com"])
        #expect(parsed.defects == [])
        #expect(message.encoded.allSatisfy { $0 < 0x80 })
        #expect(message.lines.allSatisfy { $0.utf8.count <= 76 })
        // Each encoded-word is whole by itself.
        for line in message.lines {
            for word in line.split(separator: " ") where word.hasPrefix("=?utf-8?b?") && word.hasSuffix("?=") {
                #expect(word.utf8.count <= 75)
                let bytes = Data(base64Encoded: String(word.dropFirst(10).dropLast(2)))
                #expect(bytes.flatMap { String(data: $0, encoding: .utf8) } != nil)
            }
        }
    }

    @Test(arguments: [
        "x\r\nBcc: eve@example.net", "x\nBcc: eve@example.net", "x\rBcc: eve@example.net", "\r\n\r\nanother body",
        "x\0y", "x\u{0B}y\u{0C}z", "x\u{85}Bcc: eve@example.net", "x\u{2028}Bcc: eve@example.net", "x\r\n \r\n y",
        "\u{7F}\u{1B}[2J",
        "x>\r\nBcc: eve@example.net\r\n<y", "ä\r\nBcc: eve@example.net", "", " ", "\t", "?=\r\nBcc: eve@example.net",
    ])
    func `nothing that a mail is made of adds a header or a body`(text: String) throws {
        let message = try MailMessage.sample(name: text, subject: text, identifier: text, language: text)
        let parsed = try ParsedMail.parse(message)
        #expect(parsed.headers.map { $0[0] } == ParsedMail.names.filter { $0 != "Content-Language" })
        #expect(parsed.text == "123456\n")
        let shown = text.unicodeScalars.map { scalar -> String in
            scalar.properties.generalCategory == .control || scalar == "\u{2028}" ? " " : String(scalar)
        }
        .joined()
        #expect(parsed["Subject"] == shown)
        #expect(parsed.sender[0] == shown.trimmingCharacters(in: .whitespaces))
        // CR and LF stand together only.
        let bytes = message.encoded
        for index in bytes.indices where bytes[index] == 13 || bytes[index] == 10 {
            #expect(bytes[index] == 13 ? bytes[index + 1] == 10 : bytes[index - 1] == 13)
        }
        let identifier = try #require(message.lines.first { $0.hasPrefix("Message-ID: ") })
        #expect(identifier.wholeMatch(of: /Message-ID: <[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*@example\.com>/) != nil)
    }

    @Test(arguments: [
        "Hello\n\nGoodbye\n", "no end", "", "\n", ".\n..\n.a\n", "a=b\t=20\n", "blank at the end \nand a tab\t\n",
        String(repeating: "x", count: 1000), String(repeating: "ü", count: 500) + "\n", "x\u{0}y\u{7F}\n",
        "From here\n>From\n",
        "Grüße 👋\n\n-- \nEure Köche\n", String(repeating: "a b ", count: 300) + "\n", String(repeating: "=", count: 77),
        String(repeating: "y", count: 75) + "\n" + String(repeating: "z", count: 76) + " \n", "line\u{2028}separator\n",
    ])
    func `a text is read as it was written, from short lines of ASCII`(text: String) throws {
        let message = try MailMessage.sample(text: text)
        let parsed = try ParsedMail.parse(message)
        #expect(parsed.text == (text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"))
        #expect(message.encoded.allSatisfy { $0 < 0x80 })
        for line in message.lines {
            #expect(line.utf8.count <= 76)
            #expect(line.isEmpty || ![" ", "\t"].contains(line.last))
            #expect(!line.hasPrefix("From "))
        }
    }

    @Test(arguments: ["a\nb\n", "a\r\nb\r\n", "a\rb\r", "a\r\nb"])
    func `every end of a line is one`(text: String) throws {
        #expect(try MailMessage.sample(text: text).lines.suffix(3) == ["a", "b", ""])
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (951_782_399_999, "Mon, 28 Feb 2000 23:59:59 +0000"),
        (951_782_400_000, "Tue, 29 Feb 2000 00:00:00 +0000"), (1_767_225_599_000, "Wed, 31 Dec 2025 23:59:59 +0000"),
        (Int64.min, "Thu, 01 Jan 1970 00:00:00 +0000"), (Int64.max, "Fri, 31 Dec 9999 23:59:59 +0000"),
    ])
    func `a date is written in English and UTC`(time: Int64, text: String) throws {
        #expect(try MailMessage.sample(date: time).lines.contains("Date: \(text)"))
    }
}
