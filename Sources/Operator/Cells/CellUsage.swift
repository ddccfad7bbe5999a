// What tenants use: connections as the edges report them, channels from the live store, what is stored from the database.

import KubeClient
import Logging
import Numbers
import StateStore
import Synchronization
import Tenant

/// Looks up what the tenants of a cell use, now and then.
struct CellUsage: Sendable {
    let context: OperatorContext
    let runtime: CellRuntime
    private static let time = TimeSource.continuous

    func refresh(_ stores: CellStores) async {
        let isDue = self.runtime.state.withLock { state in
            state.usageTriedAt.map { Self.time.now() - $0 >= self.context.settings.usagePeriod } ?? true
        }
        guard isDue else { return }
        defer { self.runtime.state.withLock { $0.usageTriedAt = Self.time.now() } }
        await CellArchives(context: self.context, runtime: self.runtime).refresh(stores)
        do {
            let usage = try await self.usage(stores)
            let isFirst = self.runtime.state.withLock { state in
                defer {
                    state.usage = usage
                    state.usageAt = Self.time.now()
                }
                return state.usageAt == nil
            }
            self.tell(usage, isFirst: isFirst)
        } catch {
            self.context.logger.warning(
                "usage cannot be looked up",
                metadata: ["cell": "\(self.runtime.name)", "reason": "\(error)"]
            )
        }
    }

    /// Has written what is news, some tenants at a time; who reaches a quota is looked at, and at the first time everybody.
    private func tell(_ usage: [TenantID: TenantView.Usage], isFirst: Bool) {
        var news: [ObjectKey] = []
        for key in self.context.directory.tenants(in: self.runtime.name) {
            guard let id = TenantID(key.name), let object = self.context.directory.tenant(key)?.object,
                object.deletionTimestamp == nil
            else { continue }
            let used = usage[id] ?? .init()
            let archive = self.runtime.archive(of: id)
            let (quotas, archived) = self.runtime.state.withLock { ($0.quotas[id], $0.archives.settings[id]) }
            if isFirst || TenantUsageWriter.asksForALook(object, used, quotas)
                || ArchiveVerdict.asksForALook(object, archive, archived)
            {
                self.context.tenantQueue.add(key, .upkeep)
            } else if !object.hostnamesHeld.isEmpty,
                TenantUsageWriter.isNews(used, since: object.status["usage"])
                    || ArchiveVerdict.isNews(archive, since: object.status["archive"])
            {
                news.append(key)
            }
        }
        news.sort()
        let due = self.runtime.state.withLock { state in
            // Who did not have a turn the last time comes first.
            let turn = news.firstIndex { key in state.usageTold.map { $0 < key } ?? true } ?? 0
            let due = (news[turn...] + news[..<turn]).prefix(TenantUsageWriter.most)
            state.usageTold = due.last
            return due
        }
        for key in due { self.context.usageQueue.add(key) }
    }

    private func usage(_ stores: CellStores) async throws -> [TenantID: TenantView.Usage] {
        var usage: [TenantID: TenantView.Usage] = [:]
        var rates: [TenantID: Double] = [:]
        for figures in PodFigures.latest(of: try await stores.live.liveFigures().values) {
            for (id, connections) in figures.tenants {
                usage[id, default: .init()].connections += connections
            }
            rates.merge(figures.rates, uniquingKeysWith: +)
        }
        for (id, rate) in rates { usage[id, default: .init()].messagesPerSecond = Int(saturating: rate.rounded()) }
        let stored = try await self.stored(stores)
        for (id, count) in stored.accounts { usage[id, default: .init()].accounts = count }
        for (id, bytes) in stored.historyBytes { usage[id, default: .init()].historyBytes = bytes }
        let archives = self.runtime.state.withLock { $0.archives.standings } ?? [:]
        for (id, standing) in archives where id != .cell && standing.bytes > 0 {
            usage[id, default: .init()].archiveBytes = standing.bytes
        }
        for id in await stores.projected {
            let channels = try await stores.channelCount(of: id)
            if channels > 0 || usage[id] != nil { usage[id, default: .init()].channels = channels }
        }
        return usage
    }

    private func stored(_ stores: CellStores) async throws -> (
        accounts: [TenantID: Int], historyBytes: [TenantID: Int]
    ) {
        let now = Self.time.now()
        if let known = self.runtime.state.withLock({ $0.stored }),
            now - known.at < self.context.settings.storedUsagePeriod
        {
            return (known.accounts, known.historyBytes)
        }
        let accounts = try await stores.durable.usage.accounts()
        let historyBytes = try await stores.durable.usage.historyBytes()
        self.runtime.state.withLock { $0.stored = (accounts, historyBytes, now) }
        return (accounts, historyBytes)
    }
}
