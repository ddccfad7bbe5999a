/// How large things of the write-ahead journal get.
package struct JournalLimits: Sendable {
    /// Bytes that a file has before another one is begun.
    package var segment = 8 << 20
    /// Bytes past which a file gets no more room, if no other one can be begun.
    package var longest = 256 << 20
    /// Bytes that a file has room for beyond what was written.
    ///
    /// They are on the disk already, as zeros: what fits in never fails for lack of room. No transaction may put more than this on the journal.
    package var room = 1 << 20
    /// By how much room grows at a time.
    package var step = 256 << 10
    /// Bytes that wait for the disk, past which shards stop reading from clients.
    package var waiting = 256 << 10

    package init() {}
}
