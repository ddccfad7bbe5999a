// The command line.

import Glibc

/// What to run against which server.
struct Options {
    /// A kind of load.
    enum Scenario: String, CaseIterable {
        /// Channels in which every member talks, as fast as the server goes.
        case fanout
        /// One-to-one pairs, as fast as the server goes.
        case pairs
        /// Channels at a fixed pace, timed.
        case latency
        /// Memory of registered clients that do nothing.
        case idle
        /// Many clients into the same channels.
        case joins
        /// Clients that come and go.
        case registrations
        /// One channel of very many: joins into it, and talk in it.
        case crowd
        /// Clients that log in and go.
        case logins
        /// Everybody loses the connection at once and comes back.
        case reconnects
    }

    var scenario = Scenario.fanout
    var port: UInt16 = 6667
    var charged: [ChargedProcess] = []
    var channels = 1
    var members = 100
    var window = 64
    var joining = 32
    var clients = 2000
    var parallel = 1000
    var acceptQueue = 64
    var seconds = 3.0
    var warmUp = 0.7
    var rate = 100
    /// Seconds without any progress after which a run is given up.
    var patience = 10.0
    var textLength = 64
    var serverName: String?
    /// How many addresses of 127.0.0.0/8 the clients come from, in turn.
    var addresses = 1
    var joiners = 200
    var mechanism = Scram.mechanism
    var account = "bench"
    var password = ""

    static let help = """
        roost-bench SCENARIO --port N --charge LABEL=PID … [options]

          fanout         --channels N --members N --window N (messages in flight a channel) --seconds S
          pairs          --clients N (twice the pairs) --window N (messages in flight a direction) --seconds S
          latency        --channels N --members N --rate N (messages a second in all) --seconds S
          idle           --clients N [--tls NAME]
          joins          --clients N --channels N --joining N (clients at a time)
          registrations  --clients N
          crowd          --members N --joiners N (of them, timed) --window N --seconds S
          logins         --clients N --mechanism PLAIN|SCRAM-SHA-256 --account NAME --password TEXT
          reconnects     --clients N --channels N

          --parallel N         clients that register at a time
          --addresses N        addresses of 127.0.0.0/8 that clients come from
          --accept-queue N     connections that the server may have left to accept
          --charge LABEL=PID   a process whose CPU and memory to report, its children with it; repeatable
          --warm-up S          seconds before a figure is taken
          --patience S         seconds without any progress after which to give up
          --text N             bytes of a message's text, at least 32
          --tls NAME           speak TLS and indicate NAME as the server's name
        """

    /// - Throws: ``BenchError/usage(_:)`` for anything that is not understood.
    init(_ arguments: [String]) throws(BenchError) {
        guard let first = arguments.first, let scenario = Scenario(rawValue: first) else { throw .usage(Self.help) }
        self.scenario = scenario
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { throw .usage("\(name) needs a value") }
            switch name {
            case "--port": port = try Self.number(value, for: name)
            case "--charge": charged.append(try Self.process(value))
            case "--channels": channels = try Self.number(value, for: name)
            case "--members": members = try Self.number(value, for: name)
            case "--joining": joining = try Self.number(value, for: name)
            case "--window": window = try Self.number(value, for: name)
            case "--clients": clients = try Self.number(value, for: name)
            case "--parallel": parallel = try Self.number(value, for: name)
            case "--accept-queue": acceptQueue = try Self.number(value, for: name)
            case "--rate": rate = try Self.number(value, for: name)
            case "--text": textLength = try Self.number(value, for: name)
            case "--seconds": seconds = try Self.duration(value, for: name)
            case "--patience": patience = try Self.duration(value, for: name)
            case "--warm-up": warmUp = try Self.duration(value, for: name)
            case "--tls": serverName = value
            case "--addresses": addresses = try Self.number(value, for: name)
            case "--joiners": joiners = try Self.number(value, for: name)
            case "--mechanism": mechanism = value
            case "--account": account = value
            case "--password": password = value
            default: throw .usage("unknown option \(name)\n\n\(Self.help)")
            }
        }
        guard members >= 2, clients >= 2, seconds > 0,
            [channels, window, parallel, joining, joiners, acceptQueue, rate, addresses].allSatisfy({ $0 >= 1 })
        else {
            throw .usage("counts must be positive, and a channel has at least two members")
        }
        guard addresses <= 65_536 else { throw .usage("at most 65536 addresses") }
        guard scenario != .crowd || joiners < members else { throw .usage("joiners are fewer than members") }
        guard [Scram.mechanism, "PLAIN"].contains(mechanism) else { throw .usage("no such mechanism: \(mechanism)") }
        guard textLength >= Payload.minimumLength, textLength <= 300 else { throw .usage("--text is 32 to 300") }
        guard channels * members <= 65_536, clients <= 65_536 else { throw .usage("at most 65536 clients") }
    }

    private static func number<Number: FixedWidthInteger>(_ text: String, for name: String) throws(BenchError) -> Number
    {
        guard let number = Number(text), number >= 0 else { throw .usage("\(name) takes a number, not \(text)") }
        return number
    }

    private static func duration(_ text: String, for name: String) throws(BenchError) -> Double {
        guard let seconds = Double(text), seconds >= 0, seconds < 3600 else {
            throw .usage("\(name) takes seconds, not \(text)")
        }
        return seconds
    }

    private static func process(_ text: String) throws(BenchError) -> ChargedProcess {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, let pid = Int32(parts[1]) else { throw .usage("--charge takes LABEL=PID, not \(text)") }
        return ChargedProcess(label: String(parts[0]), pid: pid)
    }
}
