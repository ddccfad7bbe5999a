import Archive
import Chat
import Foundation
import Logging
import ObjectStore
import StateStore
import Tenant
import TestSupport
import Testing

/// Numbers from a seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { self.state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension ArchivedHistory.Limits {
    /// As they are, for a machine that has other tests to run too.
    static var patient: Self {
        var limits = Self()
        limits.deadline = .seconds(600)
        return limits
    }
}

extension ArchiveRig {
    /// What clients ask where the history ends.
    func history(_ limits: ArchivedHistory.Limits = .patient, time: StoreTime = .system) -> ArchivedHistory {
        ArchivedHistory(
            self.store.archives,
            archive: { self.archive(of: $0) },
            limits: limits,
            time: time,
            logger: .quiet
        )
    }

    /// The history, and the archive where that ends.
    func whole(_ older: ArchivedHistory) -> WholeHistory {
        WholeHistory(self.store.history, older: older, readsOn: { _ in true })
    }

    /// Forgets all rows of a tenant's history before a time.
    func forget(before time: Int64, of tenant: TenantID) async throws {
        while try await self.store.history.delete(before: time, of: tenant) > 0 {}
    }

    /// Has everything that waits lie in the bucket.
    func seal(_ days: some Sequence<ArchiveDay>, of tenant: TenantID) async throws {
        let lease = try await self.lease(tenant)
        for day in days { _ = try await self.archive(of: tenant).seal(day, by: lease) }
    }

    /// Closes days.
    func close(_ days: some Sequence<ArchiveDay>, of tenant: TenantID) async throws {
        let lease = try await self.lease(tenant)
        let archive = self.archive(of: tenant)
        for day in days { _ = try await archive.close(day, by: lease, now: day.end) }
        try await archive.deleteReplaced(by: lease)
    }
}

/// What was said in a few conversations on a few days, by chance.
struct RandomConversations {
    static let names = ["#tea", "#Ü\"x", "@aann abob"]
    static let days = (0..<4).map { ArchiveDay(number: ArchiveRig.day.number + Int64($0)) }

    /// In the order in which it is stored.
    private(set) var records: [ArchivedRecord] = []

    init(_ count: Int, of tenant: TenantID, _ random: inout SeededNumbers) {
        let words = ["one", "Two", "three", "vier", "fünf", "\"six\"", "se\tven", "e\night"]
        var sequence: UInt64 = 0
        for index in 0..<count {
            sequence += 1
            let name = Self.names[Int.random(in: 0..<3, using: &random)]
            let isDirect = name.hasPrefix("@")
            let day = Self.days[index * Self.days.count / count]
            // Several in one millisecond, now and then.
            let time = day.start + Int64.random(in: 0..<40, using: &random) * 1000
            let stamp = Stamp(position: Position(epoch: 7, sequence: sequence), time: time)
            let log = LogKey(tenant, isDirect ? .user : .channel, isDirect ? "session" : name)
            let said = self.records.filter { $0.content.conversation == name && $0.content.redaction == nil }
            if let taken = said.randomElement(using: &random), Int.random(in: 0..<12, using: &random) == 0 {
                let redaction = HistoryRecord(
                    tenant,
                    in: name,
                    id: taken.stamp,
                    prefix: "op!o@host",
                    text: nil,
                    redaction: "op!o@host it was wrong"
                )
                self.records.append(ArchivedRecord(log: log, stamp: stamp, content: redaction))
                continue
            }
            let kinds: [HistoryRecord.Kind] = isDirect ? [.privmsg, .notice] : [.privmsg, .privmsg, .join, .topic]
            let kind = kinds[Int.random(in: 0..<kinds.count, using: &random)]
            let text = (0..<3).map { _ in words[Int.random(in: 0..<words.count, using: &random)] }
            let content = HistoryRecord(
                tenant,
                in: name,
                id: stamp,
                kind,
                prefix: Bool.random(using: &random) ? "ann!a@host" : "Bob!b@host",
                account: Bool.random(using: &random) ? "ann" : nil,
                isBot: Int.random(in: 0..<5, using: &random) == 0,
                target: kind.isEvent ? "" : isDirect ? "bob" : name,
                tags: Bool.random(using: &random) ? "+example.com/x=y" : "",
                text: text.joined(separator: " ")
            )
            self.records.append(ArchivedRecord(log: log, stamp: stamp, content: content))
        }
    }

    /// A place of a conversation: of something that was said, or of a time.
    func place(_ random: inout SeededNumbers) -> HistoryCursor {
        let record = self.records[Int.random(in: 0..<self.records.count, using: &random)]
        return switch Int.random(in: 0..<3, using: &random) {
        case 0: HistoryCursor(record.content.id)
        case 1: .start(of: record.stamp.time)
        default: .end(of: record.stamp.time + Int64.random(in: -2000...2000, using: &random))
        }
    }

    func part(_ random: inout SeededNumbers) -> HistoryRepository.Part {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .latest(after: nil)
        case 1: .latest(after: self.place(&random))
        case 2: .before(self.place(&random))
        case 3: .after(self.place(&random))
        case 4: .around(self.place(&random))
        default: .between(self.place(&random), self.place(&random))
        }
    }
}
