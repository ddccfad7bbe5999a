// Whether a store that was connected still answers. Connections are made again by themselves and calls wait for that, so a call
// that failed says little; that none was answered for a while says it.

/// When a store answered last, and what it said since.
package struct StorePulse: Hashable, Sendable {
    private var answeredAt: Duration
    private var complaint: String?

    /// A store that was just connected.
    package init(at now: Duration) { self.answeredAt = now }

    /// A call was answered.
    package mutating func answered(at now: Duration) {
        self.answeredAt = now
        self.complaint = nil
    }

    /// A call was not answered as it should be.
    package mutating func failed(_ why: String) { self.complaint = why }

    /// Why the store is taken to be away.
    ///
    /// - Returns: `nil` while its last answer is no older than the patience.
    package func trouble(at now: Duration, patience: Duration) -> String? {
        now - self.answeredAt > patience ? self.complaint ?? "it does not answer" : nil
    }
}
