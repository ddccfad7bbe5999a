package import Logging
import Observability
package import Tenant

/// Forgets codes that are too old, and the accounts that nobody verified in time: a service of every edge, whether it sends mail or not.
package struct CodeSweeper: Sendable {
    private let codes: AccountCodeRepository
    private let tenants: @Sendable () -> [TenantID]
    private let now: @Sendable () -> Int64
    private let clock: any Clock<Duration>
    private let logger: Logger
    private static let pause = Duration.seconds(600)

    /// Puts the service together.
    ///
    /// - Parameters:
    ///   - codes: What is looked through.
    ///   - tenants: Whose: what is being copied elsewhere is left as it is.
    ///   - now: Milliseconds since 1970.
    ///   - clock: Times the waits.
    ///   - logger: Hears of failures.
    package init(
        codes: AccountCodeRepository,
        tenants: @escaping @Sendable () -> [TenantID],
        now: @escaping @Sendable () -> Int64 = WallClock.system,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.codes = codes
        self.tenants = tenants
        self.now = now
        self.clock = clock
        self.logger = logger
    }

    /// Looks again and again, until the task is cancelled.
    package func run() async {
        // Edges that began at once do not look at once.
        while (try? await self.clock.sleep(for: Self.pause * Double.random(in: 0.5...1.5))) != nil {
            for tenant in self.tenants() { await self.sweep(tenant) }
        }
    }

    private func sweep(_ tenant: TenantID) async {
        do throws(DurableStoreError) {
            let count = try await self.codes.purge(tenant, now: self.now())
            guard count > 0 else { return }
            self.logger.info(
                "accounts were not verified in time",
                metadata: ["tenant": "\(tenant)", "count": "\(count)"]
            )
        } catch {
            self.logger.warning(
                "old codes cannot be removed",
                metadata: ["tenant": "\(tenant)", "reason": "\(String(reflecting: error))"]
            )
        }
    }
}
