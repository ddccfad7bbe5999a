// How a cell's archives are, looked up now and then for all its tenants at once.

import KubeClient
import Logging
import StateStore
import Synchronization
import Tenant

/// What is known of a cell's archives.
struct KnownArchives: Sendable {
    /// By tenant, with the bucket itself under the cell's own name; nil before the first look.
    var standings: [TenantID: ArchiveStanding]?
    /// What was in the bucket when it was summed up last, and when that was.
    var contents: (found: [TenantID: ArchiveContents], at: Duration)?
    /// What tenants were served with last.
    var settings: [TenantID: ArchiveSettings] = [:]

    /// Forgets what another database said.
    mutating func forget() { (self.standings, self.contents) = (nil, nil) }

    /// What is known of a tenant's.
    func view(of tenant: TenantID, isConfigured: Bool) -> TenantView.Archive {
        guard let standings else { return .unknown }
        guard isConfigured else { return .notConfigured }
        return standings[tenant].map(TenantView.Archive.standing) ?? .empty
    }
}

/// Looks up how the archives of a cell are.
struct CellArchives: Sendable {
    let context: OperatorContext
    let runtime: CellRuntime
    private static let time = TimeSource.continuous

    /// Looks once; what cannot be looked up stays as it was.
    func refresh(_ stores: CellStores) async {
        do throws(DurableStoreError) {
            let contents = try await self.contents(stores)
            let standings = try await stores.durable.archives.standings(contents)
            self.runtime.state.withLock { $0.archives.standings = standings }
            self.count()
            try await self.leaveErasures(stores)
        } catch {
            self.context.logger.warning(
                "archives cannot be looked up",
                metadata: ["cell": "\(self.runtime.name)", "reason": "\(error)"]
            )
        }
    }

    /// Where the cell has no archive any more, nobody erases what it once put somewhere: who goes waits for nobody.
    private func leaveErasures(_ stores: CellStores) async throws(DurableStoreError) {
        guard self.context.leadership.isHeld,
            self.runtime.state.withLock({ $0.spec.map { $0.archive == nil } ?? false })
        else { return }
        for erasure in try await stores.durable.archives.erasures() {
            try await stores.durable.archives.askErasure(of: erasure.tenant, for: nil)
            guard let cell = self.context.directory.cell(self.runtime.name)?.object else { continue }
            let text =
                "the archive of the deleted tenant \(erasure.namespace)/\(erasure.tenant) stays where it is: the cell has none any more"
            self.context.announce("ArchiveLeft", text, of: cell)
        }
    }

    private func contents(_ stores: CellStores) async throws(DurableStoreError) -> [TenantID: ArchiveContents] {
        let now = Self.time.now()
        if let known = self.runtime.state.withLock({ $0.archives.contents }),
            now - known.at < self.context.settings.storedUsagePeriod
        {
            return known.found
        }
        let found = try await stores.durable.archives.contents()
        self.runtime.state.withLock { $0.archives.contents = (found, now) }
        return found
    }

    /// Counts those that are not as they should be, for metrics.
    private func count() {
        let (archives, isConfigured) = self.runtime.state.withLock { ($0.archives, $0.spec?.archive != nil) }
        var wrong: [String: Int] = [:]
        for (tenant, settings) in archives.settings {
            let view = archives.view(of: tenant, isConfigured: isConfigured)
            let condition = ArchiveVerdict.condition(settings, view)
            if condition.status == .no { wrong[condition.reason, default: 0] += 1 }
        }
        let lag = archives.standings?.values.map(\.lag).max() ?? 0
        self.context.figures.update(self.runtime.name) { figures in
            figures.archives = ArchiveLook(lag: Double(lag) / 1000, notReady: wrong)
        }
    }
}

/// What metrics show of a cell's archives.
struct ArchiveLook: Sendable, Hashable {
    /// How long the oldest record of any tenant has waited, in seconds.
    var lag: Double
    /// How many tenants' archives are not ready, by reason.
    var notReady: [String: Int]
}

extension ArchiveVerdict {
    /// Whether a tenant is to be looked at as a whole, since its archive is not as its status says.
    static func asksForALook(_ object: KubeObject, _ archive: TenantView.Archive, _ settings: ArchiveSettings?) -> Bool
    {
        guard let settings, let known = Condition("ArchiveReady", of: object) else { return false }
        // What was to be verified before there was anything is asked for now.
        if settings.enabled, self.verification(object, archive) != nil { return true }
        return self.condition(settings, archive).reason != known.reason
    }

    /// Whether an archive has changed so much that people should see it now; what has not is written with the next look at the tenant.
    static func isNews(_ archive: TenantView.Archive, since old: JSON) -> Bool {
        guard let standing = archive.standing else { return false }
        let new = archive.json(known: .null)
        return ["lastSegment", "lastVerified", "verification", "findings"].contains { new[$0] != old[$0] }
            || (standing.pendingRecords == 0) != (old["pendingRecords"].int ?? 0 == 0)
    }
}
