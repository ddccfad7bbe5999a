// What was said before the history begins lies elsewhere, if anywhere. Who has it never fails: it is asked besides, and what cannot be
// had in time is not told.

package import Tenant

/// A stretch of a conversation.
package struct HistoryStretch: Hashable, Sendable {
    /// Where it begins: from a place on, that included, or behind one; nil is wherever there is something first.
    package var from: HistoryCursor?
    package var after: HistoryCursor?
    /// Before which place it ends.
    package var before: HistoryCursor
    /// Whether its last records are wanted, or its first.
    package var isNewestFirst: Bool

    package init(
        from: HistoryCursor? = nil,
        after: HistoryCursor? = nil,
        before: HistoryCursor,
        isNewestFirst: Bool
    ) {
        (self.from, self.after, self.before, self.isNewestFirst) = (from, after, before, isNewestFirst)
    }

    /// Whether a place is in it.
    package func contains(_ cursor: HistoryCursor) -> Bool {
        if let from, cursor < from { return false }
        if let after, cursor <= after { return false }
        return cursor < self.before
    }

    /// Milliseconds since 1970; nil if nothing can be in it.
    package var times: ClosedRange<Int64>? {
        let first = max(self.from?.time ?? .min, self.after?.time ?? .min)
        // Nothing is before the start of a time that is of that time.
        let last = self.before.position == .none && self.before.time > .min ? self.before.time - 1 : self.before.time
        return first <= last ? first...last : nil
    }
}

/// What was found of what is older than the history.
package struct OlderRecords: Hashable, Sendable {
    /// Oldest first.
    package var records: [HistoryRecord]
    /// Whether that is all of what was asked for: not where a bound was reached, or where it is could not be asked.
    package var isWhole: Bool

    package init(_ records: [HistoryRecord] = [], isWhole: Bool = true) {
        (self.records, self.isWhole) = (records, isWhole)
    }
}

/// What was said before the history begins.
package protocol OlderHistory: Sendable {
    /// Records of a conversation as the history would have them, from the end of a stretch that is wanted on.
    ///
    /// - Parameters:
    ///   - stretch: Which.
    ///   - conversation: `Conversation.text`.
    ///   - tenant: Whose.
    ///   - limit: How many at most.
    ///   - events: Whether what happened is read too, and not only what was said.
    /// - Returns: What was found, without a gap.
    func read(
        _ stretch: HistoryStretch,
        of conversation: String,
        _ tenant: TenantID,
        limit: Int,
        events: Bool
    ) async -> OlderRecords

    /// What was said that a search finds, as far as it was looked.
    ///
    /// - Parameters:
    ///   - search: What is looked for.
    ///   - ends: Before which times of its conversations, in milliseconds since 1970; all of one that is not in it.
    ///   - tenant: Whose.
    /// - Returns: The last that were found, oldest first, without what was taken back.
    func search(_ search: HistorySearch, before ends: [String: Int64], of tenant: TenantID) async -> [HistoryRecord]
}
