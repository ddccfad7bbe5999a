// What is live, as it outlives the process: written now and then, read by the next one.

import Numbers

/// Everything in the in-process store that is worth something to the next process.
///
/// That is logs with their fields, their places, and what was said last. Counters, buckets and followers end with the process.
package struct LiveImage: Sendable {
    /// The process that has it.
    var pod: UInt64
    /// Below this are all epochs that the process gives out.
    var epochLimit: UInt64
    /// The last number in the feed then.
    var feedNumber: UInt64
    /// When it was taken, in milliseconds since 1970.
    package internal(set) var time: Int64
    var logs: [LogImage] = []
}

/// A log as it was at one moment; taking it copies no field and no entry.
struct LogImage: Sendable {
    /// Entries that are kept of a log: what who comes back is told of at most is of this order.
    static let entriesKept = 64

    let key: LogKey
    var position: Position
    /// The number of the last entry that changed a field.
    var version: UInt64
    var time: Int64
    var holder: PodID?
    var fields: FieldTable
    /// The last ones, of this epoch or earlier ones.
    var entries: [Entry]

    /// Whether the next process can do something with it.
    var isWorthKeeping: Bool { self.fields.count > 0 || self.holder != nil }
}

extension LiveImage {
    /// Adds what the journal has of what was said in its logs after it was taken.
    ///
    /// If the journal does not have all of it any more, what was said before goes: nobody may take what is left for all
    /// there was.
    mutating func add(_ journal: JournalRecovery) {
        if journal.firstNumber > self.feedNumber.plus(1) {
            for index in self.logs.indices { self.logs[index].entries = [] }
        }
        var places: [LogKey: Int] = [:]
        for (index, log) in self.logs.enumerated() { places[log.key] = index }
        for record in journal.remaining {
            guard let index = places[record.log] else { continue }
            let (known, entry) = (self.logs[index].position, record.entry)
            guard entry.position.epoch == known.epoch, entry.position.sequence > known.sequence else { continue }
            self.logs[index].position = entry.position
            self.logs[index].time = max(self.logs[index].time, entry.time)
            self.logs[index].entries.append(entry)
        }
    }
}
