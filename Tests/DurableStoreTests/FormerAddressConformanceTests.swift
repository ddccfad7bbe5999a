import StateStore
import Tenant
import Testing

/// What every durable driver does for addresses that accounts have no more.
@Suite struct FormerAddressConformanceTests {
    private static func change(
        _ store: DurableStore,
        to address: String,
        serial: String,
        at now: Int64
    ) async throws -> CodeRedemption {
        let code = NewCode(
            purpose: .address,
            address: EmailAddress(address),
            serial: serial,
            language: "de",
            expiresAt: 1000
        )
        #expect(try await store.codes.request(code, of: "ann", in: .acme, now: now) == .queued)
        let subject = try #require(try await store.codes.attempt(of: "ann", for: .address, in: .acme, now: now))
        return try await store.codes.redeem(subject, in: .acme, by: .init(accountsPerAddress: 1), now: now)
    }

    @Test(arguments: Driver.allCases)
    func `each former address has a letter due, until it is sent or a day has passed`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("Ann", folded: "ann", credentials: .some, of: .acme, now: 1)
            for (number, name) in ["a", "b", "c"].enumerated() {
                let time = Int64(number) + 2
                let outcome = try await Self.change(store, to: "\(name)@example.com", serial: name, at: time)
                guard case .done = outcome else { throw DurableStoreError.conflict("it is not redeemed: \(outcome)") }
            }
            let due = try await store.codes.takeDue(9, now: 10, again: 20)
            #expect(due.map(\.subject.address).sorted() == ["a@example.com", "b@example.com"])
            #expect(due.allSatisfy { $0.subject.purpose == .formerAddress && $0.language == "de" })
            let sent = try #require(due.first { $0.subject.address == "a@example.com" })
            try await store.codes.setDue(nil, of: sent)
            // Nothing that is done to the account takes it back.
            #expect(try await store.accounts.delete("ann", of: .acme))
            #expect(try await store.codes.takeDue(9, now: 20, again: 30).map(\.subject.address) == ["b@example.com"])
            _ = try await store.codes.purge(.acme, now: 4 + 86_400_000)
            #expect(try await store.codes.waiting() == 0)
        }
    }

    @Test(arguments: Driver.allCases)
    func `an address that is taken away has a letter if it was verified`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.accounts.create("Ann", folded: "ann", credentials: .some, of: .acme, now: 1)
            _ = try await Self.change(store, to: "a@example.com", serial: "a", at: 2)
            let letter = NewCode.toFormerAddress("x", in: "fr", now: 3)
            #expect(try await store.accounts.removeAddress(of: "ann", in: .acme, telling: letter, now: 3))
            #expect(try await store.accounts.removeAddress(of: "ann", in: .acme, telling: letter, now: 4))
            let due = try await store.codes.takeDue(9, now: 5, again: 6)
            #expect(due.map(\.subject.address) == ["a@example.com"] && due.map(\.language) == ["fr"])
        }
    }
}
