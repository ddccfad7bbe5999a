/// Lines that belong together, as a client puts them together (IRCv3 batch).
struct Batch {
    let type: String
    let parameters: [String]
    let label: String?
    fileprivate(set) var lines: [Line] = []
    fileprivate(set) var isOver = false

    /// What its messages say.
    var texts: [String] { self.lines.map(\.text) }

    /// The `time` tag of its first and of its last line, as a reference for CHATHISTORY.
    var first: String { "timestamp=" + (self.lines.first?.tags["time"] ?? "") }
    var last: String { "timestamp=" + (self.lines.last?.tags["time"] ?? "") }
}

extension [Line] {
    /// The batches among these, in the order in which they began.
    ///
    /// A line of a batch that has not begun, or is over, is in none.
    var batches: [Batch] {
        var order: [String] = []
        var found: [String: Batch] = [:]
        for line in self {
            guard line.command == "BATCH", let word = line.parameters.first else {
                if let name = line.tags["batch"], found[name]?.isOver == false { found[name]?.lines.append(line) }
                continue
            }
            let name = String(word.dropFirst())
            if word.hasPrefix("+") {
                order.append(name)
                found[name] = Batch(
                    type: line.parameters[1],
                    parameters: [String](line.parameters.dropFirst(2)),
                    label: line.tags["label"]
                )
            } else {
                found[name]?.isOver = true
            }
        }
        return order.compactMap { found[$0] }
    }

    /// The batch that answers a labelled command; nil if there is none that has come to its end.
    func batch(labelled label: String) -> Batch? { self.batches.first { $0.label == label && $0.isOver } }

    /// The one line that answers a labelled command.
    func line(labelled label: String) -> Line? { self.first { $0.tags["label"] == label && $0.command != "BATCH" } }
}
