// What a server answers, as libcurl hands it on line by line, and what of it may be told.

import Foundation
import Tenant

/// A reply of one or several lines (RFC 5321 section 4.2.1).
struct SMTPReply {
    /// The longest text that is told.
    static let longestReason = 200
    /// What is kept of a reply, with room for what is taken out of it.
    private static let longestText = 4000

    let code: Int
    private(set) var text: String
    /// Whether another line follows.
    private(set) var isOpen: Bool

    /// Reads a reply's first line, such as `250-SIZE 1000`.
    init?(_ line: some Collection<UInt8>) {
        guard line.count >= 3, line.prefix(3).allSatisfy({ (48...57).contains($0) }) else { return nil }
        self.code = line.prefix(3).reduce(0) { $0 * 10 + Int($1 - 48) }
        (self.text, self.isOpen) = ("", true)
        self.add(line)
    }

    /// Adds another of its lines.
    mutating func add(_ line: some Collection<UInt8>) {
        let rest = line.dropFirst(3)
        self.isOpen = rest.first == UInt8(ascii: "-")
        guard self.text.utf8.count < Self.longestText else { return }
        var words = HeaderText.withoutControls(
            String(decoding: rest.dropFirst().prefix(Self.longestText), as: UTF8.self)
        )
        .split(separator: " ")
        // The enhanced code (RFC 2034) stands on each line.
        if !self.text.isEmpty, words.first == self.text.split(separator: " ").first { words.removeFirst() }
        self.text += (self.text.isEmpty || words.isEmpty ? "" : " ") + words.joined(separator: " ")
    }

    /// What it says, without what nobody may read.
    func reason(hiding secrets: [String]) -> String { Self.reason(self.text, hiding: secrets) }

    /// The beginning of a text, without what nobody may read.
    static func reason(_ text: String, hiding secrets: [String]) -> String {
        let text = secrets.reduce(text) { $0.replacing($1, with: "…") }
        return String(text.prefix(Self.longestReason)).trimmingCharacters(in: .whitespaces)
    }
}

extension MailServer {
    /// In which forms the password goes to the server: as it is (RFC 4616 and LOGIN), each in base64.
    var secrets: [String] {
        guard let username = self.username, let password = self.password?.reveal() else { return [] }
        let forms = ["\0\(username)\0\(password)", password].map { Data($0.utf8).base64EncodedString() }
        // A reply's blanks are single ones.
        let words = password.split(separator: " ").joined(separator: " ")
        return forms + [password, words].filter { !$0.isEmpty }
    }
}
