// What tenants use: connections as the edges report them, channels from the live store, what is stored from the database.

import KubeClient
import Logging
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
        do {
            let usage = try await self.usage(stores)
            let before = self.runtime.state.withLock { state in
                defer {
                    state.usage = usage
                    state.usageAt = Self.time.now()
                }
                return state.usageAt == nil ? nil : state.usage
            }
            // Only whose figures changed are looked at; at the first time everybody.
            for key in self.context.directory.tenants(in: self.runtime.name) {
                guard let id = TenantID(key.name), before?[id] != usage[id] || before == nil else { continue }
                self.context.tenantQueue.add(key)
            }
        } catch {
            self.context.logger.warning(
                "usage cannot be looked up",
                metadata: ["cell": "\(self.runtime.name)", "reason": "\(error)"]
            )
        }
    }

    private func usage(_ stores: CellStores) async throws -> [TenantID: TenantView.Usage] {
        var usage: [TenantID: TenantView.Usage] = [:]
        for bytes in try await stores.live.liveFigures().values {
            guard let figures = try? PodFigures(json: bytes) else { continue }
            for (id, connections) in figures.tenants {
                usage[id, default: .init()].connections += connections
            }
            for (id, rate) in figures.rates { usage[id, default: .init()].messagesPerSecond += Int(rate.rounded()) }
        }
        let stored = try await self.stored(stores)
        for (id, count) in stored.accounts { usage[id, default: .init()].accounts = count }
        for (id, bytes) in stored.historyBytes { usage[id, default: .init()].historyBytes = bytes }
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
