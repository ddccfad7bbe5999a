// How a cell's stores are opened, and why they may not be.

package import Logging
import Observability
package import StateStore
import Tenant

extension CellStores {
    /// Why a cell's stores cannot be used, with the reason of its condition.
    package struct Problem: Error, Sendable, Hashable {
        package let reason: String
        package let message: String

        init(reason: String, message: String) {
            self.reason = reason
            self.message = message
        }

        /// The live store is another cell's, who is there.
        init(occupiedBy other: String) {
            self.reason = "StoresInUse"
            self.message = "its Redis is that of \(other): give each Cell a Redis of its own, or end the other operator"
        }
    }

    /// What a Cell says of a certificate of its own.
    package enum OwnCertificate: Sendable {
        /// It names none.
        case notNamed
        /// What it names is not there, or no certificate: the reason of a condition, and why.
        case unusable(reason: String, message: String)
        /// Nobody can say now, and why.
        case unknown(String)
        case found(CertificateBundle)

        /// Whether there should be one and is not.
        var isLacking: Bool {
            switch self {
            case .notNamed, .found: false
            case .unusable, .unknown: true
            }
        }
    }

    /// Connects, brings the schema up to date, takes the projection over and reads it.
    ///
    /// - Parameters:
    ///   - redis: The live stores; the first has the projection.
    ///   - postgres: The URL of the durable store.
    ///   - owner: The cell, such that no two cells of all clusters are the same.
    ///   - seal: Seals certificates.
    ///   - connector: Opens the stores.
    ///   - leadership: The time of leading.
    ///   - logger: Hears of losses.
    /// - Returns: The stores, whose projection is this cell's now.
    /// - Throws: ``Problem``, which shows no URL.
    package static func open(
        redis: [RedisInstance],
        postgres: String,
        owner: String,
        seal: CertificateSeal,
        with connector: any StoreConnector,
        leadership: Leadership = Leadership(),
        logger: Logger
    ) async throws(Problem) -> CellStores {
        let durable: DurableStore
        do {
            durable = try connector.durable(postgres)
        } catch { throw Problem(reason: "PostgresUnavailable", message: "\(error)") }
        do {
            // Migrations are patient, and whoever looks at the cell is not.
            try await durable.ping()
        } catch {
            await durable.close()
            throw Problem(reason: "PostgresUnavailable", message: "\(error)")
        }
        do {
            _ = try await durable.migrator.up(now: WallClock.system())
        } catch {
            await durable.close()
            throw Problem(reason: error.isAway ? "PostgresUnavailable" : "MigrationFailed", message: "\(error)")
        }
        var opened: (any LiveStore)?
        do {
            let live = try await connector.live(redis.first?.url ?? "")
            opened = live
            let writer = ProjectionWriter(live: live, owner: owner, loop: connector.loop)
            let state = try await writer.takeOver(term: leadership.term)
            let further = redis.dropFirst().map {
                FurtherRedis($0, owner: owner, connector: connector, leadership: leadership, logger: logger)
            }
            return CellStores(
                live: live,
                durable: durable,
                further: Array(further),
                places: RedisPlaces(redis.map(\.name)),
                writer: writer,
                state: state,
                seal: seal,
                leadership: leadership,
                logger: logger
            )
        } catch {
            leadership.met(error)
            await opened?.shutdown()
            await durable.close()
            if case .occupied(let other)? = error as? LiveStoreError { throw Problem(occupiedBy: other) }
            throw Problem(reason: "RedisUnavailable", message: "\(error)")
        }
    }
}

extension DurableStore {
    /// Has the database answer.
    func ping() async throws(DurableStoreError) {
        _ = try await self.database.withTransaction(.cell, .readOnly, deadline: .seconds(5)) {
            connection throws(DurableStoreError) in
            try connection.execute("SELECT 1")
        }
    }
}

extension DurableStoreError {
    /// Whether it is the server that is not there.
    var isAway: Bool {
        switch self {
        case .unavailable, .timedOut, .busy: true
        default: false
        }
    }
}
