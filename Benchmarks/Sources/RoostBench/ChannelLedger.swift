// Exactly once and in one order: what the members of a channel received, compared as they receive it.
//
// The channel's first member only listens; the order in which it sees messages is the channel's order, so it gives each
// message its rank. Everyone else's messages must come with growing ranks. A member that sees a message before the first
// member does keeps its number aside and compares as soon as the rank is known; the window bounds how many that can be.

/// The account of one channel's messages.
struct ChannelLedger {
    let members: Int
    let window: Int
    private let mask: UInt32
    /// The next message's number.
    private(set) var next: UInt32 = 0
    /// Messages that not everyone has yet.
    private(set) var inFlight = 0
    private var ranks: UInt32 = 0
    private let sender: UnsafeMutablePointer<Int32>
    private let missing: UnsafeMutablePointer<Int32>
    /// 0 until the first member has seen the message.
    private let rank: UnsafeMutablePointer<UInt32>
    private let lastRank: UnsafeMutablePointer<UInt32>
    private let lastNumberOfSender: UnsafeMutablePointer<Int64>
    private let asideCount: UnsafeMutablePointer<Int32>
    private let aside: UnsafeMutablePointer<UInt32>

    /// - Parameters:
    ///   - members: how many are in the channel, the listening first one included.
    ///   - window: the most messages that are ever in flight.
    init(members: Int, window: Int) {
        var ring = 64
        while ring < window * 8 { ring *= 2 }
        self.members = members
        self.window = window
        self.mask = UInt32(ring - 1)
        self.sender = Self.zeroed(ring)
        self.missing = Self.zeroed(ring)
        self.rank = Self.zeroed(ring)
        self.lastRank = Self.zeroed(members)
        self.lastNumberOfSender = Self.zeroed(members)
        for member in 0..<members { self.lastNumberOfSender[member] = -1 }
        self.asideCount = Self.zeroed(members)
        self.aside = Self.zeroed(members * window)
    }

    /// Whether the next message can be accounted for: the window has room, and no message is still open that was sent so
    /// long ago that its place is needed (a server that reads its clients unfairly keeps one back while others pass).
    var hasRoom: Bool { inFlight < window && missing[Int(next & mask)] == 0 }

    /// Numbers a message that `member` is about to send.
    mutating func send(from member: Int) -> UInt32 {
        let number = next
        let slot = Int(number & mask)
        sender[slot] = Int32(member)
        missing[slot] = Int32(members - 1)
        rank[slot] = 0
        next &+= 1
        inFlight += 1
        return number
    }

    /// The member that sent message `number`, if that is still accounted for.
    @inline(__always)
    func senderOf(_ number: UInt32) -> Int? {
        next &- number &- 1 <= mask ? Int(sender[Int(number & mask)]) : nil
    }

    /// Accounts for the delivery of message `number` to `member`.
    ///
    /// - Returns: whether this was the last delivery of that message.
    /// - Throws: ``BenchError/violation(_:)`` when it came before, out of order, or back to its sender.
    @inline(__always)
    mutating func receive(_ number: UInt32, by member: Int) throws(BenchError) -> Bool {
        let slot = Int(number & mask)
        guard next &- number &- 1 <= mask, missing[slot] > 0 else {
            throw .violation("member \(member) got message \(number), which is complete or unknown")
        }
        guard sender[slot] != Int32(member) else { throw .violation("member \(member) got its own message \(number)") }
        if member == 0 {
            try rankNext(number, slot: slot)
        } else if asideCount[member] == 0, rank[slot] != 0 {
            try advance(member, to: rank[slot], number: number)
        } else {
            try keepAside(number, by: member)
        }
        missing[slot] -= 1
        guard missing[slot] == 0 else { return false }
        inFlight -= 1
        return true
    }

    /// Checks that nothing is left open after the last delivery.
    ///
    /// - Throws: ``BenchError/violation(_:)`` when a message is missing or was out of order.
    mutating func close() throws(BenchError) {
        guard inFlight == 0 else { throw .violation("\(inFlight) messages never reached everyone") }
        for member in 1..<members {
            try compareAside(of: member)
            guard asideCount[member] == 0 else {
                throw .violation("member \(member) saw what the first member did not")
            }
        }
    }

    private mutating func rankNext(_ number: UInt32, slot: Int) throws(BenchError) {
        guard rank[slot] == 0 else { throw .violation("the first member got message \(number) twice") }
        ranks += 1
        rank[slot] = ranks
        let from = Int(sender[slot])
        guard Int64(number) > lastNumberOfSender[from] else {
            throw .violation("message \(number) came after a later one of the same sender")
        }
        lastNumberOfSender[from] = Int64(number)
    }

    @inline(__always)
    private func advance(_ member: Int, to rank: UInt32, number: UInt32) throws(BenchError) {
        guard rank > lastRank[member] else {
            throw .violation("member \(member) got message \(number) (rank \(rank)) after rank \(lastRank[member])")
        }
        lastRank[member] = rank
    }

    private func keepAside(_ number: UInt32, by member: Int) throws(BenchError) {
        try compareAside(of: member)
        let slot = Int(number & mask)
        if asideCount[member] == 0, rank[slot] != 0 { return try advance(member, to: rank[slot], number: number) }
        guard asideCount[member] < Int32(window) else {
            throw .violation("member \(member) is more than a window ahead of the first member")
        }
        aside[member * window + Int(asideCount[member])] = number
        asideCount[member] += 1
    }

    /// Compares what `member` has kept aside, as far as the ranks are known.
    private func compareAside(of member: Int) throws(BenchError) {
        let kept = aside + member * window
        let count = Int(asideCount[member])
        var done = 0
        while done < count, rank[Int(kept[done] & mask)] != 0 {
            try advance(member, to: rank[Int(kept[done] & mask)], number: kept[done])
            done += 1
        }
        guard done > 0 else { return }
        for position in done..<count { kept[position - done] = kept[position] }
        asideCount[member] = Int32(count - done)
    }

    private static func zeroed<Number: FixedWidthInteger>(_ count: Int) -> UnsafeMutablePointer<Number> {
        let memory = UnsafeMutablePointer<Number>.allocate(capacity: count)
        memory.initialize(repeating: 0, count: count)
        return memory
    }
}
