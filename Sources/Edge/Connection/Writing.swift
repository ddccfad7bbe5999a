import NIOCore

/// The writing side of a connection: what waits to be sent, and who waits for that.
struct Writing {
    /// What the end of the loop's turn sends.
    var outbox = ByteBuffer()
    /// Whether it is among those that are sent at the end of the turn.
    var isQueued = false
    /// Bytes handed to the wire and not yet on their way.
    var unsent = 0
    /// Parts of long answers that wait until the client has read enough of what was sent.
    private var onDrained: [() -> Void] = []

    /// Bytes on their way to the client.
    var waitingBytes: Int { self.unsent + self.outbox.readableBytes }

    var isEmpty: Bool { !self.isQueued && self.unsent == 0 }

    mutating func whenDrained(_ body: @escaping () -> Void) { self.onDrained.append(body) }

    /// Those who wait, if the client has read enough for them to go on.
    mutating func takeDrained(below limit: Int) -> [() -> Void] {
        guard !self.onDrained.isEmpty, self.waitingBytes < limit else { return [] }
        defer { self.onDrained = [] }
        return self.onDrained
    }

    /// Nothing more is asked for.
    mutating func end() { self.onDrained = [] }
}
