import NIOCore

/// An entry of a log as the durable history keeps it.
///
/// Log and position identify it.
package struct HistoryRecord: Hashable, Sendable {
    package let log: LogKey
    package let position: Position
    /// Milliseconds since 1970, as the live store stamped it.
    package let time: Int64
    package let payload: [UInt8]

    package init(log: LogKey, position: Position, time: Int64, payload: [UInt8]) {
        self.log = log
        self.position = position
        self.time = time
        self.payload = payload
    }

    /// The record that an entry from the feed becomes.
    package init(_ record: FeedRecord) {
        self.init(
            log: record.log,
            position: record.entry.position,
            time: record.entry.time,
            payload: Array(record.entry.payload.readableBytesView)
        )
    }

    /// Where it stands in its log's history.
    package var cursor: HistoryCursor { HistoryCursor(time: self.time, position: self.position) }
}

/// A place in the history of a log, which goes on over the epochs of the log: by time, then by position.
package struct HistoryCursor: Hashable, Sendable {
    package let time: Int64
    package let position: Position

    package init(time: Int64, position: Position) {
        self.time = time
        self.position = position
    }

    /// Before everything that happened at this time (ms since 1970).
    package static func start(of time: Int64) -> HistoryCursor {
        HistoryCursor(time: time, position: .none)
    }

    /// After everything that happened at this time (ms since 1970).
    package static func end(of time: Int64) -> HistoryCursor {
        HistoryCursor(time: time, position: Position(epoch: UInt64(Int64.max), sequence: UInt64(Int64.max)))
    }
}
