// Getting clients onto the server: connect, NICK, USER, wait for the end of the MOTD; and then perhaps JOIN.

import Glibc

/// Registers a fleet's clients, a bounded number at a time, and then lets them join.
final class Registration: Traffic {
    private let range: Range<Int>
    private let parallel: Int
    private let channel: (Int) -> String?
    private var begun = 0
    private var registered = 0
    private var joined = 0

    /// JOINs that may be on their way at once: each costs a server as much as its channel has members.
    private static let parallelJoins = 32

    /// - Parameters:
    ///   - range: the clients to register.
    ///   - parallel: how many at a time.
    ///   - channel: the channel that a client joins when all are registered, if any.
    init(_ range: Range<Int>, parallel: Int, channel: @escaping (Int) -> String? = { _ in nil }) {
        self.range = range
        self.parallel = parallel
        self.channel = channel
    }

    /// Returns when all clients are registered and in their channels.
    func run(in fleet: Fleet) throws(BenchError) {
        var watch = StallWatch(what: "registration")
        while registered < range.count {
            while begun < range.count, begun - registered < parallel, fleet.mayConnect() {
                try fleet.connect(range.lowerBound + begun)
                begun += 1
            }
            try fleet.turnByClock(self)
            try watch.check(progress: registered) { "\(registered) of \(range.count) done; \(fleet.lastError)" }
        }
        var asked = 0
        for client in range {
            guard let channel = channel(client) else { continue }
            try fleet.send("JOIN \(channel)\r\n", from: client)
            asked += 1
            while asked - joined >= Self.parallelJoins { try turnForJoins(fleet, asked: asked, &watch) }
        }
        while joined < asked { try turnForJoins(fleet, asked: asked, &watch) }
    }

    private func turnForJoins(_ fleet: Fleet, asked: Int, _ watch: inout StallWatch) throws(BenchError) {
        try fleet.turnByClock(self)
        try watch.check(progress: registered + joined) { "\(joined) of \(asked) joins done; \(fleet.lastError)" }
    }

    func opened(_ client: Int, in fleet: Fleet) throws(BenchError) {
        try Self.greet(client, as: String(decoding: Nick.bytes(of: client), as: UTF8.self), in: fleet)
    }

    func received(_ line: Line, by client: Int, in fleet: Fleet) throws(BenchError) {
        let (_, command, _) = line.parts
        if command.equals("376") || command.equals("422") {
            registered += 1
        } else if command.equals("366") {
            joined += 1
        } else if Self.isRefusal(command) {
            throw .violation("client \(client) is refused: \(line.text)")
        }
    }

    static func greet(_ client: Int, as nick: String, in fleet: Fleet) throws(BenchError) {
        try fleet.send("NICK \(nick)\r\nUSER bench 0 * :benchmark client\r\n", from: client)
    }

    /// Whether a numeric means that the server did not do what it was asked to.
    static func isRefusal(_ command: Line.Part) -> Bool {
        guard command.count == 3, let first = command.first else { return false }
        return (first == UInt8(ascii: "4") || first == UInt8(ascii: "5")) && !command.equals("422")
    }
}

/// Fails a run in which nothing moves.
struct StallWatch {
    let what: String
    /// How long nothing may move, in nanoseconds.
    let patience: UInt64
    private var last = -1
    private var since = monotonicNanoseconds()

    init(what: String, patience: Double = 10) {
        self.what = what
        self.patience = UInt64(patience * 1e9)
    }

    /// - Parameters:
    ///   - progress: any number that changes when something moves.
    ///   - detail: what to tell in a failure.
    /// - Throws: ``BenchError/stalled(_:)`` when nothing has moved for longer than ``patience``.
    mutating func check(progress: Int, detail: () -> String) throws(BenchError) {
        let now = monotonicNanoseconds()
        if progress != last {
            last = progress
            since = now
        } else if now - since > patience {
            throw .stalled("\(what): \(detail())")
        }
    }
}
