package import Backoff
import Observability

/// What an operator is told when it starts.
package struct OperatorSettings: Sendable {
    /// Who issues certificates (cert-manager).
    package struct Issuer: Sendable, Hashable {
        /// `ClusterIssuer` or `Issuer`.
        package let kind: String
        package let name: String

        /// Reads `ClusterIssuer/NAME` or `Issuer/NAME`.
        package init?(_ text: String) {
            let parts = text.split(separator: "/").map(String.init)
            guard parts.count == 2, ["ClusterIssuer", "Issuer"].contains(parts[0]) else { return nil }
            self.kind = parts[0]
            self.name = parts[1]
        }
    }

    /// Where cells' objects live.
    package var namespace: String
    /// Where Tenants and what they refer to are looked for; empty for all namespaces.
    package var tenantNamespaces: [String] = []
    /// The image of edges whose Cell names none and that have no Deployment yet.
    package var image: String
    /// Different for each process in each life.
    package var identity: String
    package var issuer: Issuer?
    package var electsLeader: Bool
    /// How many objects of a kind are worked on at a time.
    package var workers = 16
    /// How often a cell's figures are looked at.
    package var cellPeriod: Duration = .seconds(5)
    /// How often a cell's Secrets are read.
    package var secretsPeriod: Duration = .seconds(30)
    /// For how long what they said holds while the API server cannot be asked.
    package var secretsKept: Duration = .seconds(600)
    /// How long a cell's store may leave every call without an answer before it is said to be away.
    package var storePatience: Duration = .seconds(15)
    /// How often what no copy is kept of is applied again.
    package var reapplyPeriod: Duration = .seconds(600)
    /// How often usage is looked up and told.
    package var usagePeriod: Duration = .seconds(30)
    /// How often what is stored is summed up, which reads a whole table.
    package var storedUsagePeriod: Duration = .seconds(600)
    /// How often it is looked at what is kept of tenants that are gone.
    package var sweepPeriod: Duration = .seconds(60)
    /// How soon that is looked at again after something of it changed.
    package var recountPeriod: Duration = .seconds(2)
    /// For how long new edges must have been ready before old ones go for them.
    package var provingPeriod: Duration = .seconds(10)
    /// How often a tenant whose certificate or Secret is missing is looked at again.
    package var waitPeriod: Duration = .seconds(5)
    /// How long a move that failed is not tried again, each time longer: an attempt may take the tenant's people off.
    package var movePause = Backoff(first: .seconds(30), longest: .seconds(600))
    /// The time that the autoscaler goes by, in milliseconds since 1970.
    package var now: @Sendable () -> Int64 = WallClock.system

    package init(
        namespace: String,
        image: String,
        identity: String,
        issuer: Issuer? = nil,
        electsLeader: Bool = true
    ) {
        self.namespace = namespace
        self.image = image
        self.identity = identity
        self.issuer = issuer
        self.electsLeader = electsLeader
    }
}
