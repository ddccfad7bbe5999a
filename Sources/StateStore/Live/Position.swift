import Numbers

/// A place in a log: the log's incarnation and the number of an entry in it.
///
/// Entries of a log are numbered 1, 2, 3, … without gaps. A log that is dropped and made again begins at 1 with another epoch; no
/// two logs of a cell ever share one. A log whose store may have gone back in time goes on with its numbers under another epoch:
/// so no two entries ever have one position.
package struct Position: Hashable, Sendable {
    package let epoch: UInt64
    /// The number of the last entry; 0 before the first.
    package let sequence: UInt64

    package init(epoch: UInt64, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    /// More entries than any log gets: what a store says beyond it is damage.
    static let sequences: ClosedRange<UInt64> = 0...(1 << 60)

    /// The number so many entries before this one; 0 if there are not so many.
    package func sequence(before count: Int) -> UInt64 { self.sequence.minus(UInt64(clamping: count)) }

    /// The position of a log that does not exist.
    package static let none = Position(epoch: 0, sequence: 0)
}
