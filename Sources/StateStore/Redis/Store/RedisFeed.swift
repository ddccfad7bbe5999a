import DequeModule
import Logging
import NIOCore
import Tenant

/// A reader of the feed as one of its consumers: a member of the group that all pods' readers share.
///
/// Loop-bound.
///
/// The stream has an item for each call that appended something for the feed, often with several records. An item is acknowledged when
/// all its records were; until then it is handed out again after a while, here or elsewhere. One that this version
/// cannot read is given back at once, for a newer one to claim; such items count for the feed's bound.
final class RedisFeed {
    typealias Completion = (Result<[FeedRecord], LiveStoreError>) -> Void

    /// One record of an item.
    private struct Part: Hashable {
        let chunk: Int
        let sequence: UInt64
    }

    private let group: String
    private let pipeline: RedisPipeline
    private let settings: RedisSettings
    private let pod: PodID
    private var isStarted = false
    /// Records of items that brought more than was asked for.
    private var ready = Deque<FeedRecord>()
    /// For each item handed out here, which of its records are not acknowledged.
    private var unacknowledged: [String: (parts: Set<Part>, tenants: Set<TenantID>, since: NIODeadline)] = [:]
    private var claimed: NIODeadline?
    private var cursor = "0-0"
    /// Items that cannot be read, as of the last time that all were looked at, and those of the look under way.
    private(set) var unreadable = 0
    private var unreadableSoFar = 0

    init(_ consumer: FeedConsumer, _ settings: RedisSettings, on loop: any EventLoop, pod: PodID, logger: Logger) {
        self.group = consumer.name
        // All groups, so that nothing goes that one of them needs which nobody has read as yet.
        let greeting = RedisGreeting(
            settings.endpoint,
            needsLibrary: true,
            consumers: settings.configuration.consumers
        )
        self.pipeline = RedisPipeline(
            RedisLink(settings, on: loop, logger: logger, greeting: greeting),
            hasLibrary: true
        )
        self.settings = settings
        self.pod = pod
    }

    func close() { self.pipeline.close() }

    func read(limit: Int, until deadline: NIODeadline, _ completion: @escaping Completion) {
        guard limit > 0 else { return completion(.success([])) }
        if !self.isStarted {
            self.isStarted = true
            self.pipeline.link.start()
        }
        if !self.ready.isEmpty { return completion(.success(self.take(limit))) }
        if self.claimIsDue { return self.claim(limit, deadline, completion) }
        self.readNew(limit, deadline, completion)
    }

    /// Notes what is stored.
    ///
    /// - Returns: The items of which nothing is left, as `acknowledge` takes them: each with the tenants that have a part of it.
    func acknowledged(_ ids: [FeedRecord.ID]) -> [String] {
        var done: [String] = []
        for id in ids {
            let parts = id.text.split(separator: "/")
            guard parts.count == 3, let chunk = Int(parts[1]), let sequence = UInt64(parts[2]) else { continue }
            let item = String(parts[0])
            let part = Part(chunk: chunk, sequence: sequence)
            guard self.unacknowledged[item]?.parts.remove(part) != nil, let left = self.unacknowledged[item],
                left.parts.isEmpty
            else { continue }
            self.unacknowledged[item] = nil
            done += [item, String(left.tenants.count)] + left.tenants.map(\.text)
        }
        return done
    }

    // MARK: New items

    private func readNew(_ limit: Int, _ deadline: NIODeadline, _ completion: @escaping Completion) {
        // Short waits, so that a dead connection is told from a quiet feed.
        let wait = min(deadline - .now(), TimeAmount(self.settings.configuration.silence) / 3)
        let milliseconds = wait.nanoseconds / 1_000_000
        var words = ["XREADGROUP", "GROUP", self.group, self.pod.description, "COUNT", Self.items(limit)]
        if milliseconds > 0 { words += ["BLOCK", String(milliseconds)] }
        words += ["STREAMS", RedisKey.feed, ">"]
        self.ask(words) { result in
            switch result {
            case .failure(let error):
                completion(.failure(error))
            case .success(let reply):
                self.took(reply[0]?[1])
                if self.ready.isEmpty, NIODeadline.now() < deadline {
                    self.read(limit: limit, until: deadline, completion)
                } else {
                    completion(.success(self.take(limit)))
                }
            }
        }
    }

    // MARK: Items of readers that died

    private var claimIsDue: Bool {
        guard let claimed = self.claimed else { return true }
        return NIODeadline.now() - claimed >= TimeAmount(self.settings.configuration.feedRedelivery) / 2
    }

    private func claim(_ limit: Int, _ deadline: NIODeadline, _ completion: @escaping Completion) {
        let idle = String(max(1, self.settings.configuration.feedRedelivery.milliseconds))
        let words = [
            "XAUTOCLAIM", RedisKey.feed, self.group, self.pod.description, idle, self.cursor, "COUNT",
            Self.items(limit),
        ]
        self.ask(words) { result in
            switch result {
            case .failure(let error):
                completion(.failure(error))
            case .success(let reply):
                self.cursor = reply[0]?.text ?? "0-0"
                self.took(reply[1])
                if self.cursor == "0-0" { self.lookedAtAll() }
                self.read(limit: limit, until: deadline, completion)
            }
        }
    }

    // MARK: Items

    /// How many items to ask for: under load one has dozens of records, and what is in hand for too long would be handed
    /// out again.
    private static func items(_ records: Int) -> String { String(max(1, records / 16)) }

    private func took(_ items: RedisReply?) {
        var unreadable: [String] = []
        for item in items?.elements ?? [] {
            // Deleted meanwhile.
            guard let id = item[0]?.text, let fields = item[1], fields.isArray else { continue }
            guard let records = Self.records(of: id, fields) else {
                unreadable.append(id)
                continue
            }
            self.ready.append(contentsOf: records.map(\.record))
            self.unacknowledged[id] = (Set(records.map(\.part)), Set(records.map(\.record.log.tenant)), .now())
        }
        self.giveBack(unreadable)
    }

    /// The records of an item; nil if it has anything that this version cannot read, or nothing.
    private static func records(of id: String, _ fields: RedisReply) -> [(record: FeedRecord, part: Part)]? {
        var records: [(FeedRecord, Part)] = []
        for index in stride(from: 0, to: fields.count, by: 2) {
            guard let log = (fields[index]?.text).flatMap(LogKey.init(redisKey:)),
                var bytes = fields[index + 1]?.buffer,
                var labels = bytes.readLengthPrefixedSlice(as: UInt32.self),
                let chunk = RedisChunk(bytes)
            else { return nil }
            var lacksLabel = false
            let isWhole = chunk.forEach { entry, isFed in
                guard isFed else { return true }
                guard let label = labels.readLengthPrefixedSlice(as: UInt16.self) else {
                    lacksLabel = true
                    return false
                }
                let part = Part(chunk: index / 2, sequence: entry.position.sequence)
                let id = FeedRecord.ID("\(id)/\(part.chunk)/\(part.sequence)")
                let text = FeedLabel(String(buffer: label))
                records.append((FeedRecord(id: id, log: log, entry: entry, label: text), part))
                return true
            }
            guard isWhole, !lacksLabel else { return nil }
        }
        return records.isEmpty ? nil : records
    }

    /// Lets others claim items at once.
    private func giveBack(_ ids: [String]) {
        guard !ids.isEmpty else { return }
        self.unreadableSoFar += ids.count
        if self.unreadable == 0 { self.tell(ids[0]) }
        self.unreadable = max(self.unreadable, self.unreadableSoFar)
        let idle = String(max(1, self.settings.configuration.feedRedelivery.milliseconds))
        let claim = ["XCLAIM", RedisKey.feed, self.group, self.pod.description, "0"]
        self.ask(claim + ids + ["IDLE", idle, "JUSTID"]) { _ in }
    }

    private func lookedAtAll() {
        self.claimed = .now()
        self.unreadable = self.unreadableSoFar
        self.unreadableSoFar = 0
        // What others have claimed since is theirs to acknowledge.
        let oldest = NIODeadline.now() - TimeAmount(self.settings.configuration.feedRedelivery * 4)
        self.unacknowledged = self.unacknowledged.filter { $0.value.since > oldest }
    }

    private func tell(_ id: String) {
        self.pipeline.link.logger.warning(
            "items of the feed cannot be read by this version: they wait for a newer one",
            metadata: ["first": "\(id)"]
        )
    }

    private func take(_ limit: Int) -> [FeedRecord] {
        let records = Array(self.ready.prefix(limit))
        self.ready.removeFirst(records.count)
        return records
    }

    private func ask(_ words: [String], _ completion: @escaping (Result<RedisReply, LiveStoreError>) -> Void) {
        let deadline = NIODeadline.now() + TimeAmount(self.settings.configuration.callDeadline)
        self.pipeline.enqueue(.redis(words), deadline: deadline, completion)
    }
}
