// Clients that come and go: connect, NICK, USER, the welcome up to the end of the MOTD, QUIT, and the server's close.

import Glibc

/// The registrations of a run; each client of the fleet registers again and again under a new nick.
final class RegistrationTraffic: Traffic {
    private let total: Int
    private var started = 0
    private var greeted = 0
    private(set) var finished = 0
    private var idle: [Int]
    private var welcomes: [Int]
    private var quits: [Bool]

    init(total: Int, parallel: Int) {
        self.total = total
        self.idle = Array(0..<parallel)
        self.welcomes = Array(repeating: 0, count: parallel)
        self.quits = Array(repeating: false, count: parallel)
    }

    /// Returns when all registrations are over and all connections closed by the server.
    func run(in fleet: Fleet) throws(BenchError) {
        var watch = StallWatch(what: "registrations")
        while finished < total {
            while started < total, fleet.mayConnect(), let client = idle.popLast() {
                started += 1
                welcomes[client] = 0
                quits[client] = false
                try fleet.connect(client)
            }
            try fleet.turnByClock(self)
            try watch.check(progress: finished) { "\(finished) of \(total) done; \(fleet.lastError)" }
        }
    }

    func opened(_ client: Int, in fleet: Fleet) throws(BenchError) {
        try Registration.greet(client, as: "r" + String(greeted, radix: 16), in: fleet)
        greeted += 1
    }

    func received(_ line: Line, by client: Int, in fleet: Fleet) throws(BenchError) {
        let (_, command, _) = line.parts
        if command.equals("001") {
            welcomes[client] += 1
        } else if command.equals("376") || command.equals("422") {
            guard welcomes[client] == 1, !quits[client] else { throw .violation("client \(client) got: \(line.text)") }
            quits[client] = true
            try fleet.send("QUIT :done\r\n", from: client)
        } else if Registration.isRefusal(command) {
            throw .violation("client \(client) got: \(line.text)")
        }
    }

    func closed(_ client: Int, in fleet: Fleet) throws(BenchError) {
        guard quits[client] else { throw .closed(client: client, reason: fleet.lastError) }
        fleet.disconnect(client)
        finished += 1
        idle.append(client)
    }
}
