// Where the in-process store keeps its journal.

import Backoff
import Logging
import Observability
import Synchronization

/// The journal's files and who writes them.
final class JournalDisk: Sendable {
    let worker: any JournalWorker
    let logger: Logger
    /// Used by the worker only.
    let writer: Mutex<SegmentWriter>
    let attempts = Mutex(Attempts())
    /// Where is measured how long a write takes, with its sync.
    let writeTimes: HistogramFamily?

    struct Attempts {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(5))
        /// Whether somebody comes back to make room.
        var isMakingRoom = false
    }

    init(
        _ writer: consuming sending SegmentWriter,
        worker: any JournalWorker,
        writeTimes: HistogramFamily?,
        logger: Logger
    ) {
        self.writeTimes = writeTimes
        self.writer = Mutex(writer)
        self.worker = worker
        self.logger = logger
    }
}
