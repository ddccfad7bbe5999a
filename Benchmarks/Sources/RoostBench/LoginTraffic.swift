// Clients that log in: connect, SASL before registration, the welcome, QUIT, the server's close. One more client, who is there
// already, asks for PONGs all the while.

import Glibc

/// The log-ins of a run; each client of the fleet logs in again and again under a new nick, all to the same account.
///
/// The fleet's last client is the one who asks; it is registered already.
final class LoginTraffic: Traffic {
    private enum Step {
        case capability, authentication, proof, welcome, quit
    }

    private let mechanism: String
    private let account: String
    private let password: String
    private let bystander: Int
    private var started = 0
    private var greeted = 0
    private(set) var finished = 0
    private var idle: [Int]
    private var steps: [Step]
    private var exchanges: [Scram]
    /// Nanoseconds that each PONG took.
    private(set) var answers: [UInt64] = []
    private var asked: UInt64?
    private var nextQuestion: UInt64 = 0
    private static let questionNanoseconds: UInt64 = 5_000_000
    private var keys = ScramKeys()

    init(total: Int, parallel: Int, mechanism: String, account: String, password: String) {
        self.mechanism = mechanism
        self.account = account
        self.password = password
        self.bystander = parallel
        self.idle = Array(0..<parallel)
        self.steps = Array(repeating: .capability, count: parallel)
        self.exchanges = Array(repeating: Scram(account: account, nonce: ""), count: parallel)
    }

    /// Returns when so many log-ins are over and their connections closed by the server.
    func run(in fleet: Fleet, until total: Int) throws(BenchError) {
        var watch = StallWatch(what: "log-ins", patience: 30)
        while finished < total {
            while started < total, fleet.mayConnect(), let client = idle.popLast() {
                started += 1
                steps[client] = .capability
                exchanges[client] = Scram(account: account, nonce: "n" + String(started, radix: 16))
                try fleet.connect(client)
            }
            try ask(in: fleet)
            try fleet.turnByClock(self)
            try watch.check(progress: finished) { "\(finished) of \(total) done; \(fleet.lastError)" }
        }
    }

    /// Forgets how long answers took so far.
    func forgetAnswers() { answers = [] }

    private func ask(in fleet: Fleet) throws(BenchError) {
        let now = monotonicNanoseconds()
        guard asked == nil, now >= nextQuestion else { return }
        asked = now
        nextQuestion = now + Self.questionNanoseconds
        try fleet.send("PING :there\r\n", from: bystander)
    }

    func opened(_ client: Int, in fleet: Fleet) throws(BenchError) {
        try fleet.send("CAP REQ :sasl\r\n", from: client)
        greeted += 1
        try Registration.greet(client, as: "l" + String(greeted, radix: 16), in: fleet)
    }

    func received(_ line: Line, by client: Int, in fleet: Fleet) throws(BenchError) {
        let (_, command, rest) = line.parts
        if client == bystander { return hear(command) }
        switch steps[client] {
        case .capability where command.equals("CAP"):
            steps[client] = .authentication
            try fleet.send("AUTHENTICATE \(mechanism)\r\n", from: client)
        case .authentication where command.equals("AUTHENTICATE"):
            try authenticate(client, String(decoding: rest, as: UTF8.self), in: fleet)
        case .proof where command.equals("AUTHENTICATE"):
            try exchanges[client].check(String(decoding: rest, as: UTF8.self))
            try fleet.send("AUTHENTICATE +\r\n", from: client)
        case .authentication where command.equals("903"), .proof where command.equals("903"):
            steps[client] = .welcome
            try fleet.send("CAP END\r\n", from: client)
        case .welcome where command.equals("376") || command.equals("422"):
            steps[client] = .quit
            try fleet.send("QUIT :done\r\n", from: client)
        default:
            if command.equals("FAIL") || command.equals("908") || Registration.isRefusal(command)
                || (command.first == UInt8(ascii: "9") && !command.equals("900"))
            {
                throw .violation("client \(client) got: \(line.text)")
            }
        }
    }

    private func authenticate(_ client: Int, _ text: String, in fleet: Fleet) throws(BenchError) {
        let answer: String
        if mechanism != Scram.mechanism {
            answer = Base64.encode(Array("\0\(account)\0\(password)".utf8))
        } else if text == "+" {
            answer = exchanges[client].first
        } else {
            answer = try exchanges[client].proof(for: text, password: password, keys: &keys)
            steps[client] = .proof
        }
        try fleet.send("AUTHENTICATE \(answer)\r\n", from: client)
    }

    private func hear(_ command: Line.Part) {
        guard command.equals("PONG"), let asked else { return }
        answers.append(monotonicNanoseconds() - asked)
        self.asked = nil
    }

    func closed(_ client: Int, in fleet: Fleet) throws(BenchError) {
        guard client != bystander, steps[client] == .quit else {
            throw .closed(client: client, reason: fleet.lastError)
        }
        fleet.disconnect(client)
        finished += 1
        idle.append(client)
    }
}
