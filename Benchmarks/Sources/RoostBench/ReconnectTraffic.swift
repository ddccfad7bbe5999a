// Everybody comes back at once: connect, the nick of before, the welcome, the channel of before.

import Glibc

/// The way back of all clients of a run.
///
/// The server may learn of a new connection before it has noticed the end of the old one, and then the nick is still taken.
/// The client asks for it again, as clients do.
final class ReconnectTraffic: Traffic {
    private let total: Int
    private let parallel: Int
    private let channel: (Int) -> String
    private var begun = 0
    private var registered = 0
    private var finished = 0
    private var welcomes: [Int]
    private var namesEnded: [Int]
    /// Who asks for a nick again, and when.
    private var again: [(client: Int, due: UInt64)] = []
    private static let pauseNanoseconds: UInt64 = 50_000_000
    /// How often a nick was still taken.
    private(set) var refused = 0

    init(total: Int, parallel: Int, channel: @escaping (Int) -> String) {
        self.total = total
        self.parallel = parallel
        self.channel = channel
        self.welcomes = Array(repeating: 0, count: total)
        self.namesEnded = Array(repeating: 0, count: total)
    }

    /// Returns when all are back in their channels.
    func run(in fleet: Fleet) throws(BenchError) {
        var watch = StallWatch(what: "reconnects")
        while finished < total {
            while begun < total, begun - registered < parallel, fleet.mayConnect() {
                try fleet.connect(begun)
                begun += 1
            }
            try askAgain(in: fleet)
            try fleet.turnByClock(self)
            try watch.check(progress: registered + finished) {
                "\(registered) of \(total) are back, \(finished) in their channels; \(fleet.lastError)"
            }
        }
    }

    /// Checks that everybody was welcomed once and is in the channel once.
    func close() throws(BenchError) {
        for client in 0..<total where welcomes[client] != 1 || namesEnded[client] != 1 {
            throw .violation("client \(client): \(welcomes[client]) welcomes, \(namesEnded[client]) joins")
        }
    }

    private func askAgain(in fleet: Fleet) throws(BenchError) {
        guard let first = again.first, first.due <= monotonicNanoseconds() else { return }
        let due = again
        again = []
        for (client, _) in due { try fleet.send("NICK \(Self.nick(of: client))\r\n", from: client) }
    }

    func opened(_ client: Int, in fleet: Fleet) throws(BenchError) {
        try Registration.greet(client, as: Self.nick(of: client), in: fleet)
    }

    func received(_ line: Line, by client: Int, in fleet: Fleet) throws(BenchError) {
        let (_, command, _) = line.parts
        if command.equals("001") {
            welcomes[client] += 1
        } else if command.equals("376") || command.equals("422") {
            registered += 1
            try fleet.send("JOIN \(channel(client))\r\n", from: client)
        } else if command.equals("366") {
            namesEnded[client] += 1
            finished += 1
        } else if command.equals("433"), welcomes[client] == 0 {
            refused += 1
            again.append((client, monotonicNanoseconds() + Self.pauseNanoseconds))
        } else if Registration.isRefusal(command) {
            throw .violation("client \(client) got: \(line.text)")
        }
    }

    private static func nick(of client: Int) -> String { String(decoding: Nick.bytes(of: client), as: UTF8.self) }
}
