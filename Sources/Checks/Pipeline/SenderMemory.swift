/// What somebody said lately, as far as checks ask for it: when, and by what it is known again.
///
/// Of at most ``CheckBounds/remembered`` messages, in about five KiB.
package struct SenderMemory: Sendable {
    private struct Said: Sendable {
        /// Milliseconds since 1970.
        let time: Int64
        /// Which checks held, by bits in their order.
        let checks: UInt32
        let mark: Fingerprint?
    }

    private var said: [Said] = []
    /// Of which checks that is: others begin anew.
    private var revision: UInt64?

    package init() {}

    /// How many messages are remembered.
    package var count: Int { self.said.count }

    mutating func begin(_ revision: UInt64, since time: Int64) {
        if self.revision != revision {
            self.revision = revision
            self.said = []
        }
        self.said.removeAll { $0.time < time }
    }

    mutating func add(at time: Int64, checks: UInt32, mark: Fingerprint?) {
        if self.said.count >= CheckBounds.remembered { self.said.removeFirst() }
        self.said.append(Said(time: time, checks: checks, mark: mark))
    }

    /// How many messages a check held for since a time.
    func count(of check: Int, since time: Int64) -> Int {
        self.said.count(where: { $0.time >= time && $0.checks & (1 << check) != 0 })
    }

    /// The same of those like a text.
    func count(of check: Int, since time: Int64, like mark: Fingerprint) -> Int {
        self.said.count(where: { said in
            said.time >= time && said.checks & (1 << check) != 0 && said.mark?.isLike(mark) == true
        })
    }
}
