import Archive
import Foundation
import StateStore
import Tenant
import TestSupport
import Testing

/// A tenant on its way from one installation to another, as a file.
@Suite struct BundleTests {
    private static let password = "correct horse battery"

    /// A tenant with something in every table, and somebody who can log in.
    private func fill(_ store: DurableStore, _ tenant: TenantID, history: UInt64 = 105) async throws {
        try await store.fill(tenant, history: history, bytes: 300)
        let quick = PasswordHash.Parameters(logN: 10, blockSize: 8, parallelism: 1)
        let made = try AccountCredentials(name: "Carol", password: Self.password, parameters: quick)
        _ = try await store.accounts.create("Carol", folded: "carol", credentials: .init(made), of: tenant, now: 5)
    }

    @Test(arguments: TenantCopierTests.Route.allCases)
    func `everything arrives under another name, and people log in with the password that they had`(
        _ route: TenantCopierTests.Route
    ) async throws {
        try await route.withStores { source, target in
            try await BundleRig.with { rig in
                for tenant in try [TenantID.acme, .globex] { try await self.fill(source, tenant) }
                let end = try await rig.export(.acme, from: source)
                #expect(end.tables.values.reduce(0, +) == end.lines - 1)
                let initech = try #require(TenantID("initech"))
                let outcome = try await rig.bring(initech, into: target)
                #expect(outcome.stored == end.lines - 1 && outcome.known == 0)
                var expected = try await source.bundled(.acme)
                var found = try await target.bundled(initech)
                // The history's order is that of its numbers, and a fact of usage says whose it is.
                for table in ["history", "usage_ledger"] {
                    #expect(expected.removeValue(forKey: table)?.count == found.removeValue(forKey: table)?.count)
                }
                #expect(found == expected)
                #expect(try await target.eraser.remains(of: .acme).isEmpty)
                #expect(try await target.eraser.remains(of: .globex).isEmpty)
                #expect(try await target.eraser.remains(of: initech)["tenant_copies"] == nil)
                let known = try await source.history.latest("#tea", of: .acme)
                let read = try await target.history.latest("#tea", of: initech)
                #expect(read.map(\.id.messageID) == known.map(\.id.messageID) && read.count == 105)
                #expect(read.map(\.text) == known.map(\.text))
                let carol = try #require(try await target.accounts.find("carol", of: initech))
                let hash = try #require(carol.credentials.passwordHash.flatMap { PasswordHash(text: $0) })
                #expect(hash.verify(Self.password) && !hash.verify("another"))
                #expect(try await target.ledger.totals(of: initech, from: 0, to: 9).map(\.sum) == [1])
                // What numbers a channel's log had there says nothing here: its first change is kept.
                let channel = try #require(try await target.channels.find("#tea", of: initech))
                #expect(channel.position == .none && channel.fields == [0, 1, 255])
            }
        }
    }

    @Test func `everything that is the tenant's goes along, but for what only its own installation can use`() {
        let names = Set(BundleTable.all.map(\.name))
        let all = Set(TenantTable.all.filter(\.isData).map(\.name))
        #expect(names.isSubset(of: all))
        #expect(
            all.subtracting(names) == [
                "account_codes", "archives", "archive_keys", "archive_manifests", "archive_pending",
                "archive_segments", "conversations", "history_origins",
            ]
        )
    }

    @Test(arguments: TenantCopierTests.Route.allCases)
    func `an import that was cut off goes on, and nothing is there twice`(
        _ route: TenantCopierTests.Route
    ) async throws {
        try await route.withStores { source, target in
            try await BundleRig.with { rig in
                try await self.fill(source, .acme, history: 1200)
                try await rig.export(.acme, from: source)
                for transactions in [3, 6, 12, 13] {
                    let broken = DurableStore(cutOff(target.database, after: transactions))
                    await #expect(throws: DurableStoreError.unavailable(reason: "cut off")) {
                        try await rig.bring(.acme, into: broken)
                    }
                }
                // Another bundle does not come in between.
                try await BundleRig.with { other in
                    try await source.fill(.globex, history: 1)
                    try await other.export(.globex, from: source)
                    await #expect(throws: BundleError.self) { try await other.bring(.acme, into: target) }
                }
                let outcome = try await rig.bring(.acme, into: target)
                #expect(outcome.known > 0 && outcome.stored > 0)
                #expect(try await target.bundled(.acme) == source.bundled(.acme))
                // It is complete: what is there now is not overwritten by the same again.
                await #expect(throws: BundleError.self) { try await rig.bring(.acme, into: target) }
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `what is there already is named and left alone, but for administrators that were declared`(
        _ driver: Driver
    ) async throws {
        try await driver.withStore { store in
            try await BundleRig.with { rig in
                try await self.fill(store, .acme, history: 1)
                try await rig.export(.acme, from: store)
                let before = try await store.bundled(.acme)
                let error = await #expect(throws: BundleError.self) { try await rig.bring(.acme, into: store) }
                #expect("\(try #require(error))".contains("accounts 2"))
                #expect(try await store.bundled(.acme) == before)
                try await store.accounts.ensureAdmin("Boss", folded: "boss", credentials: .some, of: .globex, now: 1)
                try await rig.bring(.globex, into: store)
                #expect(try await store.accounts.find("boss", of: .globex)?.isDeclared == true)
                #expect(try await store.accounts.find("carol", of: .globex) != nil)
            }
        }
    }

    @Test(arguments: [StoredTenant.State.leaving, .arriving, .moved, .retained, .erasing])
    func `nothing comes to where data moves or goes`(_ state: StoredTenant.State) async throws {
        try await Driver.sqliteInMemory.withStore { store in
            try await BundleRig.with { rig in
                try await self.fill(store, .acme, history: 1)
                try await rig.export(.acme, from: store)
                try await store.tenants.upsert(
                    StoredTenant(tenant: .globex, namespace: "n", uid: "u", state: state, updatedAt: 1)
                )
                await #expect(throws: BundleError.self) { try await rig.bring(.globex, into: store) }
                #expect(try await store.eraser.remains(of: .globex) == ["tenants": 1])
            }
        }
    }

    @Test func `without secrets nobody's password, device or link is in it, and all else is`() async throws {
        try await Driver.sqliteInMemory.withStore { store in
            try await BundleRig.with { rig in
                try await self.fill(store, .acme, history: 3)
                let carol = try #require(try await store.accounts.find("carol", of: .acme))
                let secrets = [
                    try #require(carol.credentials.passwordHash), try #require(carol.credentials.scram), "$scrypt$x",
                    "push.example",
                    InviteLink(code: "code acme", channel: "", since: 0, creator: "", expiresAt: 0, uses: 0).hash,
                ]
                try await rig.export(.acme, from: store)
                let whole = try rig.lines.joined()
                for secret in secrets { #expect(whole.contains(secret), "\(secret)") }
                try await rig.export(.acme, from: store, withSecrets: false)
                let text = try rig.lines.joined()
                for secret in secrets { #expect(!text.contains(secret), "\(secret)") }
                try await rig.bring(.globex, into: store)
                let found = try #require(try await store.accounts.find("carol", of: .globex))
                #expect(found.credentials == .init(passwordHash: nil, scram: nil))
                #expect(try await store.history.latest("#tea", of: .globex).count == 3)
            }
        }
    }

    @Test func `second factors are of use under another name and secret, and what cannot be opened is told before`()
        async throws
    {
        try await Driver.sqliteInMemory.withStore { store in
            try await BundleRig.with { rig in
                try await self.fill(store, .acme, history: 1)
                _ = try await store.accounts.beginSecondFactor([1, 2, 3], of: "carol", in: .acme, now: 6)
                try await rig.export(.acme, from: store)
                await #expect(throws: BundleError.self) { try await rig.bring(.globex, into: store) { _, _ in nil } }
                #expect(try await store.eraser.remains(of: .globex).isEmpty)
                try await rig.bring(.globex, into: store) { sealed, account in sealed.reversed() + Array(account.utf8) }
                let factor = try await store.accounts.find("carol", of: .globex)?.secondFactor
                #expect(factor?.sealed == [3, 2, 1] + Array("carol".utf8))
            }
        }
    }
}
