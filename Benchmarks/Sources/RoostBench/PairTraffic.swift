// One-to-one: client 2n and client 2n+1 talk to each other, both ways at once.

import Glibc

/// The messages of all pairs of a run.
final class PairTraffic: Traffic {
    private(set) var deliveries = 0
    private(set) var sent = 0
    /// Whether a delivered message is followed by its sender's next.
    var refills = false

    private let textLength: Int
    private let numbersSent: UnsafeMutablePointer<UInt32>
    private let numbersReceived: UnsafeMutablePointer<UInt32>
    private let sourceKeys: UnsafeMutablePointer<UInt64>
    /// Messages that a client's partner may send when the client's read is over.
    private var owed = 0
    private let templates: [[UInt8]]
    /// Room for a whole window of one client's lines.
    private let batch: UnsafeMutableRawBufferPointer

    init(pairs: Int, window: Int, textLength: Int) {
        let clients = pairs * 2
        self.textLength = textLength
        self.numbersSent = .allocate(capacity: clients)
        self.numbersSent.initialize(repeating: 0, count: clients)
        self.numbersReceived = .allocate(capacity: clients)
        self.numbersReceived.initialize(repeating: 0, count: clients)
        self.sourceKeys = .allocate(capacity: clients)
        for client in 0..<clients { (self.sourceKeys + client).initialize(to: Nick.sourceKey(of: client)) }
        self.templates = (0..<clients).map { client in
            Array("PRIVMSG ".utf8) + Nick.bytes(of: client ^ 1) + Array(" :".utf8)
                + Payload.template(length: textLength) + [13, 10]
        }
        self.batch = .allocate(byteCount: window * (textLength + 32), alignment: 64)
    }

    /// Sends `count` messages from `client` to its partner, in one write.
    func send(_ count: Int, from client: Int, in fleet: Fleet) throws(BenchError) {
        guard let base = batch.baseAddress else { return }
        let line = templates[client]
        for place in stride(from: 0, to: count * line.count, by: line.count) {
            (base + place).copyMemory(from: line, byteCount: line.count)
            let text = base + (place + line.count - 2 - textLength)
            Payload.setNumber(numbersSent[client], in: text)
            Payload.setIndex(client, in: text)
            numbersSent[client] &+= 1
        }
        sent += count
        try fleet.send(base, count: count * line.count, from: client)
    }

    func received(_ line: Line, by client: Int, in fleet: Fleet) throws(BenchError) {
        let length = line.bytes.count
        guard length > textLength + 8, let base = line.bytes.baseAddress,
            base.load(fromByteOffset: length - textLength, as: UInt8.self) == Payload.firstByte
        else {
            let (_, command, _) = line.parts
            guard !command.equals("PRIVMSG"), !Registration.isRefusal(command) else {
                throw .violation("client \(client) got: \(line.text)")
            }
            return
        }
        let text = base + (length - textLength)
        guard Payload.index(in: text) == client ^ 1, Payload.number(in: text) == numbersReceived[client],
            Nick.sourceKey(in: base) == sourceKeys[client ^ 1]
        else { throw .violation("client \(client) expected message \(numbersReceived[client]), got: \(line.text)") }
        numbersReceived[client] &+= 1
        deliveries += 1
        owed += 1
    }

    func finishedReading(_ client: Int, in fleet: Fleet) throws(BenchError) {
        let count = owed
        owed = 0
        if refills, count > 0 { try send(count, from: client ^ 1, in: fleet) }
    }
}
