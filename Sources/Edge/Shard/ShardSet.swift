package import NIOCore
package import Tenant

/// The shards of this process, found by their event loops.
package struct ShardSet: Sendable {
    package let group: any EventLoopGroup
    package let all: [Shard]

    /// Makes one shard for each loop of a group and connects them to the store.
    package static func start(on group: any EventLoopGroup, environment: EdgeEnvironment) async -> ShardSet {
        var shards: [Shard] = []
        for (number, loop) in group.makeIterator().enumerated() {
            let shard = Shard(loop: loop, number: number, environment: environment)
            await shard.start()
            shards.append(shard)
        }
        return ShardSet(group: group, all: shards)
    }

    func shard(on loop: any EventLoop) -> Shard? { self.all.first { $0.loop === loop } }

    /// Forgets what is remembered of log-ins of accounts whose password is another now.
    func forgetLogins(_ folded: [String], of tenant: TenantID) async {
        await self.all.first?.forgetLogins(folded, of: tenant)
    }

    /// Tells all shards what the tenants are now.
    package func apply(_ catalog: TenantCatalog) async {
        for shard in self.all { await shard.apply(catalog) }
    }
}
