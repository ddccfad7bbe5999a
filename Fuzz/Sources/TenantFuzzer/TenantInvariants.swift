// What must hold for every file of tenants, plans and cells: whatever is accepted keeps within its bounds, comes through
// the projection as it was, and an edge can reckon with it.
//
// A whole edge would have to be built with TLS and HTTP for that, which takes longer than the fuzzing. So the fuzzer goes
// as far as an edge's shard does: it admits people and takes tokens for messages with the edge's own requests, from the
// live store that `roost dev` uses.

import NIOCore
import NIOEmbedded
import StateStore
import Tenant

/// Properties that no file may break.
enum TenantInvariants {
    /// What was broken.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    private static func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: what()) }
    }

    /// Checks everything on one text.
    ///
    /// - Throws: ``Violation``.
    static func check(_ text: String) throws {
        let (resources, _) = ResourceSet.read(text, named: "fuzz")
        for cell in resources.cells.values { try self.checkCell(cell.spec) }
        var errors: [ResourceError] = []
        let catalog = TenantCatalog(resources: resources, errors: &errors)
        for tenant in catalog.sorted { try self.checkTenant(tenant) }
        // What a newer or broken operator may have written.
        if let projected = try? ProjectedTenant(json: Array(text.utf8)) { try self.checkTenant(projected.hosted) }
        for line in text.split(separator: "\n").prefix(10) {
            try self.checkEndpoint(String(line))
            try self.checkEndpoint("https://" + line)
        }
    }

    /// Where a push service is said to be leads to a host's name, and nothing in it ends a line of a request.
    private static func checkEndpoint(_ text: String) throws {
        guard let endpoint = PushEndpoint(text) else { return }
        try self.require(DNSName.host(endpoint.host) == endpoint.host, "an endpoint's host is no name")
        try self.require(IPAddress(endpoint.host) == nil, "an endpoint's host is an address")
        try self.require(endpoint.port == 443 || 1024...65_535 ~= endpoint.port, "an endpoint has a port of the system")
        try self.require(endpoint.target.hasPrefix("/"), "an endpoint has no path")
        try self.require(endpoint.target.utf8.allSatisfy { 0x21...0x7E ~= $0 }, "an endpoint has what is not a URL's")
        let origin = PushEndpoint(endpoint.origin)
        try self.require(origin?.host == endpoint.host && origin?.port == endpoint.port, "an origin is another's")
    }

    private static func checkCell(_ cell: CellSpec) throws {
        let edge = cell.edge
        try self.require(Bounds.drainAnnouncement.contains(edge.drainAnnouncement), "an announcement is too long")
        try self.require(Bounds.drainGracePeriod.contains(edge.drainGracePeriod), "a grace period is too long")
        try self.require(Bounds.drainGracePeriod.contains(edge.longestDrain), "the longest grace period is too long")
        let scaling = edge.autoscaling
        try self.require(Bounds.stabilization.contains(scaling.scaleDownStabilization), "a stabilization is too long")
        try self.require(scaling.minReplicas <= scaling.maxReplicas, "the fewest are more than the most")
        guard let mail = edge.mail else { return }
        try self.require(MailServerURL(mail.server.text) == mail.server, "a mail server is another one when written")
        try self.require(1...65_535 ~= mail.server.port, "a mail server has no port")
        try self.require(EmailAddress(mail.from) != nil, "mail comes from no address")
    }

    private static func checkTenant(_ tenant: HostedTenant) throws {
        for name in QuotaName.allCases {
            let quota = tenant.quotas[name]
            let isWithin = quota.limit.map(name.bounds.contains) ?? true
            try self.require(isWithin, "\(name) is out of its bounds: \(quota)")
        }
        try self.require(Bounds.retention.contains(tenant.history.retention), "history is kept for too long")
        try self.require(Bounds.retention.contains(tenant.archive.retention), "archives are kept for too long")
        try self.require(Bounds.resumeGrace.contains(tenant.sessions.resumeGrace), "sessions stay for too long")
        let projected = ProjectedTenant(tenant, uid: "uid", generation: 1)
        let again = try ProjectedTenant(json: projected.json())
        try self.require(again == projected, "the projection has another tenant: \(again)")
        try self.checkEdge(tenant)
    }

    // MARK: As an edge does

    // libFuzzer calls on one thread only.
    private nonisolated(unsafe) static let shard = FuzzedShard()

    private static func checkEdge(_ tenant: HostedTenant) throws {
        self.shard.begin()
        for _ in 0..<3 {
            if let limit = tenant.quotas.newConnectionsPerSecond.hardLimit {
                try self.shard.take(.connection(limit), from: "accepts")
            }
            for name in [QuotaName.connections, .connectionsPerAddress] {
                try self.shard.reserve(name.rawValue, limit: tenant.quotas[name].hardLimit ?? .max)
            }
            if let limit = tenant.quotas.messagesPerSecond.hardLimit {
                try self.shard.take(.messages(limit), from: "messages")
            }
        }
        for name in [QuotaName.connections, .connectionsPerAddress] { self.shard.release(name.rawValue) }
        // A quota that is made smaller or larger finds the bucket as the one before left it.
        for limit in [0, 1, .max] { try self.shard.take(.messages(limit), from: "messages") }
        var flood = FloodBucket(burst: tenant.quotas.channels.limit ?? 20, rate: 4, now: 0)
        flood.spend(tenant.quotas.accounts.limit ?? 1)
        _ = flood.delay(now: .max)
    }
}

/// One shard's client of a live store, on a loop of its own; what it holds stays bounded however long the fuzzer runs.
private final class FuzzedShard: LiveStoreReceiver {
    private let loop = EmbeddedEventLoop()
    private let store = InProcessLiveStore()
    private let tenant = TenantID("fuzz")
    private lazy var client = self.store.makeClient(on: self.loop, receiver: self)
    private var held: [String: Int] = [:]
    private var turn = 0

    /// Begins with buckets that were not used for a while.
    func begin() {
        self.turn = (self.turn + 1) % 64
        self.held = [:]
    }

    func take(_ request: BucketRequest, from bucket: String) throws {
        guard let tenant else { return }
        let key = CounterKey(tenant, "\(bucket)/\(self.turn)")
        var granted = -1
        self.client.take(request.wanted, from: key, rate: request.rate, burst: request.burst) { result in
            granted = (try? result.get()) ?? -1
        }
        guard granted >= 0, granted <= request.wanted, Double(granted) <= max(0, request.burst) else {
            throw TenantInvariants.Violation(description: "\(granted) tokens for \(request)")
        }
    }

    func reserve(_ name: String, limit: Int) throws {
        guard let tenant else { return }
        var granted = -1
        self.client.reserve(1, of: CounterKey(tenant, name), limit: limit) { result in
            granted = (try? result.get()) ?? -1
        }
        self.held[name, default: 0] += granted
        guard (0...1).contains(granted), self.held[name, default: 0] <= max(0, limit) else {
            throw TenantInvariants.Violation(description: "\(granted) slots of \(limit)")
        }
    }

    func release(_ name: String) {
        guard let tenant else { return }
        self.client.release(self.held[name] ?? 0, of: CounterKey(tenant, name))
    }

    func received(_ entry: Entry, of log: LogKey) {}

    func reloaded(_ snapshot: Snapshot) {}

    func storeBecameReady() {}
}
