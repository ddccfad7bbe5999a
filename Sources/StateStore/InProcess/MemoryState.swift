import DequeModule
import NIOCore
import Tenant

/// Everything that the in-process store holds; lives behind one lock.
struct MemoryState: ~Copyable {
    /// Something that a client is to hand on, in order.
    enum Delivery {
        case entry(Entry, LogKey)
        /// The answer to its oldest call without one.
        case answer
        /// The disk refuses what the calls without an answer rest on; it is asked again.
        case delay
        /// No answer to the oldest call without one: the store ends.
        case end

        func isEntry(of log: LogKey) -> Bool {
            if case .entry(_, log) = self { true } else { false }
        }

        var isAnswer: Bool {
            switch self {
            case .entry, .delay: false
            case .answer, .end: true
            }
        }
    }

    struct Mailbox {
        var deliveries: [Delivery] = []
        /// What comes after them, once the disk has what it rests on.
        var held: Deque<(ticket: UInt64, delivery: Delivery)> = []
        /// Whether the client's loop was already told to drain.
        var isScheduled = false
    }

    struct Lease {
        var expires: ContinuousClock.Instant
        var slots: [CounterKey: Int] = [:]
        var logs: Set<LogKey> = []
        /// What the pod carries with it.
        var figures: [UInt8]?
    }

    private(set) var logs: [LogKey: MemoryLog] = [:]
    /// The one that a message went to before: most likely the next one does, too.
    private var latest: MemoryLog?
    private(set) var names: [TenantID: [LogKey.Kind: NameTable]] = [:]
    /// Who follows logs that do not exist; those of the others are with the logs.
    private var followersOfNothing: [LogKey: [Int]] = [:]
    private var nextEpoch: UInt64
    private let entriesKept: [LogKey.Kind: Int]
    var mailboxes: [Mailbox] = []
    var leases: [PodID: Lease] = [:]
    var slots: [CounterKey: Int] = [:]
    var buckets: [CounterKey: TokenBucket] = [:]
    /// Under their names, without the items.
    private var itemBuckets: [CounterKey: ItemBuckets] = [:]
    /// What consumers have not acknowledged, and on the disk if there is a gate.
    var feed: MemoryFeed
    /// How often something was changed.
    private(set) var changes: UInt64 = 0
    /// How many images were begun, and the one that is being taken.
    var images: UInt64 = 0
    var imageTaking: ImageTaking?
    /// What of the feed is not on the disk yet; nil if it is kept in memory only.
    var gate: JournalGate?
    /// What leases and buckets go by.
    let now: @Sendable () -> ContinuousClock.Instant

    init(
        firstEpoch: UInt64,
        configuration: InProcessLiveStore.Configuration,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        self.nextEpoch = firstEpoch
        self.entriesKept = configuration.entriesKept
        self.feed = MemoryFeed(configuration.consumers, limit: configuration.feedLimit)
    }

    /// Takes what an earlier process left on its journal.
    mutating func restore(_ recovery: JournalRecovery, limits: JournalLimits, capacity: Int) {
        self.feed.restore(Array(recovery.remaining), places: recovery.places)
        self.gate = JournalGate(limits: limits, capacity: capacity, number: self.feed.lastNumber)
    }

    /// The index of the first condition that fails.
    func failedCondition(of transaction: Transaction) -> Int? {
        transaction.conditions.firstIndex { !self.holds($0) }
    }

    func holds(_ condition: Condition) -> Bool {
        if let log = self.logs[condition.log] { return log.holds(condition.test) }
        switch condition.test {
        case .unchanged(let seen): return seen == .none
        case .absent: return true
        case .exists: return false
        case .equals: return false
        case .logsBelow(let limit): return self.count(condition.log.tenant, condition.log.kind) < limit
        }
    }

    /// An entry that was made.
    struct Applied {
        let stamp: Stamp
        /// Whether the client that it should pass to without its mailbox follows the log.
        var passed = false
    }

    /// Applies one change if one condition holds: for most, on the same log, which is then looked up once.
    mutating func apply(
        _ change: LogChange,
        if condition: Condition,
        by producer: ProducerID,
        now: Int64,
        passing: Int?,
        wake: inout [Int]
    ) -> Applied? {
        guard condition.log == change.log, let log = self.existing(change.log) else {
            guard self.holds(condition) else { return nil }
            return self.apply(change, to: self.log(change.log), by: producer, now: now, passing: passing, wake: &wake)
        }
        guard log.holds(condition.test) else { return nil }
        return self.apply(change, to: log, by: producer, now: now, passing: passing, wake: &wake)
    }

    /// Applies one change.
    mutating func apply(
        _ change: LogChange,
        by producer: ProducerID,
        now: Int64,
        wake: inout [Int]
    ) -> Applied {
        self.apply(change, to: self.log(change.log), by: producer, now: now, passing: nil, wake: &wake)
    }

    /// Applies one change and hands its entry to the followers' mailboxes.
    ///
    /// - `passing`: a client that delivers its entry itself.
    /// - `wake`: gets the clients that must be told to drain.
    private mutating func apply(
        _ change: LogChange,
        to log: MemoryLog,
        by producer: ProducerID,
        now: Int64,
        passing: Int?,
        wake: inout [Int]
    ) -> Applied {
        self.changes &+= 1
        if self.imageTaking != nil, change.changesMoreThanEntries { self.takeImage(of: log) }
        let stamp = log.apply(change, by: producer, now: now)
        var applied = Applied(stamp: stamp)
        func entry() -> Entry {
            Entry(position: stamp.position, time: stamp.time, producer: producer, payload: change.payload)
        }
        let isHolding = self.gate?.isHolding ?? false
        let ticket = self.gate?.appended ?? 0
        for client in log.followers {
            if client == passing {
                applied.passed = true
                continue
            }
            if isHolding || !self.mailboxes[client].held.isEmpty {
                self.mailboxes[client].held.append((ticket, .entry(entry(), change.log)))
                continue
            }
            self.mailboxes[client].deliveries.append(.entry(entry(), change.log))
            if !self.mailboxes[client].isScheduled {
                self.mailboxes[client].isScheduled = true
                wake.append(client)
            }
        }
        if let label = change.feed {
            let number = self.feed.number(for: change.log.tenant)
            let record = FeedRecord(number: number, log: change.log, entry: entry(), label: label)
            if self.gate?.add(record, number: number) == nil { self.feed.append(record) }
        }
        if change.holder != .unchanged { self.hold(log, change.holder) }
        switch change.lifetime {
        case .keep: break
        case .drop: self.drop(log)
        case .dropIfEmpty(let section, let keeper):
            let counts = log.fields.counts
            if counts[section] == 0, keeper.map({ counts[$0] == 0 }) ?? true { self.drop(log) }
        }
        return applied
    }

    private mutating func existing(_ key: LogKey) -> MemoryLog? {
        if let latest, latest.key == key { return latest }
        guard let log = self.logs[key] else { return nil }
        self.latest = log
        return log
    }

    private mutating func log(_ key: LogKey) -> MemoryLog {
        if let log = self.logs[key] { return log }
        let log = MemoryLog(
            key: key,
            epoch: self.nextEpoch,
            limit: self.entriesKept[key.kind] ?? 16,
            imaged: self.images
        )
        log.followers = self.followersOfNothing.removeValue(forKey: key) ?? []
        self.add(log)
        return log
    }

    private mutating func add(_ log: MemoryLog) {
        self.nextEpoch += 1
        self.logs[log.key] = log
        self.names[log.key.tenant, default: [:]][log.key.kind, default: NameTable()].insert(log.key.name)
    }

    /// Takes what an earlier process had, under epochs of this one; what it held is held by a pod whose lease has lapsed.
    mutating func restore(_ image: LiveImage) {
        let past = self.now().advanced(by: .seconds(-1))
        for log in image.logs where self.logs[log.key] == nil {
            let limit = self.entriesKept[log.key.kind] ?? 16
            self.add(MemoryLog(log, epoch: self.nextEpoch, limit: limit, imaged: self.images))
            if let holder = log.holder { self.leases[holder, default: Lease(expires: past)].logs.insert(log.key) }
        }
    }

    private mutating func hold(_ log: MemoryLog, _ holder: LogChange.Holder) {
        let pod: PodID?
        switch holder {
        case .unchanged: return
        case .set(let holder): pod = holder
        case .cleared: pod = nil
        }
        if let old = log.holder { self.leases[old]?.logs.remove(log.key) }
        log.holder = pod
        if let pod { self.leases[pod]?.logs.insert(log.key) }
    }

    private mutating func drop(_ log: MemoryLog) {
        self.hold(log, .cleared)
        self.latest = nil
        self.logs[log.key] = nil
        if !log.followers.isEmpty { self.followersOfNothing[log.key] = log.followers }
        self.names[log.key.tenant]?[log.key.kind]?.remove(log.key.name)
    }

    // MARK: Buckets

    mutating func take(_ wanted: Int, from bucket: CounterKey, rate: Double, burst: Double) -> Int {
        let now = self.now()
        guard let item = bucket.item else {
            return self.buckets[bucket, default: TokenBucket(burst: burst, now: now)]
                .take(wanted, rate: rate, burst: burst, now: now)
        }
        return self.itemBuckets[CounterKey(bucket.tenant, bucket.name), default: ItemBuckets()]
            .take(wanted, of: item, rate: rate, burst: burst, now: now)
    }

    mutating func giveBack(_ count: Int, to bucket: CounterKey, rate: Double, burst: Double) {
        guard let item = bucket.item else {
            self.buckets[bucket]?.giveBack(count, burst: burst)
            return
        }
        self.itemBuckets[CounterKey(bucket.tenant, bucket.name)]?
            .giveBack(count, of: item, rate: rate, burst: burst, now: self.now())
    }

    /// Lets go of buckets that are full.
    mutating func tidyBuckets() {
        let now = self.now()
        self.itemBuckets = self.itemBuckets.compactMapValues { buckets in
            var buckets = buckets
            return buckets.tidy(now) ? buckets : nil
        }
    }

    mutating func takeMail(of client: Int) -> [Delivery] {
        self.mailboxes[client].isScheduled = false
        if !self.mailboxes[client].held.isEmpty, let gate { self.release(to: client, gate) }
        if self.mailboxes[client].deliveries.isEmpty { return [] }
        // Handed out as it is; the next entry begins a new one.
        var mail: [Delivery] = []
        swap(&mail, &self.mailboxes[client].deliveries)
        return mail
    }

    func snapshot(of key: LogKey) -> Snapshot {
        guard let log = self.logs[key] else { return Snapshot(log: key, position: .none, fields: [:]) }
        return Snapshot(log: key, position: log.position, fields: log.fields.dictionary)
    }

    mutating func follow(_ key: LogKey, client: Int) {
        if let log = self.logs[key] {
            if !log.followers.contains(client) { log.followers.append(client) }
        } else if self.followersOfNothing[key]?.contains(client) != true {
            self.followersOfNothing[key, default: []].append(client)
        }
    }

    mutating func unfollow(_ key: LogKey, client: Int) {
        if let log = self.logs[key] {
            log.followers.removeAll { $0 == client }
        } else {
            self.followersOfNothing[key]?.removeAll { $0 == client }
            if self.followersOfNothing[key]?.isEmpty == true { self.followersOfNothing[key] = nil }
        }
        self.mailboxes[client].deliveries.removeAll { $0.isEntry(of: key) }
        self.mailboxes[client].held.removeAll { $0.delivery.isEntry(of: key) }
    }

    func count(_ tenant: TenantID, _ kind: LogKey.Kind) -> Int { self.names[tenant]?[kind]?.count ?? 0 }

    func excerpt(of key: LogKey, _ request: Excerpt.Request) -> Excerpt {
        guard let log = self.logs[key] else { return Excerpt(log: key, position: .none, fields: [:], counts: [:]) }
        var fields: [FieldName: [UInt8]] = [:]
        for name in request.fields { fields[name] = log.fields[name] }
        var counts: [Section: Int] = [:]
        for section in request.counts { counts[section] = log.fields.counts[section] }
        return Excerpt(log: key, position: log.position, fields: fields, counts: counts)
    }

    func page(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        after cursor: String?,
        limit: Int,
        _ request: Excerpt.Request
    ) -> Excerpt.Page {
        let place = cursor.flatMap { UInt64($0) } ?? 0
        let (names, next) = self.names[tenant]?[kind]?.page(from: place, limit: limit) ?? ([], nil)
        let excerpts = names.map { self.excerpt(of: LogKey(tenant, kind, $0), request) }
        return Excerpt.Page(excerpts: excerpts, next: next.map { String($0) })
    }

    /// Makes everything of a tenant go.
    ///
    /// Followers keep following: what comes is of another epoch.
    mutating func erase(_ tenant: TenantID) {
        self.changes &+= 1
        self.imageTaking = nil
        for (kind, names) in self.names.removeValue(forKey: tenant) ?? [:] {
            for name in names.all {
                if let log = self.logs[LogKey(tenant, kind, name)] { self.drop(log) }
            }
        }
        self.slots = self.slots.filter { $0.key.tenant != tenant }
        self.buckets = self.buckets.filter { $0.key.tenant != tenant }
        self.itemBuckets = self.itemBuckets.filter { $0.key.tenant != tenant }
        self.leases = self.leases.mapValues { lease in
            var lease = lease
            lease.slots = lease.slots.filter { $0.key.tenant != tenant }
            return lease
        }
        self.feed.erase(tenant)
    }

    /// How many things of a tenant there are.
    func remains(of tenant: TenantID) -> Int {
        let held = self.leases.values.reduce(0) { sum, lease in
            sum + lease.logs.count { $0.tenant == tenant } + lease.slots.keys.count { $0.tenant == tenant }
        }
        return self.logs.keys.count { $0.tenant == tenant } + self.slots.keys.count { $0.tenant == tenant }
            + self.buckets.keys.count { $0.tenant == tenant } + self.itemBuckets.keys.count { $0.tenant == tenant }
            + self.feed.count(of: tenant) + held
            + (self.gate?.count(of: tenant) ?? 0)
            + (self.names[tenant]?.values.reduce(0) { $0 + $1.count } ?? 0)
    }
}
