// A cell may have several live stores, and each of its tenants lives in one of them. So a shard has a realm for each: networks of
// different stores share its clients and its time, and nothing else.

import Numbers
import Realm
import StateStore
import Tenant

extension ShardClients {
    /// All realms, the first store's first.
    var realms: [RealmShard] { [self.realm] + self.further.values }

    /// Where a tenant's networks are; nil if its store is not open here.
    func realm(of tenant: HostedTenant) -> RealmShard? { self.realm(over: tenant.redis) }

    /// The networks over a store; nil if it is not open here.
    func realm(over redis: String?) -> RealmShard? {
        guard let redis else { return self.realm }
        return self.further[redis]
    }

    /// Begins to use a further store.
    ///
    /// - Parameters:
    ///   - store: The store.
    ///   - redis: What tenants call it (``HostedTenant/redis``).
    ///   - place: Its place among the stores, the first further one's being 1.
    func open(_ store: any LiveStore, as redis: String, at place: Int) {
        guard self.further[redis] == nil else { return }
        var environment = self.environment.realm
        environment.store = store
        // What is counted is told apart by shard: a tenant that changes its store has two networks for a moment.
        let number = self.realm.number.plus(place.times(Self.mostShards))
        let realm = RealmShard(loop: self.loop, number: number, seconds: self.realm.seconds, environment: environment)
        self.further[redis] = realm
        self.begin(realm)
    }

    /// No process has more.
    private static let mostShards = 1024
}
