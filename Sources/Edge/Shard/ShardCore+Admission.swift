import IRC
import Logging
import StateStore
import Tenant

/// Who is let in: the tenant's state and its quotas on connections, which hold over all pods.
extension ShardCore {
    func admit(_ connection: Connection) {
        let tenant = connection.scope.tenant
        switch tenant.state {
        case .active: break
        case .suspended:
            return self.close(connection, reason: "\(tenant.displayName) is suspended")
        case .cordoned:
            return self.close(connection, reason: "\(tenant.displayName) takes no new connections now, try later")
        }
        if connection.scope.hasEnded { return self.close(connection, reason: "This network has ended") }
        if self.isDraining { return self.close(connection, reason: "This server is shutting down, connect again") }
        self.take(.init(connection), step: 0)
    }

    /// One quota after the other; what was granted before a refusal is given back when the connection ends.
    private func take(_ admission: Admission, step: Int) {
        let connection = admission.connection
        guard connection.phase == .admitting else { return }
        let quotas = connection.scope.tenant.quotas
        switch step {
        case 0:
            guard let limit = quotas.newConnectionsPerSecond.hardLimit else { return self.take(admission, step: 1) }
            let request = BucketRequest.connection(limit)
            self.store.take(
                request.wanted,
                from: CounterKey(connection.scope.id, "accepts"),
                rate: request.rate,
                burst: request.burst
            ) { self.granted($0, admission, next: 1, refusal: "Too many new connections, try again in a moment") }
        case 1:
            self.reserve("connections", quotas.connections, admission, next: 2, "The server is full")
        case 2:
            let name = "address/\(connection.network)"
            self.reserve(
                name,
                quotas.connectionsPerAddress,
                admission,
                next: 3,
                "Too many connections from your address"
            )
        default:
            connection.phase = .registering
            self.process(connection)
        }
    }

    private func reserve(_ name: String, _ quota: Quota, _ admission: Admission, next: Int, _ refusal: String) {
        // Without a quota the slot is taken all the same, so that one that comes later counts those who are here.
        let limit = quota.hardLimit ?? .max
        let connection = admission.connection
        let key = CounterKey(connection.scope.id, name)
        self.store.reserve(1, of: key, limit: limit) { result in
            if case .success(1) = result {
                // Gone in the meantime: nobody would give the slot back.
                if self[connection.id] == nil { return self.store.release(1, of: key) }
                connection.heldSlots.append(name)
            }
            self.granted(result, admission, next: next, refusal: refusal)
        }
    }

    private func granted(
        _ result: Result<Int, LiveStoreError>,
        _ admission: Admission,
        next: Int,
        refusal: String
    ) {
        switch result {
        case .success(let count) where count > 0: self.take(admission, step: next)
        case .success:
            self.log(.info, "connection refused", of: admission.connection, ["reason": "\(refusal)"])
            self.close(admission.connection, reason: refusal)
        case .failure(let error):
            self.log(.warning, "connection refused", of: admission.connection, ["reason": "\(error)"])
            self.close(admission.connection, reason: error.description)
        }
    }

    private struct Admission {
        let connection: Connection

        init(_ connection: Connection) { self.connection = connection }
    }
}
