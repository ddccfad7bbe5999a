import Synchronization

/// Finds a server that is there and is what was asked for: what the connections of one pool share.
final class PostgresConnector: Sendable {
    private let target: PostgresTarget
    private let resolver: HostResolver
    private let canceller: PostgresCanceller
    /// When an endpoint failed last.
    private let failures = Mutex<[PostgresEndpoint: ContinuousClock.Instant]>([:])
    /// For so long an endpoint that failed is tried after the others.
    private static let memory = Duration.seconds(60)

    init(_ target: PostgresTarget, _ resolver: HostResolver, _ canceller: PostgresCanceller) {
        self.target = target
        self.resolver = resolver
        self.canceller = canceller
    }

    /// Connects to the first endpoint that will do.
    ///
    /// Each gets an even share of the call's time, and no more than the URL's `connect_timeout`.
    ///
    /// - Throws: ``DurableStoreError/unavailable(reason:)`` that says of each endpoint why it is of no use;
    ///   ``DurableStoreError/configuration(_:)`` if none ever will be; the reason if the call was ended.
    func connect(_ call: PostgresCall, _ waker: PostgresWaker) throws(DurableStoreError) -> PostgresConnection {
        var reasons: [String] = []
        var left = self.target.sessionKinds.count * self.target.hosts.count
        for sessionKind in self.target.sessionKinds {
            for host in self.inOrder(self.target.hosts) {
                let endpoints: [PostgresEndpoint]
                do throws(DurableStoreError) {
                    endpoints = try self.endpoints(of: host, call, until: self.limit(call, left))
                } catch {
                    try self.note(error, of: host, call, &reasons)
                    left -= 1
                    continue
                }
                left += endpoints.count - 1
                for endpoint in self.inOrder(endpoints) {
                    do throws(DurableStoreError) {
                        let connection = try PostgresConnection(
                            endpoint,
                            options: self.target.options,
                            sessionKind: sessionKind,
                            call,
                            until: self.limit(call, left),
                            waker,
                            self.canceller
                        )
                        self.failures.withLock { failures in
                            for good in [host, endpoint] { failures.removeValue(forKey: good) }
                        }
                        return connection
                    } catch {
                        try self.note(error, of: endpoint, call, &reasons)
                        left -= 1
                    }
                }
                self.failures.withLock { $0[host] = .now }
            }
        }
        throw .unavailable(reason: reasons.joined(separator: "; "))
    }

    private func endpoints(
        of host: PostgresEndpoint,
        _ call: PostgresCall,
        until limit: ContinuousClock.Instant
    ) throws(DurableStoreError) -> [PostgresEndpoint] {
        if host.isLocal || !host.address.isEmpty { return [host] }
        return try self.resolver.addresses(of: host.host, for: call, until: limit).map { address in
            PostgresEndpoint(host: host.host, address: address, port: host.port)
        }
    }

    private func limit(_ call: PostgresCall, _ left: Int) -> ContinuousClock.Instant {
        let share = ContinuousClock.now.duration(to: call.deadline) / max(left, 1)
        return .now.advanced(by: min(share, self.target.hostTimeout))
    }

    /// Those that failed of late come last.
    private func inOrder(_ endpoints: [PostgresEndpoint]) -> [PostgresEndpoint] {
        guard endpoints.count > 1 else { return endpoints }
        let failures = self.failures.withLock { $0 }
        let recent = ContinuousClock.now.advanced(by: .zero - Self.memory)
        let isBad = { (endpoint: PostgresEndpoint) in failures[endpoint].map { $0 > recent } ?? false }
        return endpoints.filter { !isBad($0) } + endpoints.filter(isBad)
    }

    /// Notes why an endpoint is of no use, as long as another may be.
    private func note(
        _ error: DurableStoreError,
        of endpoint: PostgresEndpoint,
        _ call: PostgresCall,
        _ reasons: inout [String]
    ) throws(DurableStoreError) {
        if let reason = call.ended { throw reason }
        guard error.isTransient else { throw error }
        let now = ContinuousClock.now
        self.failures.withLock { failures in
            // Addresses come and go: what is old is of no use any more.
            failures = failures.filter { $0.value.duration(to: now) < Self.memory }
            failures[endpoint] = now
        }
        switch error {
        case .unavailable(let reason): reasons.append(reason)
        default: reasons.append("\(endpoint) did not answer in time")
        }
    }
}
