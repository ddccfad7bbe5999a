import Dispatch
package import Logging
import Synchronization
import Tenant

/// Whose clients those are that name no tenant: who connect without TLS, or with TLS and no server name.
///
/// Nobody's, unless somebody said so: a client must not end in a network by chance.
package final class NamelessClients: Sendable {
    /// What was said.
    package enum Rule: Sendable, Hashable {
        case refused
        case belong(to: String)
        /// Without TLS, the first tenant by name; for development.
        case firstByName
    }

    package let rule: Rule
    private let logger: Logger?
    private let uptime: @Sendable () -> UInt64
    /// When it was told last that some were refused, and how many since.
    private let refused = Mutex<(told: UInt64?, count: Int)>((nil, 0))

    /// States whose they are.
    ///
    /// - Parameters:
    ///   - rule: What was said.
    ///   - logger: Told of those who are refused, once a minute.
    ///   - uptime: Nanoseconds since some moment.
    package init(
        _ rule: Rule = .refused,
        logger: Logger? = nil,
        uptime: @escaping @Sendable () -> UInt64 = { DispatchTime.now().uptimeNanoseconds }
    ) {
        self.rule = rule
        self.logger = logger
        self.uptime = uptime
    }

    /// The tenant of a client without TLS; `nil` refuses it.
    func plainTenant(in catalog: TenantCatalog) -> HostedTenant? {
        switch self.rule {
        case .firstByName: catalog.sorted.first
        case .refused, .belong: self.namedTenant(in: catalog)
        }
    }

    /// The tenant that was named on purpose; `nil` refuses whoever names none.
    func namedTenant(in catalog: TenantCatalog) -> HostedTenant? {
        guard case .belong(let name) = self.rule else { return nil }
        return TenantID(name).flatMap { catalog.tenants[$0] }
    }

    /// Somebody was refused.
    package func refuse() {
        guard let logger else { return }
        let now = self.uptime()
        let count: Int? = self.refused.withLock { refused in
            refused.count += 1
            if let told = refused.told, now - told < 60_000_000_000 { return nil }
            defer { refused = (now, 0) }
            return refused.count
        }
        guard let count else { return }
        logger.warning(
            "clients name no tenant and are refused: TLS without a server name, or no TLS; plainTenant may name one for them",
            metadata: ["clients": "\(count)"]
        )
    }
}
