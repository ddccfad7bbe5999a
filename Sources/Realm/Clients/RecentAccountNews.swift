/// Of which accounts something was changed lately: who proved one before that may be under way still.
struct RecentAccountNews {
    /// For how long after news somebody may sign on who logged in before, in milliseconds.
    static let longestSigningOn: Int64 = 90_000
    private static let mostAccounts = 1000
    private var accounts: [String: News] = [:]

    /// What was heard of one account.
    private struct News {
        /// When something was heard last, milliseconds since 1970.
        var heard: Int64
        /// What was proved before is over, likewise.
        var endsBefore: Int64
    }

    /// Notes that something was changed of an account.
    ///
    /// - `folded`: its folded name.
    /// - `time`: what was proved before is over, in milliseconds since 1970.
    /// - `now`: likewise.
    mutating func note(_ folded: String, endsBefore time: Int64, at now: Int64) {
        if self.accounts.count >= Self.mostAccounts {
            self.accounts = self.accounts.filter { now - $0.value.heard < Self.longestSigningOn }
        }
        if self.accounts.count >= Self.mostAccounts, self.accounts[folded] == nil,
            let oldest = self.accounts.min(by: { $0.value.heard < $1.value.heard })?.key
        {
            self.accounts[oldest] = nil
        }
        let before = self.accounts[folded]?.endsBefore ?? .min
        self.accounts[folded] = News(heard: now, endsBefore: max(before, time))
    }

    /// Whether something was heard of an account so lately that somebody may be under way who logged in before.
    func isHeard(_ folded: String, at now: Int64) -> Bool {
        self.accounts[folded].map { now - $0.heard < Self.longestSigningOn } ?? false
    }

    /// Whether what was proved at a time is over; never of what was not proved.
    func end(_ folded: String, provenAt time: Int64?, at now: Int64) -> Bool {
        guard let time, let news = self.accounts[folded], self.isHeard(folded, at: now) else { return false }
        return time < news.endsBefore
    }
}
