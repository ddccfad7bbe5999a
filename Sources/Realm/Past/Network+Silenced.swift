import Chat
import StateStore

/// What the past has of those whom somebody silences (SILENCE): they were not delivered, and are not told later either.
///
/// The list as it is now says whom. What one said oneself stays.
extension Session {
    /// Whether a record is for its user.
    func hears(_ record: HistoryRecord) -> Bool {
        guard !self.silence.isEmpty, record.isDirect,
            self.silence.silences(record.prefix, account: record.account),
            let conversation = Conversation(text: record.conversation)
        else { return true }
        return conversation.author(of: record).isSame(as: self)
    }
}

extension HistoryRepository.Part {
    /// What of it stands behind some records that were read of it, in the direction in which they were.
    ///
    /// - Returns: nil if they are not read in one.
    func beyond(_ records: [HistoryRecord]) -> HistoryRepository.Part? {
        guard let first = records.first?.cursor, let last = records.last?.cursor else { return nil }
        return switch self {
        case .latest(let after): after.map { .between(first, $0) } ?? .before(first)
        case .before: .before(first)
        case .after: .after(last)
        case .between(let low, let high) where low <= high: .between(last, high)
        case .between(_, let low): .between(first, low)
        case .around: nil
        }
    }

    /// Whether it is read from its end to its beginning.
    var isBackwards: Bool {
        switch self {
        case .latest, .before, .around: true
        case .after: false
        case .between(let first, let second): first > second
        }
    }
}
