import DequeModule

/// One log of the in-process store.
///
/// Touched only under the store's lock.
final class MemoryLog {
    let key: LogKey
    let epoch: UInt64
    /// How many entries are kept.
    private let limit: Int
    /// How many are kept if a pod holds it, of those that are fed.
    private static let heldEntries = 16
    private(set) var sequence: UInt64 = 0
    /// The number of the last entry that changed a field.
    private(set) var version: UInt64 = 0
    private(set) var time: Int64 = 0
    private(set) var entries: Deque<Entry> = []
    var fields = FieldTable()
    var holder: PodID?
    /// The clients that follow it.
    var followers: [Int] = []

    /// The number of the last image that has it, or that it is too new for.
    var imaged: UInt64

    init(key: LogKey, epoch: UInt64, limit: Int, imaged: UInt64) {
        self.key = key
        self.epoch = epoch
        self.limit = limit
        self.imaged = imaged
    }

    /// Goes on with what an earlier process had, under another epoch: that process may have numbered more than is known of.
    convenience init(_ image: LogImage, epoch: UInt64, limit: Int, imaged: UInt64) {
        self.init(key: image.key, epoch: epoch, limit: limit, imaged: imaged)
        self.sequence = image.position.sequence
        self.version = image.version
        self.time = image.time
        self.fields = image.fields
        self.holder = image.holder
        self.entries = Deque(image.entries.suffix(limit))
    }

    var image: LogImage {
        LogImage(
            key: self.key,
            position: self.position,
            version: self.version,
            time: self.time,
            holder: self.holder,
            fields: self.fields,
            entries: self.holder == nil ? Array(self.entries.suffix(LogImage.entriesKept)) : []
        )
    }

    var position: Position { Position(epoch: self.epoch, sequence: self.sequence) }

    /// Applies one change and returns where and when its entry stands.
    func apply(_ change: LogChange, by producer: ProducerID, now: Int64) -> Stamp {
        self.sequence += 1
        self.time = max(self.time, change.time(at: now))
        if !change.fields.isEmpty {
            self.version = self.sequence
            for field in change.fields { self.fields.apply(field) }
        }
        // Of what stood in a log that ends with its pod somebody asks only while it is on its way to the history.
        let limit = self.holder == nil ? self.limit : change.feed == nil ? 0 : min(self.limit, Self.heldEntries)
        if limit == 0 { return Stamp(position: self.position, time: self.time) }
        while self.entries.count >= limit { self.entries.removeFirst() }
        self.entries.append(
            Entry(position: self.position, time: self.time, producer: producer, payload: change.payload)
        )
        return Stamp(position: self.position, time: self.time)
    }

    func holds(_ test: Condition.Test) -> Bool {
        switch test {
        case .unchanged(let seen): seen.epoch == self.epoch && self.version <= seen.sequence
        case .exists: true
        case .absent(let name): self.fields[name] == nil
        case .equals(let name, let value): self.fields[name] == value
        case .logsBelow: true
        }
    }
}
