import DequeModule
import Tenant

/// The feed of the in-process store: the records that somebody still needs, and how far everybody has come.
///
/// What is on its way to the disk (`JournalGate`) has a number and takes room, and is not here yet.
struct MemoryFeed {
    private struct Item {
        let number: UInt64
        let record: FeedRecord
        /// Who needs it: a bit for each consumer.
        var needed: UInt64
    }

    /// How far a consumer has come.
    struct Place {
        let consumer: FeedConsumer
        /// It needs nothing before this number.
        var next: UInt64 = 1
        var missed = 0
    }

    /// By number; those that nobody needs stay until they are the first, or are many.
    private var items: Deque<Item> = []
    private var dead = 0
    private(set) var places: [Place]
    /// How the tenants share the room.
    private(set) var room: FeedRoom
    /// The number of the last record that was given one, and of the last that is here.
    private(set) var lastNumber: UInt64 = 0
    private var lastHere: UInt64 = 0
    private let everybody: UInt64
    /// Those that record gaps.
    private let skipping: UInt64
    /// How many records a consumer is moved on over at most, for one that comes.
    private static let steps = 100

    init(_ consumers: [FeedConsumer], limit: Int) {
        self.places = consumers.prefix(64).map { Place(consumer: $0) }
        self.room = FeedRoom(limit: limit)
        var (everybody, skipping): (UInt64, UInt64) = (0, 0)
        for (index, place) in self.places.enumerated() {
            everybody |= 1 << UInt64(index)
            if place.consumer.atBound == .recordGap { skipping |= 1 << UInt64(index) }
        }
        (self.everybody, self.skipping) = (everybody, skipping)
    }

    var paused: Set<TenantID> { self.room.paused }

    // MARK: What comes

    /// Whether a tenant may have more in the feed.
    ///
    /// Who only records gaps is moved on first, if there is much.
    mutating func hasRoom(for tenant: TenantID) -> Bool {
        if self.skipping != 0, self.room.isCrowded { self.moveOn(Self.steps) }
        return self.room.hasRoom(for: tenant)
    }

    /// Gives a record of a tenant its number.
    mutating func number(for tenant: TenantID) -> UInt64 {
        self.lastNumber += 1
        self.room.added(to: tenant)
        return self.lastNumber
    }

    /// Takes a record that has its number.
    mutating func append(_ record: FeedRecord) {
        let number = record.number
        self.lastHere = number
        self.items.append(Item(number: number, record: record, needed: self.everybody))
    }

    /// Takes what an earlier process left.
    mutating func restore(_ found: [JournalFrame.Record], places: [String: JournalFrame.Place]) {
        for index in self.places.indices {
            guard let place = places[self.places[index].consumer.name] else { continue }
            self.places[index].next = place.next
            self.places[index].missed = Int(clamping: place.missed)
        }
        self.lastNumber = max(places.values.map(\.next).max() ?? 1, 1) - 1
        for found in found {
            self.lastNumber = max(self.lastNumber, found.number)
            var needed: UInt64 = 0
            for (index, place) in self.places.enumerated() where place.next <= found.number {
                needed |= 1 << UInt64(index)
            }
            if needed == 0 { continue }
            let record = FeedRecord(number: found.number, log: found.log, entry: found.entry, label: found.label)
            self.items.append(Item(number: found.number, record: record, needed: needed))
            self.room.added(to: found.log.tenant)
        }
        self.lastHere = self.lastNumber
    }

    // MARK: Who reads

    func place(of consumer: FeedConsumer) throws(LiveStoreError) -> Int {
        guard let index = self.places.firstIndex(where: { $0.consumer.name == consumer.name }) else {
            throw .invalidAnswer("the feed has no consumer \(consumer.name)")
        }
        return index
    }

    func read(as place: Int, limit: Int) -> [FeedRecord] {
        let bit: UInt64 = 1 << UInt64(place)
        var records: [FeedRecord] = []
        var index = self.index(of: self.places[place].next)
        while index < self.items.endIndex, records.count < limit {
            if self.items[index].needed & bit != 0 { records.append(self.items[index].record) }
            index += 1
        }
        return records
    }

    /// How many records of the feed a consumer needs.
    func waiting(for place: Int) -> Int {
        let bit: UInt64 = 1 << UInt64(place)
        return self.items[self.index(of: self.places[place].next)...].count { $0.needed & bit != 0 }
    }

    mutating func acknowledge(_ ids: [FeedRecord.ID], as place: Int) {
        let bit: UInt64 = 1 << UInt64(place)
        // They were read one after the other, so the next is most likely the one behind.
        var index = self.items.endIndex
        for id in ids {
            guard let number = UInt64(id.text) else { continue }
            index += 1
            if index >= self.items.endIndex || self.items[index].number != number { index = self.index(of: number) }
            guard index < self.items.endIndex, self.items[index].number == number else { continue }
            self.release(index, of: bit)
        }
        self.tidy()
        // Who waits for room must not wait for those.
        if self.skipping != 0, self.room.isCrowded { self.moveOn(ids.count + Self.steps) }
    }

    /// Moves those on that record gaps, over what nobody else needs.
    private mutating func moveOn(_ steps: Int) {
        let first = self.places.filter { $0.consumer.atBound == .recordGap }.map(\.next).min() ?? 0
        var index = self.index(of: first)
        let end = min(self.items.endIndex, index + steps)
        while index < end, self.room.isCrowded {
            let needed = self.items[index].needed
            if needed != 0, needed & ~self.skipping == 0 {
                for place in self.places.indices where needed & 1 << UInt64(place) != 0 {
                    self.places[place].missed += 1
                }
                self.release(index, of: needed)
            }
            index += 1
        }
        self.tidy()
    }

    /// Some need a record no more.
    private mutating func release(_ index: Int, of bits: UInt64) {
        guard self.items[index].needed & bits != 0 else { return }
        self.items[index].needed &= ~bits
        guard self.items[index].needed == 0 else { return }
        self.dead += 1
        self.room.removed(from: self.items[index].record.log.tenant)
    }

    private mutating func tidy() {
        for place in self.places.indices {
            let bit: UInt64 = 1 << UInt64(place)
            var index = self.index(of: self.places[place].next)
            while index < self.items.endIndex, self.items[index].needed & bit == 0 { index += 1 }
            self.places[place].next =
                index < self.items.endIndex ? self.items[index].number : max(self.lastHere + 1, self.places[place].next)
        }
        var done = 0
        while done < self.items.count, self.items[done].needed == 0 { done += 1 }
        self.items.removeFirst(done)
        self.dead -= done
        guard self.dead > 64, self.dead * 2 > self.items.count else { return }
        self.items.removeAll { $0.needed == 0 }
        self.dead = 0
    }

    /// The first record with this number or a later one.
    private func index(of number: UInt64) -> Int {
        var (low, high) = (self.items.startIndex, self.items.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if self.items[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether somebody needs one of the records with these numbers.
    func needs(_ numbers: Range<UInt64>) -> Bool {
        var index = self.index(of: numbers.lowerBound)
        while index < self.items.endIndex, self.items[index].number < numbers.upperBound {
            if self.items[index].needed != 0 { return true }
            index += 1
        }
        return false
    }

    // MARK: Tenants

    func count(of tenant: TenantID) -> Int {
        self.items.count { $0.needed != 0 && $0.record.log.tenant == tenant }
    }

    mutating func erase(_ tenant: TenantID) {
        for index in self.items.indices where self.items[index].record.log.tenant == tenant {
            self.release(index, of: self.everybody)
        }
        self.items.removeAll { $0.needed == 0 }
        self.dead = 0
        self.tidy()
    }

    /// Takes back the room of records that never came here.
    mutating func forgot(_ count: Int, of tenant: TenantID) { self.room.removed(count, from: tenant) }

    /// Has the clients of tenants be read from again that have room enough; whether there are any.
    mutating func resume() -> Bool { self.room.resume() }
}

extension FeedRecord {
    init(number: UInt64, log: LogKey, entry: Entry, label: FeedLabel) {
        self.init(id: .init(String(number)), log: log, entry: entry, label: label)
    }

    /// The number in the in-process store's feed.
    var number: UInt64 { UInt64(self.id.text) ?? 0 }
}
