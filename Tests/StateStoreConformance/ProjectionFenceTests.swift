import NIOCore
import NIOPosix
import StateStore
import Tenant
import TestSupport
import Testing

/// Who may write the projection, over every driver.
struct ProjectionFenceTests {
    private static func tenant(_ name: String, generation: Int64 = 1) throws -> ProjectedTenant {
        let hosted = HostedTenant(id: try #require(TenantID(name)), hostnames: ["\(name).example"])
        return ProjectedTenant(hosted, uid: "uid", generation: generation)
    }

    /// A writer; unless it is told otherwise it is not the first to notice anything: only its calls say.
    private func writer(
        _ store: any LiveStore,
        term: UInt64?,
        for owner: String = "test",
        lookingEvery interval: Duration = .seconds(3600)
    ) async throws -> ProjectionWriter {
        let writer = ProjectionWriter(
            live: store,
            owner: owner,
            loop: MultiThreadedEventLoopGroup.singleton.next(),
            lookingEvery: interval
        )
        _ = try await writer.takeOver(term: term)
        return writer
    }

    private func next(_ writer: ProjectionWriter) async throws {
        try await within(.seconds(60), "the writer's notice") {
            var told = writer.losses.makeAsyncIterator()
            _ = try await told.next()
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a writer that was paused and superseded writes nothing any more`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let paused = try await self.writer(world.first, term: 4)
            try await paused.put(tenant: try Self.tenant("acme"))
            let later = try await self.writer(world.first, term: 5)
            let acme = try Self.tenant("acme", generation: 5)
            try await later.put(tenant: acme)
            let fenced = LiveStoreError.fenced(term: 5)
            await #expect(throws: fenced) { try await paused.put(tenant: try Self.tenant("acme", generation: 4)) }
            await #expect(throws: fenced) { try await paused.remove(tenant: acme.id) }
            await #expect(throws: fenced) { try await paused.put(certificate: [1], name: Projection.wildcard) }
            await #expect(throws: fenced) { try await paused.markComplete() }
            await #expect(throws: fenced) { try await self.next(paused) }
            try await later.put(tenant: try Self.tenant("beta"))
            let state = try await later.load()
            #expect(state.tenants[acme.id] == acme)
            #expect(Set(state.tenants.keys.map(\.text)) == ["acme", "beta"])
            #expect(state.certificates.isEmpty && !state.isComplete)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a writer that writes nothing hears that it was superseded`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let idle = try await self.writer(world.first, term: 1, lookingEvery: .milliseconds(20))
            _ = try await self.writer(world.first, term: 2)
            await #expect(throws: LiveStoreError.fenced(term: 2)) { try await self.next(idle) }
        }
    }

    @Test(arguments: LiveDriver.all)
    func `an earlier term takes nothing over, the same one and none do`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let second = try await self.writer(world.first, term: 2)
            await #expect(throws: LiveStoreError.fenced(term: 2)) { try await self.writer(world.first, term: 1) }
            try await second.put(tenant: try Self.tenant("a"))
            // Without a term whoever comes last has the log, and keeps its term.
            let alone = try await self.writer(world.first, term: nil)
            await #expect(throws: LiveStoreError.fenced(term: 2)) { try await second.put(tenant: try Self.tenant("b")) }
            let next = try await self.writer(world.first, term: nil)
            await #expect(throws: LiveStoreError.fenced(term: 2)) { try await alone.put(tenant: try Self.tenant("c")) }
            await #expect(throws: LiveStoreError.fenced(term: 2)) { try await self.writer(world.first, term: 1) }
            let again = try await self.writer(world.first, term: 2)
            await #expect(throws: LiveStoreError.fenced(term: 2)) { try await next.put(tenant: try Self.tenant("d")) }
            try await again.put(tenant: try Self.tenant("e"))
            #expect(Set(try await again.load().tenants.keys.map(\.text)) == ["a", "e"])
        }
    }

    @Test(arguments: LiveDriver.withPods)
    func `another cell's log is left alone, whatever its term, for as long as its writer is there`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let first = try await world.backend.pod()
            _ = try await first.renewLease(for: .seconds(60))
            let here = try await self.writer(first, term: 1, for: "cell a")
            let acme = try Self.tenant("acme")
            try await here.put(tenant: acme)
            await #expect(throws: LiveStoreError.occupied(by: "cell a")) {
                try await self.writer(world.first, term: 9, for: "cell b")
            }
            try await here.put(tenant: try Self.tenant("beta"))
            // It goes: what it left is the other one's to take, who has its own terms.
            _ = try await first.renewLease(for: .milliseconds(1))
            try await until("the lease's end") { try await !world.first.hasLease(first.pod) }
            let there = try await self.writer(world.first, term: 1, for: "cell b")
            _ = try await world.first.renewLease(for: .seconds(60))
            #expect(try await there.load().tenants[acme.id] == acme)
            try await there.put(tenant: try Self.tenant("gamma"))
            // Back again, it finds that out, and keeps its hands off.
            await #expect(throws: LiveStoreError.occupied(by: "cell b")) { try await here.put(tenant: acme) }
            await #expect(throws: LiveStoreError.occupied(by: "cell b")) { try await self.next(here) }
            await #expect(throws: LiveStoreError.occupied(by: "cell b")) {
                try await self.writer(first, term: 7, for: "cell a")
            }
            #expect(try await there.load().tenants.count == 3)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `what was not refused is there, and what was refused is not`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let first = try await self.writer(world.first, term: 1)
            let later = ProjectionWriter(
                live: world.first,
                owner: "test",
                loop: MultiThreadedEventLoopGroup.singleton.next()
            )
            var (written, found): (Set<TenantID>, ProjectionState?) = ([], nil)
            try await withThrowingTaskGroup(of: (TenantID?, ProjectionState?).self) { group in
                for number in 0..<400 {
                    let tenant = try Self.tenant("tenant-\(number)")
                    if number == 200 { group.addTask { (nil, try await later.takeOver(term: 2)) } }
                    group.addTask {
                        do throws(LiveStoreError) {
                            try await first.put(tenant: tenant)
                            return (tenant.id, nil)
                        } catch {
                            #expect(error == .fenced(term: 2))
                            return (nil, nil)
                        }
                    }
                }
                for try await (tenant, state) in group {
                    if let tenant { written.insert(tenant) }
                    if let state { found = state }
                }
            }
            await #expect(throws: LiveStoreError.fenced(term: 2)) {
                try await first.put(tenant: try Self.tenant("last"))
            }
            #expect(Set(try #require(found).tenants.keys) == written)
            #expect(Set(try await later.load().tenants.keys) == written)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `a log that was lost is called whole only by who has read it since`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let writer = try await self.writer(world.first, term: 1)
            for name in ["acme", "beta"] { try await writer.put(tenant: try Self.tenant(name)) }
            try await world.first.erase(.cell)
            await #expect(throws: LiveStoreError.self) { try await writer.markComplete() }
            // What is one tenant's alone may be written.
            try await writer.put(tenant: try Self.tenant("acme"))
            await #expect(throws: LiveStoreError.self) { try await writer.markComplete() }
            try await self.next(writer)
            let state = try await writer.load()
            #expect(state.tenants.keys.map(\.text) == ["acme"] && !state.isComplete)
            try await writer.put(tenant: try Self.tenant("beta"))
            try await writer.markComplete()
            #expect(try await writer.load().isComplete)
        }
    }

    @Test(arguments: LiveDriver.all)
    func `after a loss the later term has the log, whoever comes first`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let earlier = try await self.writer(world.first, term: 1)
            let later = try await self.writer(world.first, term: 2, lookingEvery: .milliseconds(20))
            try await world.first.erase(.cell)
            // Whichever of the two takes the empty log first, the later one is told and has it in the end.
            _ = try? await earlier.put(tenant: try Self.tenant("acme"))
            try await self.next(later)
            let acme = try Self.tenant("acme", generation: 2)
            try await until("the later one having the log") {
                do throws(LiveStoreError) {
                    try await earlier.put(tenant: acme)
                    return false
                } catch { return error == .fenced(term: 2) }
            }
            try await later.put(tenant: try Self.tenant("beta"))
            #expect(try await later.load().tenants.keys.contains { $0.text == "beta" })
        }
    }
}
