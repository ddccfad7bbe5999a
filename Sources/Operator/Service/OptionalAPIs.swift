import KubeClient
import Synchronization

/// Which kinds of others the cluster has, looked up now and then: they may be installed while we run.
final class OptionalAPIs: Sendable {
    private static let lifetime: Duration = .seconds(300)
    private let client: KubeClient
    private let known = Mutex<[KubeResource: (isServed: Bool, at: ContinuousClock.Instant)]>([:])

    init(_ client: KubeClient) { self.client = client }

    /// The first of some kinds that the cluster has.
    func first(of resources: [KubeResource]) async -> KubeResource? {
        for resource in resources where await self.has(resource) { return resource }
        return nil
    }

    /// Whether the cluster has a kind; what was known if it cannot be asked.
    func has(_ resource: KubeResource) async -> Bool {
        let before = self.known.withLock { $0[resource] }
        if let before, ContinuousClock.now - before.at < Self.lifetime { return before.isServed }
        guard let isServed = try? await self.client.serves(resource) else { return before?.isServed ?? false }
        self.known.withLock { $0[resource] = (isServed, .now) }
        return isServed
    }
}
