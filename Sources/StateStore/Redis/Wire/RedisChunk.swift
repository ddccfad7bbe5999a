import NIOCore
import Numbers

/// Entries of one log that one call appended, as they are published and kept.
///
/// Bytes: the form of what follows (1), epoch, the epoch that it goes on from if these are its first entries, else 0, time,
/// producer and the first entry's sequence (8 each), the number of entries (4), whether the log was dropped after the last (1),
/// and for each entry its flags (1: 1 for the feed) and its payload's length (4) and bytes. All big-endian.
struct RedisChunk {
    private static let form: UInt8 = 1

    let epoch: UInt64
    /// The epoch whose last entry is the one before these; 0 if that is of this epoch or there is none.
    let prior: UInt64
    let time: Int64
    let producer: ProducerID
    let first: UInt64
    let count: UInt64
    let isLast: Bool
    private let body: ByteBuffer

    /// The sequence of the last entry.
    var last: UInt64 { self.first.plus(self.count).minus(1) }

    /// How much room the entries take.
    var bytes: Int { self.body.readableBytes }

    init?(_ bytes: ByteBuffer) {
        var bytes = bytes
        guard
            let (form, epoch, prior, time, producer, first, count, dropped) = bytes.readMultipleIntegers(
                as: (UInt8, UInt64, UInt64, Int64, UInt64, UInt64, UInt32, UInt8).self
            ), form == Self.form, epoch > 0, first > 0, Position.sequences.contains(first), count > 0
        else { return nil }
        self.epoch = epoch
        self.prior = prior
        self.time = time
        self.producer = ProducerID(rawValue: producer)
        self.first = first
        self.count = UInt64(clamping: count)
        self.isLast = dropped == 1
        self.body = bytes
    }

    /// Whether all its entries are there.
    var isWhole: Bool { self.forEach(after: .max) { _, _ in true } }

    /// Hands out the entries after a sequence with whether they are for the feed, until `body` returns false.
    ///
    /// - Returns: false if the bytes end before the last entry.
    func forEach(after sequence: UInt64 = 0, _ body: (Entry, Bool) -> Bool) -> Bool {
        var rest = self.body
        for number in self.first...self.last {
            guard let (flags, length) = rest.readMultipleIntegers(as: (UInt8, UInt32).self),
                let payload = rest.readSlice(length: Int(clamping: length))
            else { return false }
            if number <= sequence { continue }
            let entry = Entry(
                position: Position(epoch: self.epoch, sequence: number),
                time: self.time,
                producer: self.producer,
                payload: payload
            )
            guard body(entry, flags & 1 == 1) else { return true }
        }
        return true
    }
}
