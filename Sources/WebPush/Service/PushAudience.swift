import Chat
import StateStore
import Tenant

/// Whom an event is pushed to: found out with as few questions as may be, since nearly nothing in the feed is for anybody's device.
actor PushAudience {
    private struct Known<Value> {
        let value: Value
        let since: ContinuousClock.Instant
    }

    private let registrations: PushRepository
    private let presence: any PushPresence
    private let now: @Sendable () -> Int64
    private var tenants: Known<Set<TenantID>>?
    private var accounts: [TenantID: Known<Set<String>>] = [:]
    private var members: [LogKey: Known<[PushMember]>] = [:]
    /// How long it may take until a new device is pushed to.
    private static let freshness = Duration.seconds(2)
    private static let limit = 2_000

    init(_ registrations: PushRepository, _ presence: any PushPresence, now: @escaping @Sendable () -> Int64) {
        self.registrations = registrations
        self.presence = presence
        self.now = now
    }

    /// The accounts that are to know of a record, all of which have devices.
    func recipients(
        of record: FeedRecord,
        vapid: String
    ) async throws -> (event: PushEvent, accounts: Set<String>)? {
        let tenant = record.log.tenant
        guard try await self.hasDevices(tenant) else { return nil }
        let withDevices = try await self.accounts(of: tenant, vapid)
        if withDevices.isEmpty { return nil }
        guard let event = PushEvent(record) else {
            // Somebody came, went or is called otherwise.
            self.members[record.log] = nil
            return nil
        }
        if let account = event.account { return withDevices.contains(account) ? (event, [account]) : nil }
        guard let channel = event.channel, case .message(let message) = event else { return nil }
        let members = try await self.members(of: record.log, channel, withDevices)
        if PushRule.called(in: message, of: members).isEmpty { return nil }
        // Who has left must not read on.
        self.members[record.log] = nil
        let called = PushRule.called(in: message, of: try await self.members(of: record.log, channel, withDevices))
        return called.isEmpty ? nil : (event, called)
    }

    /// One question for all tenants, most of which have none.
    private func hasDevices(_ tenant: TenantID) async throws -> Bool {
        let instant = ContinuousClock.now
        if let tenants, tenants.since.duration(to: instant) < Self.freshness { return tenants.value.contains(tenant) }
        let found = try await self.registrations.tenants()
        self.tenants = Known(value: found, since: instant)
        return found.contains(tenant)
    }

    private func accounts(of tenant: TenantID, _ vapid: String) async throws -> Set<String> {
        let instant = ContinuousClock.now
        if let known = self.accounts[tenant], known.since.duration(to: instant) < Self.freshness { return known.value }
        let found = try await self.registrations.accounts(of: tenant, for: vapid, now: self.now())
        if self.accounts[tenant]?.value != found {
            self.members = self.members.filter { $0.key.tenant != tenant }
        }
        if self.accounts.count >= Self.limit { self.accounts = [:] }
        self.accounts[tenant] = Known(value: found, since: instant)
        return found
    }

    private func members(
        of log: LogKey,
        _ channel: String,
        _ accounts: Set<String>
    ) async throws -> [PushMember] {
        let instant = ContinuousClock.now
        if let known = self.members[log], known.since.duration(to: instant) < Self.freshness { return known.value }
        let found = try await self.presence.members(of: channel, in: log.tenant, among: accounts)
        if self.members.count >= Self.limit { self.members = [:] }
        self.members[log] = Known(value: found, since: instant)
        return found
    }
}
