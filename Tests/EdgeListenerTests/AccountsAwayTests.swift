// Logging in while the accounts' database is away: nobody waits for it twice, and it is noticed when it is back.

import Crypto
import Logging
import Realm
import StateStore
import Synchronization
import Tenant
import TestSupport
import Testing

@Suite struct AccountsAwayTests {
    /// A database that is away or not, and how often it was asked.
    private final class Rig: Sendable {
        /// Whether it is away, and how often it was asked.
        private final class Standing: Sendable {
            let state = Mutex((isAway: false, asked: 0))
        }

        private let standing: Standing
        let service: AccountService
        let store: DurableStore
        let tenant: TenantID

        init(clock: any Clock<Duration>) async throws {
            self.tenant = try #require(TenantID("acme"))
            self.store = DurableStore(try SQLiteDatabase())
            _ = try await self.store.migrator.up(now: 0)
            let standing = Standing()
            self.standing = standing
            let database = GuardedDatabase(self.store.database) { () throws(DurableStoreError) in
                let isAway = standing.state.withLock { state in
                    state.asked += 1
                    return state.isAway
                }
                if isAway { throw .unavailable(reason: "away") }
            }
            self.service = AccountService(
                durable: DurableStore(database),
                seal: { TOTPSeal(from: SymmetricKey(data: [1]), tenant: $0) },
                codeKey: { CodeKey(from: SymmetricKey(data: [1]), tenant: $0) },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                clock: clock
            )
        }

        var asked: Int { self.standing.state.withLock { $0.asked } }

        func set(away: Bool) { self.standing.state.withLock { $0.isAway = away } }

        /// What a log-in comes to.
        func logIn() async -> AuthenticationError? {
            do throws(AuthenticationError) {
                _ = try await self.service.find("ann", in: self.tenant)
                return nil
            } catch { return error }
        }

        /// What a wish of an account's comes to.
        func stay() async -> AuthenticationError? {
            do throws(AuthenticationError) {
                try await self.service.setAlwaysOn(true, of: "ann", in: self.tenant)
                return nil
            } catch { return error }
        }
    }

    /// A clock on which no time passes.
    private struct StoppedClock: Clock {
        typealias Instant = ContinuousClock.Instant

        var now: Instant { .now }
        var minimumResolution: Duration { .zero }

        func sleep(until deadline: Instant, tolerance: Duration?) async throws {
            let (ends, _) = AsyncStream<Never>.makeStream()
            for await _ in ends {}
        }
    }

    @Test func `one finds out, the others are told at once`() async throws {
        let rig = try await Rig(clock: StoppedClock())
        #expect(await rig.logIn() == nil)
        rig.set(away: true)
        #expect(await rig.logIn() == .away)
        let asked = rig.asked
        for _ in 0..<10 {
            #expect(await rig.logIn() == .away)
            #expect(await rig.stay() == .away)
        }
        #expect(rig.asked == asked)
        await rig.store.close()
    }

    @Test func `it is asked again and again, and people are let in once it answers`() async throws {
        let rig = try await Rig(clock: HastyClock())
        rig.set(away: true)
        #expect(await rig.logIn() == .away)
        let asked = rig.asked
        try await until("it is asked again") { rig.asked > asked + 2 }
        rig.set(away: false)
        try await until("people are let in") { await rig.logIn() == nil }
        await rig.store.close()
    }
}
