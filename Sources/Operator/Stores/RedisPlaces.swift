// Where among a cell's Redis instances its tenants live. A tenant stays where it is: what is live of it is there. Who comes lives where
// the least is, and who is where nobody is to live any more is moved, some at a time, since its people have to connect again.

import Numbers
package import Tenant

/// Which of a cell's Redis instances each tenant is to live in.
package struct RedisPlaces: Sendable {
    /// What a tenant counts for beside its connections.
    private static let weight = 10

    /// The instances in their order; the first has what all edges share.
    package let names: [String]
    /// Those that nobody is to live in any more.
    package var draining: Set<String> = []
    /// Those that do not answer.
    package var away: Set<String> = []
    /// Those that all edges know by now; the first always is one.
    package var known: Set<String>
    /// What each has to do: connections, and ten for each tenant.
    private var load: [String: Int] = [:]
    /// Who may be moved now.
    private var mayMove: Set<TenantID> = []

    package init(_ names: [String]) {
        self.names = names
        self.known = Set(names)
    }

    /// The first one's name.
    package var first: String { self.names.first ?? "" }

    /// What tenants are told to call one (``HostedTenant/redis``).
    package func call(_ name: String) -> String? { name == self.first ? nil : name }

    /// Counts anew.
    ///
    /// - Parameters:
    ///   - tenants: Who is served, with what it calls its instance.
    ///   - connections: How many connections each has.
    package mutating func count(
        _ tenants: some Sequence<(TenantID, String?)>,
        _ connections: [TenantID: Int]
    ) {
        self.load = [:]
        for (id, redis) in tenants {
            self.load[redis ?? self.first, default: 0] += Self.weight.plus(connections[id] ?? 0)
        }
    }

    /// Who of these is to go elsewhere next, some at a time.
    package mutating func nextMoves(
        of tenants: some Sequence<(TenantID, String?)>,
        most: Int
    ) -> [TenantID] {
        let leaving = self.draining.intersection(self.names)
        guard !leaving.isEmpty, self.candidates.contains(where: { !leaving.contains($0) }) else { return [] }
        let moves = tenants.filter { leaving.contains($1 ?? self.first) }.map(\.0).sorted().prefix(most)
        self.mayMove = Set(moves)
        return Array(moves)
    }

    /// Where a tenant is to live.
    ///
    /// - Parameters:
    ///   - id: The tenant.
    ///   - current: Where it lives, if it does somewhere.
    /// - Returns: An instance's name.
    package mutating func place(_ id: TenantID, from current: String?) -> String {
        let home = current.flatMap { self.names.contains($0) ? $0 : nil }
        if let home, !self.draining.contains(home) || !self.mayMove.contains(id) { return home }
        self.mayMove.remove(id)
        let free = self.candidates.filter { !self.draining.contains($0) }
        let least = free.min { (self.load[$0] ?? 0) < (self.load[$1] ?? 0) }
        guard let place = least ?? home ?? self.candidates.first else { return self.first }
        self.load[place, default: 0] += Self.weight
        return place
    }

    /// Where somebody can begin to live now.
    private var candidates: [String] {
        let there = self.names.filter { !self.away.contains($0) }
        let known = there.filter { $0 == self.first || self.known.contains($0) }
        return known.isEmpty ? there : known
    }
}
