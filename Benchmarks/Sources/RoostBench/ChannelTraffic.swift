// Channels full of talk: every member but the first sends in turn, everyone checks what it gets.

import Glibc

/// The messages of all channels of a run; client `c` is member `c % members` of channel `c / members`.
final class ChannelTraffic: Traffic {
    let channels: Int
    let members: Int
    private(set) var deliveries = 0
    /// Latencies in nanoseconds, one a delivery, where they are wanted.
    private(set) var latencies: [UInt64] = []
    /// Whether a message that has reached everyone is followed by the channel's next.
    var refills = false
    /// Whether messages carry their time and deliveries are timed.
    var timesDeliveries = false

    private let ledgers: UnsafeMutablePointer<ChannelLedger>
    private let turns: UnsafeMutablePointer<Int>
    private let sourceKeys: UnsafeMutablePointer<UInt64>
    private let textLength: Int
    /// `PRIVMSG #bN :` with the text after it, for each channel, to be filled in and sent.
    private let templates: [UnsafeMutableRawBufferPointer]

    init(channels: Int, members: Int, window: Int, textLength: Int) {
        self.channels = channels
        self.members = members
        self.textLength = textLength
        self.ledgers = .allocate(capacity: channels)
        self.turns = .allocate(capacity: channels)
        self.turns.initialize(repeating: 0, count: channels)
        self.sourceKeys = .allocate(capacity: channels * members)
        for client in 0..<channels * members {
            (self.sourceKeys + client).initialize(to: Nick.sourceKey(of: client))
        }
        self.templates = (0..<channels).map { channel in
            let command = "PRIVMSG \(Self.name(of: channel)) :"
            let line = Array(command.utf8) + Payload.template(length: textLength) + [13, 10]
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: line.count, alignment: 8)
            memory.copyBytes(from: line)
            return memory
        }
        for channel in 0..<channels {
            (self.ledgers + channel).initialize(to: ChannelLedger(members: members, window: window))
        }
    }

    static func name(of channel: Int) -> String { "#b\(channel)" }

    /// Messages that not everyone has yet.
    var inFlight: Int { (0..<channels).reduce(0) { $0 + ledgers[$1].inFlight } }

    /// Sends until the window of a channel is full.
    func fill(_ channel: Int, fleet: Fleet) throws(BenchError) {
        while ledgers[channel].hasRoom { try send(in: channel, fleet: fleet) }
    }

    /// Sends the next message of a channel.
    func send(in channel: Int, fleet: Fleet) throws(BenchError) {
        let member = 1 + turns[channel] % (members - 1)
        turns[channel] += 1
        let number = ledgers[channel].send(from: member)
        guard let base = templates[channel].baseAddress else { return }
        let text = base + (templates[channel].count - 2 - textLength)
        Payload.setNumber(number, in: text)
        Payload.setIndex(channel, in: text)
        if timesDeliveries { Payload.setTime(monotonicNanoseconds(), in: text) }
        try fleet.send(base, count: templates[channel].count, from: channel * members + member)
    }

    func received(_ line: Line, by client: Int, in fleet: Fleet) throws(BenchError) {
        let length = line.bytes.count
        guard length > textLength + 8, let base = line.bytes.baseAddress,
            base.load(fromByteOffset: length - textLength, as: UInt8.self) == Payload.firstByte
        else { return try receivedOther(line, by: client) }
        let text = base + (length - textLength)
        let channel = client / members
        let number = Payload.number(in: text)
        guard Payload.index(in: text) == channel, let sender = ledgers[channel].senderOf(number),
            Nick.sourceKey(in: base) == sourceKeys[channel * members + sender]
        else { throw .violation("client \(client) of channel \(channel) got: \(line.text)") }
        if timesDeliveries { latencies.append(monotonicNanoseconds() &- Payload.time(in: text)) }
        deliveries += 1
        if try ledgers[channel].receive(number, by: client % members), refills { try fill(channel, fleet: fleet) }
    }

    /// Checks the account of every channel after the last delivery.
    func close() throws(BenchError) {
        for channel in 0..<channels { try ledgers[channel].close() }
    }

    /// Forgets what has been timed so far.
    func forgetLatencies() {
        latencies.removeAll(keepingCapacity: true)
    }

    private func receivedOther(_ line: Line, by client: Int) throws(BenchError) {
        let (_, command, _) = line.parts
        if command.equals("PRIVMSG") || Registration.isRefusal(command) {
            throw .violation("client \(client) got: \(line.text)")
        }
    }
}
