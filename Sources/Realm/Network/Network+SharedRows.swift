// How rows of the durable store come into memory that all shards of a process compare with: asked for off the loop, and once.

import Logging
import StateStore
import Tenant

extension Network {
    /// Has rows be looked at that all shards of the process share, and loads them if they are others than those that are known.
    ///
    /// While they cannot be asked for those hold that are known, and the log says so.
    ///
    /// - Parameters:
    ///   - rows: Which.
    ///   - subject: What they are, for the log.
    ///   - then: Goes on once they are known, or when they cannot be asked for.
    ///   - load: Gets the version that is known; answers nil if that is what there is.
    func refresh<Value: Sendable, Failure: Error>(
        _ rows: SharedRows<Value>,
        _ subject: String,
        then: @escaping () -> Void,
        _ load: @escaping @Sendable (String?) async throws(Failure) -> (version: String, value: Value)?
    ) {
        let (tenant, logger) = (self.id, self.shard.logger)
        self.shard.check { () async throws(AuthenticationError) in
            await rows.refresh(tenant) { version in
                do throws(Failure) {
                    return try await load(version)
                } catch {
                    logger.warning("\(subject) are not known", metadata: ["tenant": "\(tenant)"])
                    return nil
                }
            }
        } then: { (_: Result<Void, AuthenticationError>) in
            then()
        }
    }
}
