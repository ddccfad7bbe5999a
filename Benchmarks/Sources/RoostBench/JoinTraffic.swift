// Many clients into the same channels: every join is told to all who are there already, and the names to the one who comes.

import Glibc

/// The joins of a run.
///
/// Every client must learn of every other in every channel: those before it by NAMES, those after it by
/// one JOIN each.
final class JoinTraffic: Traffic {
    private let members: Int
    private let channels: Int
    private let parallel: Int
    /// For client, channel, other: bit 0 when a JOIN told of the other, bit 1 when NAMES did.
    private let known: UnsafeMutablePointer<UInt8>
    private var namesEnded: [Int]
    private var begun = 0
    private var finished = 0
    private(set) var notices = 0

    init(members: Int, channels: Int, parallel: Int) {
        self.members = members
        self.channels = channels
        self.parallel = parallel
        self.known = .allocate(capacity: members * channels * members)
        self.known.initialize(repeating: 0, count: members * channels * members)
        self.namesEnded = Array(repeating: 0, count: members)
    }

    /// Returns when the first `count` clients have joined and all of them have been told of each other.
    func run(in fleet: Fleet, until count: Int) throws(BenchError) {
        var watch = StallWatch(what: "joins")
        // JOIN lines that all clients together must get.
        let noticesDue = channels * count * (count + 1) / 2
        while finished < count || notices < noticesDue {
            while begun < count, begun - finished < parallel {
                let lines = (0..<channels).map { "JOIN \(ChannelTraffic.name(of: $0))\r\n" }.joined()
                try fleet.send(lines, from: begun)
                begun += 1
            }
            try fleet.turnByClock(self)
            try watch.check(progress: notices + finished) {
                "\(finished) of \(count) clients have joined, \(notices) of \(noticesDue) notices came"
            }
        }
    }

    /// Checks that every client knows of every other.
    func close() throws(BenchError) {
        for client in 0..<members {
            for channel in 0..<channels {
                for other in 0..<members where known[place(client, channel, other)] == 0 {
                    throw .violation("client \(client) was never told that \(other) is in channel \(channel)")
                }
            }
        }
    }

    func received(_ line: Line, by client: Int, in fleet: Fleet) throws(BenchError) {
        let (source, command, rest) = line.parts
        if command.equals("JOIN") {
            try joined(source, channel: rest, seenBy: client, line: line)
        } else if command.equals("353") {
            try named(rest, to: client, line: line)
        } else if command.equals("366") {
            namesEnded[client] += 1
            guard namesEnded[client] <= channels else { throw .violation("client \(client) got: \(line.text)") }
            if namesEnded[client] == channels { finished += 1 }
        } else if Registration.isRefusal(command) {
            throw .violation("client \(client) got: \(line.text)")
        }
    }

    private func joined(
        _ source: Line.Part,
        channel: Line.Part,
        seenBy client: Int,
        line: Line
    ) throws(BenchError) {
        guard let other = Nick.client(in: source), other < members, let channel = Self.channel(in: channel),
            channel < channels, known[place(client, channel, other)] & 1 == 0
        else { throw .violation("client \(client) got: \(line.text)") }
        known[place(client, channel, other)] |= 1
        notices += 1
    }

    private func named(
        _ rest: Line.Part,
        to client: Int,
        line: Line
    ) throws(BenchError) {
        // <client> <symbol> <channel> :<names>
        var rest = rest
        _ = Line.word(from: &rest)
        _ = Line.word(from: &rest)
        guard let channel = Self.channel(in: Line.word(from: &rest)), channel < channels else {
            throw .violation("client \(client) got: \(line.text)")
        }
        while !rest.isEmpty {
            guard let other = Nick.client(in: Line.word(from: &rest)), other < members else { continue }
            known[place(client, channel, other)] |= 2
        }
    }

    private func place(_ client: Int, _ channel: Int, _ other: Int) -> Int {
        (client * channels + channel) * members + other
    }

    /// The number in `#bN`, which may follow a colon and precede further parameters.
    private static func channel(in text: Line.Part) -> Int? {
        let digits = text.drop { $0 != UInt8(ascii: "b") }.dropFirst().prefix { (48...57).contains($0) }
        return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
