import IRC

/// The modes of a channel that have a value: set with a parameter, removed without (type C of modern.ircdocs.horse MODE).
///
/// A channel keeps each value as it is shown.
package enum ValueMode: Character, Hashable, Sendable, CaseIterable {
    /// A channel into which those come who are kept out.
    case forward = "f"
    /// How many may come in, in how many seconds.
    case throttle = "j"
    /// How many seconds a member without a rank waits between messages.
    case slow = "W"

    /// What a value is, for whoever gave another.
    var form: Phrase {
        switch self {
        case .forward: "The name of another channel is needed"
        case .throttle: "Joins and seconds are needed, such as 5:10: 1 to 1000 joins in 1 to 3600 seconds"
        case .slow: "A number of seconds from 1 to 3600 is needed"
        }
    }

    /// The value that a text means, as it is shown; nil if it means none.
    func value(_ text: String) -> String? {
        switch self {
        case .forward: ChannelName(text, under: Names.caseMapping)?.raw
        case .throttle: JoinThrottle(text)?.text
        case .slow: SlowMode(text)?.text
        }
    }
}

/// How many come into a channel at most in some time: `5:10` is five in ten seconds.
package struct JoinThrottle: Hashable, Sendable {
    package let joins: Int
    package let seconds: Int

    /// `nil` if the text is no such throttle.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let joins = Int(parts[0]), let seconds = Int(parts[1]), (1...1000).contains(joins),
            (1...3600).contains(seconds)
        else { return nil }
        (self.joins, self.seconds) = (joins, seconds)
    }

    var text: String { "\(self.joins):\(self.seconds)" }

    /// Whether one more is too many.
    ///
    /// - Parameters:
    ///   - times: When others came in, the last last, in milliseconds since 1970.
    ///   - now: Likewise.
    /// - Returns: Whether it is.
    package func isExhausted(by times: some BidirectionalCollection<Int64>, now: Int64) -> Bool {
        let since = now - Int64(self.seconds) * 1000
        return times.reversed().prefix { $0 > since }.count >= self.joins
    }
}

/// How long a member without a rank waits between messages.
package struct SlowMode: Hashable, Sendable {
    package let seconds: Int

    /// `nil` if the text is no number of seconds.
    package init?(_ text: some StringProtocol) {
        guard let seconds = Int(text), (1...3600).contains(seconds) else { return nil }
        self.seconds = seconds
    }

    var text: String { String(self.seconds) }
}
