import IRC
import NIOCore

/// The reading side of a connection: bytes to lines, for as long as nothing holds it up.
struct Reading {
    /// Why no line is handled now.
    struct Holds: OptionSet {
        let rawValue: UInt8

        /// The network has not let it in yet.
        static let admission = Holds(rawValue: 1)
        /// A command is under way that later ones wait for.
        static let command = Holds(rawValue: 2)
        /// The store does not take calls.
        static let store = Holds(rawValue: 4)
        /// It sends faster than people do; it is looked at again later.
        static let pace = Holds(rawValue: 8)
        /// A line is being handled this very moment.
        static let turn = Holds(rawValue: 16)
        static let end = Holds(rawValue: 32)
        /// It has not read enough of what it asked for before.
        static let reader = Holds(rawValue: 64)
    }

    /// What comes next.
    enum Next {
        case line(LineFramer.Frame)
        /// Nothing before so many nanoseconds.
        case pause(UInt64)
        case nothing
    }

    private(set) var holds: Holds = .admission
    private(set) var isPaused = false
    private var inbound = ByteBuffer()
    private var framer = LineFramer()
    /// What came last makes no line yet.
    private var isExhausted = false
    var flood: FloodBucket

    init(flood: FloodBucket) { self.flood = flood }

    var isFree: Bool { self.holds.isEmpty }
    /// Whether the client is not heard because of the server.
    var isHeldUp: Bool { self.isPaused || self.holds.contains(.store) }
    var hasBytes: Bool { self.inbound.readableBytes > 0 }
    /// Whether there may be another line in what has come.
    var hasLines: Bool { self.hasBytes && !self.isExhausted }

    mutating func hold(_ hold: Holds) { self.holds.insert(hold) }

    mutating func release(_ hold: Holds) { self.holds.remove(hold) }

    /// Nothing is read any more.
    mutating func end() {
        self.holds = .end
        self.inbound = ByteBuffer()
    }

    /// - Returns: false if more waits than may.
    mutating func received(_ bytes: ByteBuffer, limit: Int) -> Bool {
        self.isExhausted = false
        if self.inbound.readableBytes == 0 {
            self.inbound = bytes
            return true
        }
        self.inbound.writeImmutableBuffer(bytes)
        return self.inbound.readableBytes <= limit + LineLimits.fromClient.tags
    }

    /// The next line, if there is one and the flood control lets it pass.
    mutating func next(now: @autoclosure () -> UInt64) -> Next {
        guard self.inbound.readableBytes > 0 else { return .nothing }
        if self.flood.isOn {
            let delay = self.flood.delay(now: now())
            if delay > 0 { return .pause(delay) }
        }
        guard let frame = self.framer.next(from: &self.inbound) else {
            self.isExhausted = true
            return .nothing
        }
        return .line(frame)
    }

    /// Drops an empty input buffer, and says whether reading from the client is to stop or to go on.
    mutating func settle() -> Bool? {
        let left = self.inbound.readableBytes
        if left == 0 { self.inbound = ByteBuffer() } else { self.inbound.discardReadBytes() }
        let isHeld = !self.holds.isDisjoint(with: [.admission, .command, .store])
        let isPaused = isHeld && left > 0 || left > LineLimits.fromClient.tags + LineLimits.fromClient.body
        guard isPaused != self.isPaused, !self.holds.contains(.end) else { return nil }
        self.isPaused = isPaused
        return !isPaused
    }
}
