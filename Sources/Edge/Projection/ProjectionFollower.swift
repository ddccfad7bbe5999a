// Where an edge of a cell that an operator looks after gets its tenants and certificates from: a log in the live store.
// It waits for a first complete projection; from then on nothing that happens to the store takes a tenant away, only the
// operator's word does.

package import Logging
package import NIOCore
package import StateStore
package import Tenant

/// Keeps an edge's tenants and certificates as the operator projects them: a service of the edge, and of a worker without certificates.
///
/// A change is applied at once, those that come within 50 ms after it together: a thousand tenants are a few steps.
package struct ProjectionFollower: Sendable {
    private let live: any LiveStore
    private let loop: any EventLoop
    private let seal: CertificateSeal?
    private let certificates: CertificateStore?
    private let pace: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// Puts the service together.
    ///
    /// - Parameters:
    ///   - live: The cell's live store.
    ///   - loop: Where the store's client lives; none of a shard, which a large projection would hold up.
    ///   - seal: Opens the certificates; nil where none are needed, which are passed over then.
    ///   - certificates: Gets the certificates; nil likewise.
    ///   - pace: The least time between two changes of what is served.
    ///   - clock: Times that.
    ///   - logger: Hears of what cannot be used.
    package init(
        live: any LiveStore,
        loop: any EventLoop,
        seal: CertificateSeal?,
        certificates: CertificateStore?,
        pace: Duration = .milliseconds(50),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.live = live
        self.loop = loop
        self.seal = seal
        self.certificates = certificates
        self.pace = pace
        self.clock = clock
        self.logger = logger
    }

    /// Works until its task is cancelled.
    ///
    /// - Parameters:
    ///   - apply: Gets each catalog with what is different from the one before, the certificates being there already.
    ///   - loaded: Called once the first complete projection was applied.
    /// - Throws: What the loop throws when it is shut down.
    package func run(
        apply: @Sendable (CatalogUpdate) async -> Void,
        loaded: @Sendable () -> Void
    ) async throws {
        let (signals, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let (live, loop) = (self.live, self.loop)
        let receiver = try await loop.submit {
            let receiver = ProjectionReceiver { continuation.yield() }
            receiver.start(live, on: loop)
            return NIOLoopBound(receiver, eventLoop: loop)
        }.get()
        var view = ProjectionView(seal: self.seal)
        var isFirst = true
        for await _ in signals {
            guard let fields = try await loop.submit({ receiver.value.complete }).get() else { continue }
            let before = view.catalog
            for problem in view.read(fields) {
                self.logger.error(
                    "part of the projection cannot be used and stays as it was",
                    metadata: ["name": "\(problem.field.name)", "reason": "\(problem.reason)"]
                )
            }
            self.certificates?.provide(view.certificates)
            let update = CatalogUpdate(view.catalog, since: before)
            if isFirst || !update.changes.isEmpty { await apply(update) }
            if isFirst {
                isFirst = false
                loaded()
                self.logger.notice("tenants loaded", metadata: ["tenants": "\(view.catalog.tenants.count)"])
            }
            try? await self.clock.sleep(for: self.pace)
        }
        try await loop.submit { receiver.value.stop() }.get()
    }
}
