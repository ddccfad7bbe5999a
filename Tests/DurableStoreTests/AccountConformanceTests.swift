import Chat
import StateStore
import Tenant
import Testing

/// What every durable driver does for accounts.
@Suite struct AccountConformanceTests {
    @Test(arguments: Driver.allCases)
    func `an account is found as it was created`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let created = try await store.accounts.create(
                "Alice",
                folded: "alice",
                credentials: .some,
                of: .acme,
                now: 17
            )
            let found = try await store.accounts.find("alice", of: .acme)
            #expect(found == created)
            #expect(created.name == "Alice")
            #expect(created.role == .user)
            #expect(created.credentials == .some)
            #expect(created.createdAt == 17)
            #expect(try await store.accounts.find("bob", of: .acme) == nil)
        }
    }

    @Test(arguments: Driver.allCases)
    func `whoever registers has the account that was asked for, unless there is one of the name`(
        _ driver: Driver
    ) async throws {
        try await driver.withStore { store in
            let accounts = store.accounts
            guard case .created(let made) = try await accounts.register(.some("Alice"), of: .acme, limit: nil, now: 17)
            else { throw DurableStoreError.conflict("no account was made") }
            #expect(try await accounts.find("alice", of: .acme) == made)
            #expect(made.name == "Alice" && made.role == .user && made.state == .waiting && !made.isDeclared)
            #expect(made.email == "alice@example.com" && made.credentials == .some && made.createdAt == 17)
            for limit in [nil, 1, 9] {
                #expect(try await accounts.register(.some("ALICE"), of: .acme, limit: limit, now: 18) == .exists)
            }
            #expect(try await accounts.find("alice", of: .acme) == made)
        }
    }

    @Test(arguments: Driver.allCases)
    func `of many who register at once no more get an account than the tenant may have`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("root", folded: "root", credentials: .some, of: .acme, now: 1)
            _ = try await store.accounts.create("root", folded: "root", credentials: .some, of: .globex, now: 1)
            let made = try await withThrowingTaskGroup(of: AccountCreation.self) { group in
                for number in 0..<12 {
                    group.addTask {
                        try await store.accounts.register(.some("a\(number)"), of: .acme, limit: 5, now: 2)
                    }
                }
                return try await group.reduce(into: [AccountCreation]()) { $0.append($1) }
            }
            #expect(made.count { $0 == .isFull } == 8)
            #expect(try await store.accounts.count(of: .acme) == 5)
        }
    }

    @Test(arguments: Driver.allCases)
    func `state, role and the last log-in are one account's, and its credentials stay`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let accounts = store.accounts
            for tenant in try [TenantID.acme, .globex] {
                _ = try await accounts.register(.some("Alice"), of: tenant, limit: nil, now: 1)
            }
            #expect(try await accounts.set(.active, of: "alice", in: .acme, now: 5))
            #expect(try await accounts.set(Account.Role.admin, of: "alice", in: .acme, now: 6))
            try await accounts.noteLogIn(to: "alice", of: .acme, now: 7)
            let account = try #require(try await accounts.find("alice", of: .acme))
            #expect(account.state == .active && account.role == .admin && account.lastLogInAt == 7)
            #expect(account.credentials == .some && account.createdAt == 1 && account.updatedAt == 6)
            let other = try #require(try await accounts.find("alice", of: .globex))
            #expect(other.state == .waiting && other.role == .user && other.lastLogInAt == nil)
            #expect(try await !accounts.set(.active, of: "nobody", in: .acme, now: 8))
        }
    }

    @Test func `a log-in is noted to a quarter of an hour`() {
        func account(_ last: Int64?) -> Account {
            Account(
                tenant: TenantID("acme")!,
                name: "a",
                folded: "a",
                credentials: .some,
                lastLogInAt: last,
                createdAt: 0,
                updatedAt: 0
            )
        }
        let quarter: Int64 = 15 * 60 * 1000
        #expect(AccountRepository.isToNote(account(nil), now: 0))
        #expect(!AccountRepository.isToNote(account(1000), now: 999 + quarter))
        #expect(AccountRepository.isToNote(account(1000), now: 1000 + quarter))
        // A clock that went back.
        #expect(!AccountRepository.isToNote(account(1000), now: 0) && AccountRepository.isToNote(account(.min), now: 0))
    }

    @Test(arguments: Driver.allCases)
    func `a name is taken once in a tenant and free in another`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("Alice", folded: "alice", credentials: .some, of: .acme, now: 1)
            await #expect(throws: DurableStoreError.conflict("account alice of tenant acme")) {
                try await store.accounts.create("ALICE", folded: "alice", credentials: .other, of: .acme, now: 2)
            }
            #expect(try await store.accounts.find("alice", of: .acme)?.credentials == .some)
            #expect(try await store.accounts.find("alice", of: .globex) == nil)
            _ = try await store.accounts.create("alice", folded: "alice", credentials: .other, of: .globex, now: 3)
            #expect(try await store.accounts.count(of: .acme) == 1)
        }
    }

    @Test(arguments: Driver.allCases)
    func `credentials are replaced and keep the time of creation`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("Alice", folded: "alice", credentials: .some, of: .acme, now: 1)
            #expect(try await store.accounts.update("alice", credentials: .other, of: .acme, now: 9))
            let account = try #require(try await store.accounts.find("alice", of: .acme))
            #expect(account.credentials == .other)
            #expect(account.createdAt == 1)
            #expect(account.updatedAt == 9)
            #expect(try await store.accounts.update("alice", credentials: .other, of: .globex, now: 9) == false)
        }
    }

    @Test(arguments: Driver.allCases)
    func `an admin is made, and made of a user, as often as wanted`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("Alice", folded: "alice", credentials: .other, of: .acme, now: 1)
            for now: Int64 in [2, 3] {
                try await store.accounts.ensureAdmin("alice", folded: "alice", credentials: .some, of: .acme, now: now)
                try await store.accounts.ensureAdmin("root", folded: "root", credentials: .some, of: .acme, now: now)
            }
            let accounts = try await store.accounts.list(of: .acme)
            #expect(accounts.map(\.folded) == ["alice", "root"])
            #expect(accounts.allSatisfy { $0.role == .admin && $0.credentials == .some && $0.updatedAt == 3 })
            // The administrator's is another account than what had the name.
            #expect(accounts.map(\.createdAt) == [2, 2])
            #expect(accounts.first?.name == "Alice")
        }
    }

    @Test(arguments: Driver.allCases)
    func `who is named no more loses the role, and who has it by hand keeps it`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let accounts = store.accounts
            _ = try await accounts.create("hand", folded: "hand", role: .admin, credentials: .some, of: .acme, now: 1)
            for tenant in try [TenantID.acme, .globex] {
                for name in ["alice", "bob"] {
                    try await accounts.ensureAdmin(name, folded: name, credentials: .some, of: tenant, now: 1)
                }
            }
            #expect(try await accounts.releaseAdmins(except: ["bob"], of: .acme, now: 9) == ["alice"])
            #expect(try await accounts.releaseAdmins(except: ["bob"], of: .acme, now: 10) == [])
            let roles = try await accounts.list(of: .acme).map { "\($0.folded) \($0.role) \($0.updatedAt)" }
            #expect(roles == ["alice user 9", "bob admin 1", "hand admin 1"])
            #expect(try await accounts.list(of: .globex).allSatisfy { $0.role == .admin })
            // The password still proves whose account it is.
            #expect(try await accounts.find("alice", of: .acme)?.credentials == .some)
        }
    }

    @Test(arguments: Driver.allCases)
    func `pages list every account once in order`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let names = ["zoe", "_x", "bob", "Émile", "alice", "ål"]
            for name in names {
                _ = try await store.accounts.create(name, folded: name, credentials: .some, of: .acme, now: 1)
            }
            var listed: [String] = []
            var after: String?
            while true {
                let page = try await store.accounts.list(of: .acme, after: after, limit: 4)
                listed += page.map(\.folded)
                after = page.last?.folded
                if page.count < 4 { break }
            }
            #expect(listed == ["_x", "alice", "bob", "zoe", "Émile", "ål"])
        }
    }

    @Test(arguments: Driver.allCases)
    func `a deleted account is gone`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("alice", folded: "alice", credentials: .some, of: .acme, now: 1)
            #expect(try await store.accounts.delete("alice", of: .globex) == false)
            #expect(try await store.accounts.delete("alice", of: .acme))
            #expect(try await store.accounts.delete("alice", of: .acme) == false)
            #expect(try await store.accounts.find("alice", of: .acme) == nil)
        }
    }
}

/// What every durable driver does for what accounts say of themselves.
@Suite struct KeptMetadataConformanceTests {
    private func metadata(_ values: (String, String)...) -> Metadata {
        values.reduce(Metadata()) { $0.applying(MetadataChange($1.0, $1.1)) ?? $0 }
    }

    @Test(arguments: Driver.allCases)
    func `what an account says of itself is found with it, and is its own tenant's`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            for tenant in try [TenantID.acme, .globex] {
                _ = try await store.accounts.create("Ann", folded: "ann", credentials: .some, of: tenant, now: 1)
            }
            let red = self.metadata(("color", "röt\u{1}"), ("empty", ""))
            let step = try #require(
                try await store.accounts.changeMetadata(of: "ann", in: .acme, now: 2) { .success($0.adding(red)) }
            )
            #expect(try step.get() == MetadataStep(before: Metadata(), after: red))
            #expect(try await store.accounts.find("ann", of: .acme)?.metadata == red)
            #expect(try await store.accounts.find("ann", of: .globex)?.metadata == Metadata())
            #expect(try await store.accounts.list(of: .acme).map(\.metadata) == [red])
            #expect(try await store.accounts.changeMetadata(of: "bob", in: .acme, now: 2) { .success($0) } == nil)
            // Other changes of the account leave it.
            try await store.accounts.ensureAdmin("ann", folded: "ann", credentials: .other, of: .acme, now: 3)
            #expect(try await store.accounts.find("ann", of: .acme)?.metadata == red)
            _ = try await store.accounts.changeMetadata(of: "ann", in: .acme, now: 4) { _ in .success(Metadata()) }
            #expect(try await store.accounts.find("ann", of: .acme)?.metadata == Metadata())
        }
    }

    @Test(arguments: Driver.allCases)
    func `a change that is refused changes nothing`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("ann", folded: "ann", credentials: .some, of: .acme, now: 1)
            let answer = try await store.accounts.changeMetadata(of: "ann", in: .acme, now: 2) { _ in
                .failure(Refusal(.metadataIsFull))
            }
            #expect(answer == .failure(Refusal(.metadataIsFull)))
            let account = try #require(try await store.accounts.find("ann", of: .acme))
            #expect(account.metadata.isEmpty && account.updatedAt == 1)
        }
    }

    @Test(arguments: Driver.allCases)
    func `of those who change it at once each is heard, up to what one may say`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("ann", folded: "ann", credentials: .some, of: .acme, now: 1)
            try await withThrowingTaskGroup { group in
                for number in 0..<Metadata.maximumKeys {
                    group.addTask {
                        _ = try await store.accounts.changeMetadata(of: "ann", in: .acme, now: 2) {
                            .success($0.adding(self.metadata(("k\(number)", "x"))))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.accounts.find("ann", of: .acme)?.metadata.changes.count == Metadata.maximumKeys)
        }
    }
}

extension NewAccount {
    /// One that waits, with mail.
    fileprivate static func some(_ name: String) -> NewAccount {
        let folded = name.lowercased()
        return NewAccount(
            name: name,
            folded: folded,
            state: .waiting,
            email: EmailAddress("\(folded)@example.com"),
            credentials: .some
        )
    }
}
