import StateStore
import Tenant
import Testing

/// What every durable driver does for devices that are pushed to.
@Suite struct PushConformanceTests {
    private static let vapid = "key"

    private func device(_ path: String) throws -> PushRegistration {
        try #require(PushRegistration.device(path, "message-tags", "server-time"))
    }

    private func add(
        _ device: PushRegistration,
        of account: String = "ann",
        in tenant: TenantID,
        _ store: DurableStore,
        now: Int64 = 10,
        until end: Int64 = 100,
        limit: Int = 3
    ) async throws -> Bool {
        try await store.pushes.register(
            device,
            of: account,
            in: tenant,
            for: Self.vapid,
            now: now,
            until: end,
            limit: limit
        )
    }

    private func paths(
        _ store: DurableStore,
        _ account: String = "ann",
        of tenant: TenantID,
        for vapid: String = Self.vapid,
        now: Int64 = 20
    ) async throws -> [String] {
        try await store.pushes.registrations(of: account, in: tenant, for: vapid, now: now).map(\.endpoint.target)
    }

    private func withAccounts(_ driver: Driver, _ body: (DurableStore, TenantID) async throws -> Void) async throws {
        try await driver.withStore { store in
            let tenant = try TenantID.acme
            for name in ["ann", "bob"] {
                _ = try await store.accounts.create(name, folded: name, credentials: .some, of: tenant, now: 5)
            }
            try await body(store, tenant)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a device is found as it was registered, by its account alone`(_ driver: Driver) async throws {
        try await self.withAccounts(driver) { store, tenant in
            let device = try self.device("a")
            #expect(try await self.add(device, in: tenant, store))
            let found = try await store.pushes.registrations(of: "ann", in: tenant, for: Self.vapid, now: 20)
            #expect(found == [device])
            #expect(try await store.pushes.accounts(of: tenant, for: Self.vapid, now: 20) == ["ann"])
            #expect(try await store.pushes.tenants() == [tenant])
            #expect(try await self.paths(store, "bob", of: tenant) == [])
            #expect(try await self.paths(store, of: .globex) == [])
            // Another key than that for which it was made: the push service would refuse it.
            #expect(try await self.paths(store, of: tenant, for: "another") == [])
            #expect(try await store.pushes.accounts(of: tenant, for: "another", now: 20) == [])
        }
    }

    @Test(arguments: Driver.allCases)
    func `nothing is sent any more to who had what is an administrator's account now`(_ driver: Driver) async throws {
        try await self.withAccounts(driver) { store, tenant in
            func declare(_ name: String, at now: Int64) async throws {
                try await store.accounts.ensureAdmin(name, folded: name, credentials: .other, of: tenant, now: now)
            }
            for account in ["ann", "bob"] {
                #expect(try await self.add(try self.device(account), of: account, in: tenant, store))
            }
            try await declare("ann", at: 12)
            #expect(try await self.paths(store, of: tenant) == [])
            #expect(try await self.paths(store, "bob", of: tenant) == ["/bob"])
            // The administrator's own stay with another password.
            #expect(try await self.add(try self.device("c"), in: tenant, store, now: 13))
            try await declare("ann", at: 14)
            #expect(try await self.paths(store, of: tenant) == ["/c"])
        }
    }

    @Test(arguments: Driver.allCases)
    func `one of an endpoint takes the place of the one before, and an account has no more than it may`(
        _ driver: Driver
    ) async throws {
        try await self.withAccounts(driver) { store, tenant in
            for path in ["a", "b", "c"] { #expect(try await self.add(try self.device(path), in: tenant, store)) }
            #expect(try await self.add(try self.device("d"), in: tenant, store) == false)
            #expect(try await self.add(try self.device("b"), in: tenant, store))
            #expect(try await self.paths(store, of: tenant) == ["/a", "/b", "/c"])
            #expect(try await self.add(try self.device("d"), of: "bob", in: tenant, store))
            try await store.pushes.unregister("https://push.example/a", of: "ann", in: tenant)
            try await store.pushes.unregister("https://push.example/a", of: "ann", in: tenant)
            #expect(try await self.add(try self.device("d"), in: tenant, store))
            #expect(try await self.paths(store, of: tenant) == ["/b", "/c", "/d"])
        }
    }

    @Test(arguments: Driver.allCases)
    func `what is over counts no more, and goes`(_ driver: Driver) async throws {
        try await self.withAccounts(driver) { store, tenant in
            for path in ["a", "b", "c"] { #expect(try await self.add(try self.device(path), in: tenant, store)) }
            #expect(try await self.paths(store, of: tenant, now: 100) == [])
            #expect(try await self.add(try self.device("d"), in: tenant, store, now: 100, until: 200))
            #expect(try await self.paths(store, of: tenant, now: 20) == ["/d"])
            try await store.pushes.sweep(now: 200)
            #expect(try await self.paths(store, of: tenant, now: 20) == [])
        }
    }

    @Test(arguments: Driver.allCases)
    func `a device goes with its account, and none is another's of the same name`(_ driver: Driver) async throws {
        try await self.withAccounts(driver) { store, tenant in
            #expect(try await self.add(try self.device("a"), in: tenant, store))
            #expect(try await store.accounts.delete("ann", of: tenant))
            _ = try await store.accounts.create("ann", folded: "ann", credentials: .some, of: tenant, now: 15)
            #expect(try await self.paths(store, of: tenant) == [])
            #expect(try await store.eraser.remains(of: tenant)["push_registrations"] == nil)
            await #expect(throws: DurableStoreError.self) {
                _ = try await self.add(try self.device("a"), of: "nobody", in: tenant, store)
            }
        }
    }
}
