/// A line of the server as a client reads it.
///
/// Taken apart here by itself, so that the parser under test does not judge its own writer.
struct Line: CustomStringConvertible {
    /// The whole line.
    let description: String
    private(set) var tags: [String: String] = [:]
    private(set) var source = ""
    private(set) var command = ""
    private(set) var parameters: [String] = []

    init(_ text: String) {
        self.description = text
        var rest = Substring(text)
        func word() -> Substring {
            defer { rest = rest.drop { $0 != " " }.drop { $0 == " " } }
            return rest.prefix { $0 != " " }
        }
        if rest.hasPrefix("@") {
            for tag in word().dropFirst().split(separator: ";") {
                let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                self.tags[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
            }
        }
        if rest.hasPrefix(":") { self.source = String(word().dropFirst()) }
        self.command = String(word())
        while !rest.isEmpty {
            if rest.hasPrefix(":") {
                self.parameters.append(String(rest.dropFirst()))
                break
            }
            self.parameters.append(String(word()))
        }
    }

    /// Who does it; the server's name if the server does.
    var nick: String { String(self.source.prefix { $0 != "!" }) }

    /// The last parameter.
    var text: String { self.parameters.last ?? "" }

    private var isNumeric: Bool { self.command.allSatisfy(\.isNumber) }

    /// In short: who does it, unless the server does; the command; its parameters, without whom a numeric is for.
    var short: String {
        let who = self.source.contains("!") ? [self.nick] : []
        return (who + [self.command] + self.parameters.dropFirst(self.isNumeric ? 1 : 0)).joined(separator: " ")
    }
}

extension [Line] {
    var shorts: [String] { self.map(\.short) }
    var commands: [String] { self.map(\.command) }

    /// The lines of a command.
    func with(_ command: String) -> [Line] { self.filter { $0.command == command } }

    /// Whether there is exactly one line for each beginning, in this order.
    func begin(with beginnings: [String]) -> Bool {
        self.count == beginnings.count && zip(self, beginnings).allSatisfy { $0.short.hasPrefix($1) }
    }
}

/// The answer to a labelled command (IRCv3 labeled-response): what carries the label, taken out of its batch.
struct Answer {
    /// ACK, one line, or what the batch holds.
    private(set) var lines: [Line] = []
    /// What is wrong with its form.
    private(set) var faults: [String] = []
    /// Lines that do not belong to it.
    private(set) var others: [Line] = []

    init(_ label: String, in all: [Line]) {
        var reference: String?
        var isOver = false
        for line in all {
            if line.tags["label"] == label {
                if reference != nil || isOver { self.faults.append("another answer: \(line)") }
                if line.command == "BATCH" {
                    reference = String(line.parameters[0].dropFirst())
                    if line.parameters.dropFirst().first != "labeled-response" { self.faults.append("type: \(line)") }
                } else {
                    self.lines.append(line)
                    isOver = true
                }
            } else if let reference, line.command == "BATCH", line.parameters[0] == "-" + reference {
                isOver = true
            } else if let reference, line.tags["batch"] == reference {
                if isOver { self.faults.append("behind the end: \(line)") }
                self.lines.append(line)
            } else {
                self.others.append(line)
            }
        }
        if !isOver { self.faults.append("no end") }
    }
}
