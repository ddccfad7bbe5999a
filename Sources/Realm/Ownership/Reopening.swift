// When a tenant's network was opened again that had been suspended: time in which nobody can come counts against nobody.

import NIOCore
import StateStore
package import Tenant

/// That a network is open again, as a field beside the notes of its registered channels.
enum Reopening {
    private static let field = FieldName(Section("r"), "reopened")
    /// How often it is tried to note it.
    static let tries = 10

    /// The note.
    static func note(of tenant: TenantID, at now: Int64) -> LogChange {
        LogChange(ChannelRegistry.key(of: tenant), fields: [.set(self.field, Array(String(now).utf8))])
    }

    /// When that was, milliseconds since 1970; nil if the live store knows of no time.
    static func time(of network: Network, _ then: @escaping (Result<Int64?, LiveStoreError>) -> Void) {
        let request = Excerpt.Request(fields: [self.field])
        network.store.excerpts(of: [ChannelRegistry.key(of: network.id)], request) { result in
            then(
                result.map { excerpts in
                    excerpts.first?.fields[self.field].flatMap { Int64(String(decoding: $0, as: UTF8.self)) }
                }
            )
        }
    }
}

extension RealmShard {
    /// Notes that a network is open again: nobody could come until now.
    ///
    /// Each shard that sees it does; the last one counts, a moment later than the first.
    ///
    /// - Parameter tenant: Whose network.
    package func reopened(_ tenant: TenantID) {
        if self.environment.channels != nil { self.note(Reopening.note(of: tenant, at: self.now), attempt: 0) }
    }

    private func note(_ change: LogChange, attempt: Int) {
        self.store.append(Transaction(changes: [change])) { result in
            guard case .failure = result, attempt + 1 < Reopening.tries else { return }
            // Half a minute at most, and not all shards at once.
            let longest = UInt64(1000) << UInt64(min(attempt, 5))
            let delay = longest / 2 + self.environment.random() % (longest / 2)
            self.later(.milliseconds(Int64(delay))) { self.note(change, attempt: attempt + 1) }
        }
    }
}
