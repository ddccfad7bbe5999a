// Work of many who share few workers: each has a turn after the other, and none may fill the queue alone.

/// A queue in which tenants take turns.
package struct TurnQueue<Job> {
    private let bound: Int
    private let tenantBound: Int
    /// What waits, by tenant; nobody is here with nothing.
    private var waiting: [TenantID: [Job]] = [:]
    /// Who has something waiting, next turn first.
    private var turns: [TenantID] = []
    private var count = 0

    /// Makes an empty queue.
    ///
    /// - Parameters:
    ///   - bound: How many jobs may wait.
    ///   - tenantBound: How many of those may be one tenant's.
    package init(bound: Int, tenantBound: Int) {
        self.bound = max(0, bound)
        self.tenantBound = max(0, tenantBound)
    }

    /// Adds a job behind those of its tenant.
    ///
    /// - Returns: false if there is no place for it.
    package mutating func add(_ job: Job, of tenant: TenantID) -> Bool {
        let own = self.waiting[tenant]?.count ?? 0
        guard own < self.tenantBound, self.count < self.bound else { return false }
        if own == 0 { self.turns.append(tenant) }
        self.waiting[tenant, default: []].append(job)
        self.count += 1
        return true
    }

    /// Takes the oldest job of the tenant whose turn it is.
    package mutating func next() -> Job? {
        guard let tenant = self.turns.first, var jobs = self.waiting.removeValue(forKey: tenant) else { return nil }
        // The bounds keep the shifts short.
        self.turns.removeFirst()
        let job = jobs.removeFirst()
        self.count -= 1
        if !jobs.isEmpty {
            self.waiting[tenant] = jobs
            self.turns.append(tenant)
        }
        return job
    }
}
