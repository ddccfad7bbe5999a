import Chat
import IRC
import NIOCore
import Numbers
import StateStore
package import Tenant

/// Tenants change while their people are connected.
extension ShardCore {
    /// - Parameter catalog: all tenants there are now; those that are gone or suspended lose their connections.
    func apply(_ catalog: TenantCatalog) {
        for scope in self.scopes.values {
            guard let tenant = catalog.tenants[scope.id] else {
                scope.hasEnded = true
                self.closeAll(of: scope, reason: "This network has ended")
                continue
            }
            scope.hasEnded = false
            if tenant == scope.tenant { continue }
            let before = Support.tokens(for: scope.tenant, limits: self.limits)
            let mechanisms = SASLExchange.offered(on: scope.tenant)
            scope.update(tenant)
            if mechanisms != SASLExchange.offered(on: tenant) { self.tellMechanisms(of: scope) }
            if tenant.state == .suspended {
                self.closeAll(of: scope, reason: "\(tenant.displayName) is suspended")
                continue
            }
            let after = Support.tokens(for: tenant, limits: self.limits)
            let changes = after.changes(since: before)
            guard !changes.isEmpty else { continue }
            for session in scope.sessions.values {
                let lines = ISupport.lines(of: changes, for: session.user.nick.raw, source: scope.serverName)
                for line in lines { self.send(line, to: session.connection) }
            }
        }
    }

    /// Other SASL mechanisms, or none any more (IRCv3 capability negotiation, cap-notify).
    private func tellMechanisms(of scope: TenantScope) {
        let names = SASLExchange.offered(on: scope.tenant).joined(separator: ",")
        let isOffered = !names.isEmpty
        for case .some(let connection) in self.connections where connection.scope === scope {
            if connection.capabilities.contains(.capNotify) {
                self.notify(connection) {
                    $0.message(
                        source: scope.serverName,
                        command: "CAP",
                        parameters: [connection.nick, isOffered ? "NEW" : "DEL", isOffered ? "sasl=\(names)" : "sasl"],
                        forcesTrailing: true
                    )
                }
            }
            if !isOffered { self.setCapabilities(connection.capabilities.subtracting(.sasl), of: connection) }
        }
    }

    private func closeAll(of scope: TenantScope, reason: String) {
        for connection in self.connections {
            if let connection, connection.scope === scope { self.close(connection, reason: reason) }
        }
    }

    /// Ends a share of the connections, for a shutdown that spreads over time.
    ///
    /// - Returns: how many are left.
    func drain(share: Double) -> Int {
        self.isDraining = true
        let open = self.connections.compactMap { $0 }.filter(\.isOpen)
        let count = Int(saturating: (Double(open.count) * share).rounded(.up))
        for connection in open.prefix(count) {
            // A browser learns from the code 1001 that it may come back at once (RFC 6455 section 7.4.1).
            if connection.descriptor < 0 {
                connection.channel.triggerUserOutboundEvent(WebSocketLineHandler.Event.goingAway, promise: nil)
            }
            self.close(connection, reason: "Server is shutting down, connect again")
        }
        return self.connectionCount
    }
}

extension Shard {
    package func apply(_ catalog: TenantCatalog) { self.core.apply(catalog) }

    package func drain(share: Double) -> Int { self.core.drain(share: share) }

    package func reportUsage() { self.core.reportUsage() }

    /// Whether the live store takes calls, and not too many wait.
    package var isStoreReady: Bool { self.core.store.isReady }

    /// Connections open on this shard.
    package var connectionCount: Int { self.core.connectionCount }
}
