/// A place in a conversation: by time, then by position.
package struct HistoryCursor: Hashable, Sendable {
    package let time: Int64
    package let position: Position

    package init(time: Int64, position: Position) {
        self.time = time
        self.position = position
    }

    /// At a message.
    package init(_ id: Stamp) { self.init(time: id.time, position: id.position) }

    /// Before everything that happened at this time (ms since 1970).
    package static func start(of time: Int64) -> HistoryCursor {
        HistoryCursor(time: time, position: .none)
    }

    /// After everything that happened at this time (ms since 1970).
    package static func end(of time: Int64) -> HistoryCursor {
        HistoryCursor(time: time, position: Position(epoch: UInt64(Int64.max), sequence: UInt64(Int64.max)))
    }
}

extension HistoryCursor: Comparable {
    package static func < (left: HistoryCursor, right: HistoryCursor) -> Bool {
        if left.time != right.time { return left.time < right.time }
        if left.position.epoch != right.position.epoch { return left.position.epoch < right.position.epoch }
        return left.position.sequence < right.position.sequence
    }
}

extension HistoryRecord {
    /// Where it stands in its conversation.
    package var cursor: HistoryCursor { HistoryCursor(self.id) }
}
