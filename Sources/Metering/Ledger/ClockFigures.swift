/// How a process's clock and its ledger's get on.
package struct ClockFigures: Hashable, Sendable {
    /// By how many milliseconds the process's clock is ahead of the ledger's; less than 0 if it is behind.
    package internal(set) var ahead: Int64 = 0
    /// How many answers of the ledger's clock were set aside, since they contradict the time that passed.
    package internal(set) var setAside = 0
    /// Whether the last one was.
    var isDoubted = false
    /// Whether the process's clock was far from the ledger's when they were compared last.
    var isFar = false

    /// States figures.
    package init(ahead: Int64 = 0, setAside: Int = 0) {
        self.ahead = ahead
        self.setAside = setAside
    }
}
