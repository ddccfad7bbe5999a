// Which of several Redis instances a tenant lives in, and what is live of it in each.

import KubeClient
import Numbers
import StateStore
import Tenant

extension CellStores {
    /// How long after a move what is live at the old place is kept: edges let go of it, and hand over what they have in hand.
    private static let keepsLeft = Duration.seconds(60)

    func redis(_ name: String) -> FurtherRedis? { self.further.first { $0.name == name } }

    /// How much of all feeds history has not acknowledged; nil if a store has not said so.
    var feedWaiting: Int? {
        get async {
            guard var sum = self.waiting else { return nil }
            for redis in self.further {
                guard let waiting = await redis.waiting else { return nil }
                sum = sum.plus(waiting)
            }
            return sum
        }
    }

    /// Where a tenant is to live.
    ///
    /// What is live of it where it goes, from an earlier stay, is erased first; what it leaves is, a while later.
    ///
    /// - Parameters:
    ///   - id: The tenant.
    ///   - noted: Where its status says that it lives.
    /// - Returns: The instance's name, and what the tenant is told to call it.
    /// - Throws: ``LiveStoreError`` if what lay there cannot be erased.
    func place(_ id: TenantID, noted: String?) async throws(LiveStoreError) -> (name: String, call: String?) {
        // An instance whose Secret is another by now has another name: the first is known to be the first still, and of others nobody
        // knows where they were, so that nothing that lies anywhere is taken for an earlier stay's.
        let served = self.dwelling(of: id).map { $0 ?? self.places.first }
        let current = [noted, served].compactMap(\.self).first { self.places.names.contains($0) }
        let place = self.places.place(id, from: current)
        if let current, current != place {
            try await self.eraseLive(id, in: place)
            self.left.append((id, current, TimeSource.continuous.now() + Self.keepsLeft))
        }
        return (place, self.places.call(place))
    }

    /// Makes everything of a tenant go that is live, wherever that is.
    ///
    /// - Throws: ``LiveStoreError``, also if an instance is away: it may have something.
    func eraseLive(_ id: TenantID) async throws(LiveStoreError) {
        for name in self.places.names { try await self.eraseLive(id, in: name) }
    }

    private func eraseLive(_ id: TenantID, in name: String) async throws(LiveStoreError) {
        if let further = self.redis(name) { return try await further.erase(id) }
        try await self.live.erase(id)
    }

    /// Takes note of what the Cell and its edges say of the instances.
    ///
    /// - Parameters:
    ///   - draining: Those that nobody is to live in any more.
    ///   - areKnown: Whether all edges know all of them; until then nobody new lives where nobody lived before.
    ///   - patience: How long one may leave every call without an answer.
    /// - Returns: Who is to be looked at now to be moved, and how many are left to move.
    func look(
        draining: Set<String>,
        areKnown: Bool,
        patience: Duration
    ) async -> (moves: [TenantID], left: Int) {
        self.places.draining = draining
        var away: Set<String> = []
        for further in self.further where await further.trouble(patience: patience) != nil { away.insert(further.name) }
        self.places.away = away
        let dwellings = self.dwellings
        let used = Set(dwellings.map { $1 ?? self.places.first })
        self.places.known = areKnown ? Set(self.places.names) : used
        let leaving = dwellings.count { draining.contains($1 ?? self.places.first) }
        return (areKnown ? self.places.nextMoves(of: dwellings, most: Self.movesAtOnce) : [], leaving)
    }

    /// How many tenants are moved at a look, every few seconds.
    private static let movesAtOnce = 5

    /// Counts what each instance has to do.
    func countPlaces() {
        guard self.places.names.count > 1 else { return }
        var connections: [TenantID: Int] = [:]
        for pod in self.figures.pods { connections.merge(pod.tenants, uniquingKeysWith: +) }
        self.places.count(self.dwellings, connections)
    }

    /// Erases what tenants left where they lived before, once its time is over.
    func eraseLeft(at now: Duration = TimeSource.continuous.now()) async {
        let due = self.left.filter { $0.at <= now }
        self.left.removeAll { $0.at <= now }
        for (tenant, redis, _) in due {
            // It may be back, or the instance may be none of ours any more.
            let current = self.dwelling(of: tenant).map { $0 ?? self.places.first }
            guard current != redis, self.places.names.contains(redis) else { continue }
            do throws(LiveStoreError) {
                try await self.eraseLive(tenant, in: redis)
            } catch { self.left.append((tenant, redis, now + Self.keepsLeft)) }
        }
    }
}
