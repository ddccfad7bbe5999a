import DequeModule
import NIOCore

/// Commands in order over one link: sent together once a turn, answered in order, sent again after a lost connection.
///
/// A command that is no batch must be harmless to repeat; at its deadline it is given up. A batch is given up only if it was
/// never sent. Once sent it may be in a socket that the server reads much later, so it is sent again until the server says what
/// became of it: it refuses what it gets for the first time after the deadline. Bounded by whoever enqueues.
final class RedisPipeline: RedisLink.User {
    let link: RedisLink
    /// Called when the link came up, before anything is sent on it, and when it is lost.
    var onChange: () -> Void = {}
    /// Called a few times in ``RedisConfiguration/silence``.
    var onTick: (NIODeadline) -> Void = { _ in }
    /// Called with since when the server has written, again and again: another time means that it may have gone back.
    var onPing: (Int) -> Void = { _ in }
    private var waiting = Deque<RedisCall>()
    private var sent = Deque<RedisCall>()
    private var numberedUnderWay = 0
    private var lastNumber = 0
    private var clock = RedisClock()
    private var flushIsDue = false
    private var isClosed = false
    private let ping: ByteBuffer
    private var isPinging = false

    /// - Parameters:
    ///   - link: Where the commands go.
    ///   - hasLibrary: Whether functions can be called there.
    init(_ link: RedisLink, hasLibrary: Bool) {
        self.link = link
        self.ping = hasLibrary ? .redis(.ping) : .redis(["PING"])
        link.user = self
    }

    var isUp: Bool { self.link.isUp }

    /// Takes a command, to be sent at the end of this turn of the loop.
    func enqueue(_ call: RedisCall) {
        guard !self.isClosed else { return call.complete(.failure(.closed)) }
        self.waiting.append(call)
        guard !self.flushIsDue else { return }
        self.flushIsDue = true
        self.link.loop.assumeIsolated().execute {
            self.flushIsDue = false
            self.flush()
        }
    }

    func enqueue(
        _ bytes: ByteBuffer,
        deadline: NIODeadline?,
        _ completion: @escaping (Result<RedisReply, LiveStoreError>) -> Void
    ) {
        self.enqueue(RedisCall(.bytes(bytes), deadline: deadline, completion))
    }

    /// Fails everything that waits and ends the connection.
    func close() {
        guard !self.isClosed else { return }
        self.isClosed = true
        self.link.close()
        let calls = Array(self.sent) + Array(self.waiting)
        self.sent.removeAll()
        self.waiting.removeAll()
        for call in calls { call.complete(.failure(.closed)) }
    }

    // MARK: Sending

    private func flush() {
        guard self.link.isUp, !self.waiting.isEmpty else { return }
        var bytes = ByteBuffer()
        while let call = self.waiting.first {
            if call.isNumbered {
                guard self.numberedUnderWay < self.link.settings.configuration.batchesUnderWay else { break }
                self.numberedUnderWay += 1
            }
            self.waiting.removeFirst()
            self.sent.append(call)
            call.sends += 1
            var content = self.content(of: call)
            if bytes.readableBytes == 0 { bytes = content } else { bytes.writeBuffer(&content) }
        }
        self.link.send(bytes)
    }

    /// What to send, with the time by the clock of the server that gets it.
    private func content(of call: RedisCall) -> ByteBuffer {
        if case .batch(let batch) = call.content {
            self.lastNumber += 1
            let (bytes, expiry) = batch.encoded(number: self.lastNumber)
            call.content = .numbered(bytes, expiry: expiry)
        }
        switch call.content {
        case .bytes(let bytes): return bytes
        case .batch: return ByteBuffer()
        case .numbered(var bytes, let expiry):
            // The only reference, or all of it would be copied.
            call.content = .bytes(ByteBuffer())
            bytes.setPaddedDecimal(self.clock.time(at: call.deadline), at: expiry)
            call.content = .numbered(bytes, expiry: expiry)
            return bytes
        }
    }

    // MARK: What the link tells

    func linkIsUp(_ greeting: RedisReply?) {
        self.clock.forget()
        if let time = greeting?[1]?.integer { self.clock.heard(time, at: .now()) }
        self.onChange()
        self.sendPing(.now())
        self.flush()
    }

    private func sendPing(_ now: NIODeadline) {
        guard !self.isPinging else { return }
        self.isPinging = true
        let deadline = now + TimeAmount(self.link.settings.configuration.silence)
        self.enqueue(self.ping, deadline: deadline) { [weak self] result in
            self?.isPinging = false
            guard let self, case .success(let reply) = result, let since = reply[0]?.integer else { return }
            if let time = reply[1]?.integer { self.clock.heard(time, at: .now()) }
            self.onPing(since)
        }
    }

    func linkIsDown() {
        let again = self.sent.filter { !$0.isAbandoned }
        self.sent.removeAll()
        self.numberedUnderWay = 0
        self.waiting.prepend(contentsOf: again)
        self.onChange()
    }

    func linkReceived(_ reply: RedisReply) {
        guard let call = self.sent.first else { return self.link.cut("a reply to nothing") }
        if let error = reply.error, Self.isPassing(error) { return self.link.cut(error) }
        self.sent.removeFirst()
        if call.isNumbered { self.numberedUnderWay -= 1 }
        var result = Self.result(reply)
        // Refused as a whole, which says nothing of the time that it was sent before.
        if case .failure(.unavailable(let reason)) = result, call.isNumbered, call.sends > 1 {
            result = .failure(.uncertain(reason: reason))
        }
        call.complete(result)
    }

    func linkReceivedAll() { self.flush() }

    func linkTick(_ now: NIODeadline) {
        if self.link.isUp { self.sendPing(now) }
        for call in self.sent where call.isLate(now) { self.giveUp(call) }
        if self.waiting.contains(where: { $0.isAbandoned || $0.isLate(now) }) {
            let late = self.waiting.filter { $0.isLate(now) }
            self.waiting.removeAll { $0.isAbandoned || ($0.isLate(now) && !$0.isUnsettled) }
            for call in late { self.giveUp(call) }
        }
        self.onTick(now)
    }

    private func giveUp(_ call: RedisCall) {
        if call.isUnsettled { return call.tellLate() }
        call.complete(.failure(.unavailable(reason: "no answer in time")))
    }

    /// Whether an error says that this server cannot serve now or lost its functions: another connection will do.
    private static func isPassing(_ error: String) -> Bool {
        ["LOADING", "READONLY", "MASTERDOWN", "BUSY ", "NOAUTH", "NOGROUP", "ERR Function not found"].contains {
            error.hasPrefix($0)
        }
    }

    private static func result(_ reply: RedisReply) -> Result<RedisReply, LiveStoreError> {
        guard let error = reply.error else { return .success(reply) }
        if error.hasPrefix("STALE") { return .failure(.uncertain(reason: error)) }
        let refusals = ["OOM", "MISCONF", "NOREPLICAS"]
        if refusals.contains(where: { error.hasPrefix($0) }) { return .failure(.unavailable(reason: error)) }
        return .failure(.invalidAnswer(error))
    }
}
