// Whether a store that was connected still answers. Connections are made again by themselves and calls wait for that, so a call
// that failed says little; that none was answered for a while says it.

/// Since when a store has been asked without an answer, and what it said since.
///
/// That it was not asked, since this process was busy or stood still, says nothing of the store.
package struct StorePulse: Hashable, Sendable {
    private var unansweredSince: Duration?
    private var complaint: String?

    /// A store that was just connected.
    package init() {}

    /// A call begins.
    package mutating func asked(at now: Duration) { self.unansweredSince = self.unansweredSince ?? now }

    /// A call was answered.
    package mutating func answered() { self = StorePulse() }

    /// A call was not answered as it should be.
    package mutating func failed(_ why: String) { self.complaint = why }

    /// Why the store is taken to be away.
    ///
    /// - Returns: `nil` while no call has gone without an answer for longer than the patience.
    package func trouble(at now: Duration, patience: Duration) -> String? {
        guard let since = self.unansweredSince, now - since > patience else { return nil }
        return self.complaint ?? "it does not answer"
    }
}
