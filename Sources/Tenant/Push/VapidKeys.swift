package import Crypto
import Synchronization

/// The keys of all tenants, each derived once.
package final class VapidKeys: Sendable {
    private let secret: SymmetricKey
    private let known = Mutex<[TenantID: VapidKey]>([:])

    /// - Parameter secret: The installation's secret.
    package init(from secret: SymmetricKey) { self.secret = secret }

    /// A tenant's key; nil if there is none, which happens to nobody.
    package func key(of tenant: TenantID) -> VapidKey? {
        if let key = self.known.withLock({ $0[tenant] }) { return key }
        guard let key = VapidKey(from: self.secret, tenant: tenant) else { return nil }
        self.known.withLock { $0[tenant] = key }
        return key
    }
}
