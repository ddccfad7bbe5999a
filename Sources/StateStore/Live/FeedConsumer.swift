/// Who reads the feed: a row of the table of those that there are.
///
/// Each has a place of its own in the feed and acknowledges for itself; what all have acknowledged goes. A place outlives the
/// process, as far as the live store does.
package struct FeedConsumer: Hashable, Sendable {
    /// What happens when the feed has as much as it may and this one is behind.
    package enum AtBound: String, Hashable, Sendable {
        /// What is to be kept is refused, so that nothing is ever missing here.
        case refuse
        /// It is moved on over what it alone still needs, the oldest first, and told how much that was
        /// (``FeedStanding/missed``). That begins when the feed is half full, so it takes no room from the others.
        case recordGap
    }

    /// Lower-case letters; its name in the stores.
    package let name: String
    package let atBound: AtBound

    package init(_ name: String, atBound: AtBound) {
        self.name = name
        self.atBound = atBound
    }

    /// The writer of the durable history.
    package static let history = FeedConsumer("history", atBound: .refuse)

    /// The writer of pushes to devices: what it misses nobody is told of at once, and finds in the history.
    package static let push = FeedConsumer("push", atBound: .recordGap)

    /// Those who always read the feed.
    package static let all = [FeedConsumer.history]
    /// The same where devices are pushed to.
    package static let withPush = FeedConsumer.all + [.push]
}

/// How far a consumer has come.
package struct FeedStanding: Hashable, Sendable {
    /// How much of the feed it has not acknowledged, in the store's own items: what one call appended is one or several records
    /// in Redis's, and each record one in process.
    ///
    /// It is 0 only if every record is acknowledged.
    package var waiting: Int
    /// How many records it was moved on over, ever: who reads compares it with what it was.
    package var missed: Int

    package init(waiting: Int, missed: Int) {
        self.waiting = waiting
        self.missed = missed
    }
}
