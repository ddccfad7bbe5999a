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
    /// Those who hold something back for others too, until the client has read enough or is gone.
    private var held: [() -> Void] = []

    /// Bytes on their way to the client.
    var waitingBytes: Int { self.unsent + self.outbox.readableBytes }

    var isEmpty: Bool { !self.isQueued && self.unsent == 0 }

    mutating func whenDrained(_ body: @escaping () -> Void) { self.onDrained.append(body) }

    mutating func hold(_ body: @escaping () -> Void) { self.held.append(body) }

    /// Those who wait, if the client has read enough for them to go on.
    mutating func takeDrained(below limit: Int) -> [() -> Void] {
        guard !self.onDrained.isEmpty || !self.held.isEmpty, self.waitingBytes < limit else { return [] }
        defer { (self.onDrained, self.held) = ([], []) }
        return self.onDrained + self.held
    }

    /// Nothing more is asked for.
    ///
    /// - Returns: who is not to wait for it any more.
    mutating func end() -> [() -> Void] {
        defer { (self.onDrained, self.held) = ([], []) }
        return self.held
    }
}
