import Chat
import StateStore
import Tenant
import Testing

/// What every durable driver does for codes by mail, and for what accounts ask for beside a password.
@Suite struct AccountCodeConformanceTests {
    private static func code(
        _ purpose: CodePurpose = .registration,
        to address: String? = "ann@example.com",
        serial: String = "1",
        until end: Int64 = 1000
    ) -> NewCode {
        NewCode(
            purpose: purpose,
            address: address.flatMap { EmailAddress($0) },
            serial: serial,
            language: "de",
            expiresAt: end
        )
    }

    private static func account(_ name: String, _ code: NewCode, to address: String = "ann@example.com") -> NewAccount {
        NewAccount(
            name: name,
            folded: name.lowercased(),
            state: .unverified,
            email: EmailAddress(address),
            credentials: .some,
            code: code
        )
    }

    @Test(arguments: Driver.allCases)
    func `an account that waits for its code is its owner's once that is redeemed`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let made = try await store.accounts.register(
                Self.account("Ann", Self.code()),
                of: .acme,
                limit: nil,
                now: 1
            )
            guard case .created(let account) = made else { throw DurableStoreError.conflict("none was made: \(made)") }
            #expect(account.state == .unverified && account.email == "ann@example.com")
            #expect(try await store.accounts.names(of: .acme, unless: nil)?.owners == [:])
            let again = try await store.accounts.register(
                Self.account("ann", Self.code()),
                of: .acme,
                limit: nil,
                now: 2
            )
            #expect(again == .unverified(account))

            #expect(try await store.codes.attempt(of: "ann", for: .password, in: .acme, now: 3) == nil)
            #expect(try await store.codes.attempt(of: "ann", for: .registration, in: .globex, now: 3) == nil)
            let subject = try #require(try await store.codes.attempt(of: "ann", for: .registration, in: .acme, now: 3))
            #expect(
                subject
                    == CodeSubject(account: "ann", purpose: .registration, address: "ann@example.com", serial: "1")
            )
            let wrong = CodeSubject(account: "ann", purpose: .registration, address: "ann@example.com", serial: "2")
            #expect(try await store.codes.redeem(wrong, in: .acme, by: .init(accountsPerAddress: 1), now: 4) == .gone)
            guard
                case .done(let verified) = try await store.codes.redeem(
                    subject,
                    in: .acme,
                    by: .init(accountsPerAddress: 1),
                    now: 5
                )
            else { throw DurableStoreError.conflict("it is not redeemed") }
            #expect(verified.state == .active && verified.emailVerifiedAt == 5)
            #expect(try await store.accounts.find("ann", of: .acme) == verified)
            #expect(try await store.codes.redeem(subject, in: .acme, by: .init(accountsPerAddress: 1), now: 6) == .gone)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a code is tried so often, and not when it is too old`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.register(Self.account("Ann", Self.code()), of: .acme, limit: nil, now: 1)
            #expect(try await store.codes.attempt(of: "ann", for: .registration, in: .acme, now: 1000) == nil)
            let tries = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<14 {
                    group.addTask {
                        try await store.codes.attempt(of: "ann", for: .registration, in: .acme, now: 999) != nil
                    }
                }
                return try await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(tries.count { $0 } == 10)
        }
    }

    @Test(arguments: Driver.allCases)
    func `what is due is taken by one, and comes again if nothing is heard of it`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let (acme, globex) = (try TenantID.acme, try TenantID.globex)
            for (tenant, name) in [(acme, "Ann"), (acme, "Bea"), (globex, "Ann")] {
                let account = Self.account(name, Self.code(to: "\(name)@example.com"), to: "\(name)@example.com")
                _ = try await store.accounts.register(account, of: tenant, limit: nil, now: 10)
            }
            #expect(try await store.codes.waiting() == 3)
            #expect(try await store.codes.takeDue(9, now: 9, again: 20).isEmpty)
            let taken = try await withThrowingTaskGroup(of: [DueCode].self) { group in
                for _ in 0..<4 { group.addTask { try await store.codes.takeDue(1, now: 10, again: 20) } }
                return try await group.reduce(into: [DueCode]()) { $0 += $1 }
            }
            #expect(taken.count == 3 && Set(taken.map { "\($0.tenant) \($0.subject.account)" }).count == 3)
            #expect(taken.allSatisfy { $0.language == "de" && $0.tries == 1 && $0.expiresAt == 1000 })
            #expect(try await store.codes.takeDue(9, now: 19, again: 30).isEmpty)
            let again = try await store.codes.takeDue(9, now: 20, again: 30)
            #expect(again.count == 3 && again.allSatisfy { $0.tries == 2 })
            try await store.codes.setDue(nil, of: again[0])
            try await store.codes.setDue(500, of: again[1])
            #expect(try await store.codes.takeDue(9, now: 499, again: 600).map(\.subject) == [again[2].subject])
            #expect(try await store.codes.waiting() == 2)
            // Of what is too old nothing is sent.
            #expect(try await store.codes.takeDue(9, now: 1000, again: 2000).isEmpty)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a code that was asked for again takes the place of the one before`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("Ann", folded: "ann", credentials: .some, of: .acme, now: 1)
            #expect(
                try await store.codes.request(Self.code(.password, to: nil), of: "ann", in: .acme, now: 2) == .noAccount
            )
            #expect(try await store.codes.request(Self.code(.address), of: "bob", in: .acme, now: 2) == .noAccount)
            #expect(try await store.codes.request(Self.code(.address), of: "ann", in: .acme, now: 2) == .queued)
            let first = try await store.codes.takeDue(9, now: 2, again: 3)
            #expect(
                try await store.codes.request(Self.code(.address, serial: "2"), of: "ann", in: .acme, now: 2) == .queued
            )
            // What became of the first is nothing to the second.
            try await store.codes.setDue(nil, of: try #require(first.first))
            #expect(try await store.codes.takeDue(9, now: 2, again: 3).map(\.subject.serial) == ["2"])
            let subject = try #require(try await store.codes.attempt(of: "ann", for: .address, in: .acme, now: 3))
            guard
                case .done(let changed) = try await store.codes.redeem(
                    subject,
                    in: .acme,
                    by: .init(accountsPerAddress: 1),
                    now: 4
                )
            else { throw DurableStoreError.conflict("it is not redeemed") }
            #expect(changed.email == "ann@example.com" && changed.emailVerifiedAt == 4)

            #expect(
                try await store.codes.request(Self.code(.password, to: nil), of: "ann", in: .acme, now: 5) == .queued
            )
            let reset = try #require(try await store.codes.attempt(of: "ann", for: .password, in: .acme, now: 5))
            #expect(reset.address == "ann@example.com")
            let other = Account.Credentials(passwordHash: "other", scram: nil)
            guard
                case .done(let renewed) = try await store.codes.redeem(
                    reset,
                    credentials: other,
                    in: .acme,
                    by: .init(accountsPerAddress: 1),
                    now: 6
                )
            else { throw DurableStoreError.conflict("it is not redeemed") }
            #expect(renewed.credentials == other && renewed.email == "ann@example.com")
            #expect(try await store.accounts.removeAddress(of: "ann", in: .acme, now: 7))
            #expect(try await store.accounts.find("ann", of: .acme)?.emailVerifiedAt == nil)
            #expect(
                try await store.codes.request(Self.code(.password, to: nil), of: "ann", in: .acme, now: 8) == .noAccount
            )
        }
    }

    @Test(arguments: Driver.allCases)
    func `what was not verified in time goes, and its name is free`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let code = Self.code()
            _ = try await store.accounts.register(Self.account("Ann", code), of: .acme, limit: nil, now: 1)
            _ = try await store.accounts.create("Bob", folded: "bob", credentials: .some, of: .acme, now: 1)
            #expect(try await store.codes.purge(.acme, now: 999) == 0)
            let next = Self.account(
                "ANN",
                Self.code(to: "other@example.com", serial: "2", until: 3000),
                to: "other@example.com"
            )
            guard case .created(let taken) = try await store.accounts.register(next, of: .acme, limit: 2, now: 1000)
            else { throw DurableStoreError.conflict("the name is not free") }
            #expect(taken.name == "ANN" && taken.email == "other@example.com")
            #expect(try await store.codes.purge(.acme, now: 2999) == 0)
            #expect(try await store.codes.purge(.acme, now: 3000) == 1)
            #expect(try await store.accounts.find("ann", of: .acme) == nil)
            #expect(try await store.accounts.find("bob", of: .acme) != nil)
        }
    }

    @Test(arguments: Driver.allCases)
    func `a tenant has so much mail waiting and no more`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("Ann", folded: "ann", credentials: .some, of: .acme, now: 1)
            // What stands for many mails of others.
            let acme = try TenantID.acme
            try await store.database.write(.tenant(acme)) { connection throws(DurableStoreError) in
                for number in 0..<AccountCodeRepository.mostWaiting {
                    _ = try connection.execute(
                        """
                        INSERT INTO account_codes (tenant, account, purpose, address, serial, language, created_at,
                            expires_at, failures, tries, due_at)
                        VALUES ($1, $2, 'address', 'a@example.com', 's', 'en', 1, 9, 0, 0, 1)
                        """,
                        [.text(acme.text), .text("n\(number)")]
                    )
                }
            }
            #expect(try await store.codes.request(Self.code(.address), of: "ann", in: .acme, now: 2) == .isFull)
            let bob = Self.account("Bob", Self.code())
            #expect(try await store.accounts.register(bob, of: .acme, limit: nil, now: 2) == .mailIsFull)
            #expect(try await store.accounts.find("bob", of: .acme) == nil)
        }
    }

    // MARK: What is asked for beside a password

    @Test(arguments: Driver.allCases)
    func `a secret is asked for once a code of it was shown, and no code is good twice`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            let accounts = store.accounts
            _ = try await accounts.create("Ann", folded: "ann", credentials: .some, of: .acme, now: 1)
            #expect(try await accounts.beginSecondFactor([1], of: "ann", in: .acme, now: 2))
            let first = try #require(try await accounts.find("ann", of: .acme)?.secondFactor)
            #expect(first == .init(sealed: [1], confirmedAt: nil, lastStep: 0, recovery: 0))
            #expect(try await accounts.beginSecondFactor([2], of: "ann", in: .acme, now: 3))
            #expect(try await !accounts.confirm(first, step: 5, recovery: 7, of: "ann", in: .acme, now: 4))
            let factor = try #require(try await accounts.find("ann", of: .acme)?.secondFactor)
            #expect(try await accounts.confirm(factor, step: 5, recovery: 7, of: "ann", in: .acme, now: 5))
            #expect(try await accounts.find("ann", of: .acme)?.needsCode == true)
            #expect(try await !accounts.beginSecondFactor([3], of: "ann", in: .acme, now: 6))
            for (step, isGood) in [(Int64(5), false), (6, true), (6, false), (8, true), (7, false)] {
                #expect(
                    try await accounts.use(.step(step), of: factor, of: "ann", in: .acme, now: 7) == isGood,
                    "\(step)"
                )
            }
            for (number, isGood) in [(1, true), (1, false), (0, true), (3, false), (2, true)] {
                #expect(
                    try await accounts.use(.recovery(number), of: factor, of: "ann", in: .acme, now: 8) == isGood,
                    "\(number)"
                )
            }
            #expect(try await accounts.find("ann", of: .acme)?.secondFactor?.recovery == 0)
            #expect(try await accounts.removeSecondFactor(of: "ann", in: .acme, now: 9))
            #expect(try await !accounts.removeSecondFactor(of: "ann", in: .acme, now: 9))
            #expect(try await accounts.find("ann", of: .acme)?.secondFactor == nil)
        }
    }
}
