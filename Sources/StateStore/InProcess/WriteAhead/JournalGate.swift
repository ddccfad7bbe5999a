// What waits for the disk.

import DequeModule
import NIOCore
import Tenant

/// What of the journal is not on the disk yet.
///
/// Each transaction that puts something on the journal has a ticket. What it led to, and everything that anybody is told
/// afterwards and that may rest on it, leaves the store when the disk has it: ``durable`` has come to that ticket.
struct JournalGate {
    private let limits: JournalLimits
    /// Frames that the disk was asked for, and those that came since.
    private var underWay = ByteBuffer()
    private var next = ByteBuffer()
    private var records: Deque<(ticket: UInt64, record: FeedRecord)> = []
    /// The entries of the frame that is being made.
    private var frame: [JournalFrame.Record] = []
    /// How far consumers have come, if the disk is to know something newer.
    private var places: [JournalFrame.Place]?
    private var placesUnderWay: [JournalFrame.Place]?
    /// Whether somebody comes to write them.
    private var isNoting = false
    private var hasErasures = false

    /// The last ticket that was given out, the last that the disk was asked for, and the last that it has.
    private(set) var appended: UInt64 = 0
    private var asked: UInt64 = 0
    private(set) var durable: UInt64 = 0
    /// The numbers on the journal that belong to these.
    private var numberAppended: UInt64
    private var numberAsked: UInt64
    private var numberDurable: UInt64

    private var capacity: Int
    /// Why nothing can be written; nil if it can.
    private(set) var failure: FileFailure?
    /// Why there is less room than there should be.
    private(set) var lack: FileFailure?
    var isClosed = false
    /// Whether the worker was told, or works.
    private var isScheduled = false
    private var waiters: [(ticket: UInt64, told: Waiter)] = []

    typealias Waiter = @Sendable (LiveStoreError?) -> Void

    init(limits: JournalLimits, capacity: Int, number: UInt64) {
        self.limits = limits
        self.capacity = capacity
        self.numberAppended = number
        self.numberAsked = number
        self.numberDurable = number
    }

    /// Whether the disk lacks something.
    var isHolding: Bool { self.appended != self.durable }

    /// How many records wait.
    var count: Int { self.records.count }

    func count(of tenant: TenantID) -> Int { self.records.count { $0.record.log.tenant == tenant } }

    /// Whether shards should read no more for the moment.
    var isBehind: Bool { self.failure != nil || self.waitingBytes > self.limits.waiting }

    private var waitingBytes: Int { self.underWay.readableBytes + self.next.readableBytes }

    // MARK: What is put on the journal

    /// Why nothing can be done now.
    var refusal: LiveStoreError? {
        if self.isClosed { return .closed }
        return self.failure.map { .unavailable(reason: "\($0)") }
    }

    /// Why so many bytes cannot be put on the journal now.
    func refusal(of bytes: Int) -> LiveStoreError? {
        if let refusal { return refusal }
        guard bytes > self.capacity - self.waitingBytes else { return nil }
        return self.lack.map { .unavailable(reason: "\($0)") } ?? .busy
    }

    /// Begins a transaction that puts something on the journal.
    mutating func beginFrame() { self.appended += 1 }

    mutating func add(_ record: FeedRecord, number: UInt64) {
        self.records.append((self.appended, record))
        self.frame.append(.init(number: number, log: record.log, entry: record.entry, label: record.label))
        self.numberAppended = number
    }

    mutating func endFrame() {
        JournalFrame.entries(self.frame).write(to: &self.next)
        self.frame.removeAll(keepingCapacity: true)
    }

    /// Voids what a tenant has on the journal.
    mutating func erase(_ tenant: TenantID) {
        self.appended += 1
        self.records.removeAll { $0.record.log.tenant == tenant }
        JournalFrame.erased(tenant).write(to: &self.next)
        self.hasErasures = true
    }

    /// Has the disk know how far consumers have come: nobody waits for it, so it goes with what is written next.
    ///
    /// - Returns: Whether somebody has to see to it, if nothing is.
    mutating func note(_ places: [MemoryFeed.Place]) -> Bool {
        self.places = places.map { .init(name: $0.consumer.name, next: $0.next, missed: UInt64(clamping: $0.missed)) }
        defer { self.isNoting = true }
        return !self.isNoting
    }

    /// Whether nothing was written since that took the places along.
    mutating func mustNote() -> Bool {
        self.isNoting = false
        return self.places != nil && self.failure == nil && !self.isClosed
    }

    /// Has somebody told when the disk has everything that was appended, or refuses it.
    mutating func wait(_ told: @escaping Waiter) { self.waiters.append((self.appended, told)) }

    // MARK: The worker

    /// Whether the worker has to be told: it works until nothing is left.
    mutating func schedule() -> Bool {
        if self.isScheduled { return false }
        self.isScheduled = true
        return true
    }

    /// What to write next; nil if there is nothing.
    ///
    /// What could not be written comes again.
    mutating func takeBatch() -> SegmentWriter.Batch? {
        guard self.isHolding || self.failure != nil || self.places != nil && self.hasRoomForPlaces else {
            self.isScheduled = false
            return nil
        }
        if self.underWay.readableBytes == 0 {
            swap(&self.underWay, &self.next)
        } else {
            self.underWay.writeBuffer(&self.next)
        }
        self.next.clear()
        if let places, self.hasRoomForPlaces {
            JournalFrame.places(places).write(to: &self.underWay)
            self.placesUnderWay = places
            self.places = nil
        }
        self.asked = self.appended
        self.numberAsked = self.numberAppended
        return SegmentWriter.Batch(
            frames: self.underWay,
            numbers: self.numberDurable + 1..<self.numberAsked + 1,
            hasErasures: self.hasErasures,
            places: self.placesUnderWay
        )
    }

    /// What was appended comes first.
    private var hasRoomForPlaces: Bool {
        self.waitingBytes + JournalFrame.bound(self.places ?? []) <= self.capacity
    }

    /// The disk has the batch.
    ///
    /// - Returns: The records that are on the journal now, and whom to tell.
    mutating func wrote() -> (records: [FeedRecord], told: [Waiter]) {
        self.durable = self.asked
        self.numberDurable = self.numberAsked
        self.underWay = ByteBuffer()
        self.placesUnderWay = nil
        if !self.isHolding { self.hasErasures = false }
        self.failure = nil
        var done: [FeedRecord] = []
        while let first = self.records.first, first.ticket <= self.durable {
            done.append(first.record)
            self.records.removeFirst()
        }
        return (done, self.takeWaiters(upTo: self.durable))
    }

    /// The disk refused the batch.
    ///
    /// - Returns: Whom to tell.
    mutating func failed(_ failure: FileFailure) -> [Waiter] {
        self.failure = failure
        return self.takeWaiters(upTo: .max)
    }

    mutating func hasRoom(for capacity: Int, lack: FileFailure?) {
        self.capacity = capacity
        self.lack = lack
    }

    private mutating func takeWaiters(upTo ticket: UInt64) -> [Waiter] {
        let done = self.waiters.filter { $0.ticket <= ticket }.map(\.told)
        self.waiters.removeAll { $0.ticket <= ticket }
        return done
    }
}
