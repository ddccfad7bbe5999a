import Tenant

/// How the room in the feed is shared: a tenant gets no more of it than it leaves free.
///
/// So one tenant alone gets half of all, two that flood get a third each, and whatever others do there is room left for a
/// tenant that has little in it. Its clients are not read from before it comes to that: a tenant that is faster than the
/// history is slowed down, and refused only if that is not enough.
struct FeedRoom {
    /// How many records there are at most.
    private let limit: Int
    private var total = 0
    private var counts: [TenantID: Int] = [:]
    /// The tenants whose clients are not to be read from.
    private(set) var paused: Set<TenantID> = []

    init(limit: Int) { self.limit = limit }

    /// Whether there is so much that who only records gaps is moved on: less than what makes a tenant wait.
    var isCrowded: Bool { self.total * 4 >= self.limit }

    /// Whether a tenant may put more into the feed.
    func hasRoom(for tenant: TenantID) -> Bool { self.demand(of: tenant, reaching: self.limit) < self.limit }

    mutating func added(to tenant: TenantID) {
        self.total += 1
        self.counts[tenant, default: 0] += 1
        let mark = self.limit / 5 * 4
        if self.demand(of: tenant, reaching: mark) >= mark { self.paused.insert(tenant) }
    }

    /// Takes records back; ``resume()`` says what comes of it.
    mutating func removed(_ count: Int = 1, from tenant: TenantID) {
        let left = (self.counts[tenant] ?? 0) - count
        self.total -= count
        self.counts[tenant] = left > 0 ? left : nil
    }

    /// Has the clients of tenants be read from again that have room enough.
    ///
    /// - Returns: Whether there are any.
    mutating func resume() -> Bool {
        if self.paused.isEmpty { return false }
        let mark = self.limit / 5 * 3
        let left = self.paused.filter { self.demand(of: $0, reaching: mark) >= mark }
        defer { self.paused = left }
        return left.count < self.paused.count
    }

    /// What a tenant has and what all have, which is more than the limit once it has more than is free.
    ///
    /// A tenant's own part is looked up only if the mark can be reached: usually it cannot.
    private func demand(of tenant: TenantID, reaching mark: Int) -> Int {
        self.total * 2 < mark ? self.total : self.total + (self.counts[tenant] ?? 0)
    }
}
