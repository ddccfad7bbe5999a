// What is to be done for a tenant, and how its status will read once it is done.

import KubeClient
package import Tenant

/// One thing to do; steps are done in order, and one that fails stops those after it.
package enum TenantStep: Sendable, Hashable {
    /// Makes sure that the object stays until everything of it was cleared up.
    case addFinalizer
    /// Lets the object go.
    case removeFinalizer
    /// Lets the edges serve it as they did before their store lost it.
    case keep(cell: String)
    /// Lets the edges have its certificate as they did before their store lost it.
    case keepCertificate(cell: String)
    /// Erases what an earlier stay, or a copy that was cut off, left in a cell.
    case clear(cell: String)
    /// Takes the name for this namespace in the cell's database; data that was kept comes back.
    case claimName(cell: String)
    /// Lets the edges serve it as it is now.
    case project(HostedTenant, cell: String)
    /// Lets the edges serve it no more, and ends its sessions.
    case withdraw(cell: String)
    /// Gives its own certificate to the edges.
    case putCertificate(CertificateBundle, cell: String)
    /// Takes its own certificate away.
    case removeCertificate(cell: String)
    /// Makes its administrators' accounts.
    case provisionAdmins(HostedTenant, cell: String)
    /// Asks cert-manager for a certificate.
    case requestCertificate(secret: String, hostnames: [String])
    /// Asks the gateway to lead its hostnames to the cell.
    case applyRoutes(hostnames: [String], cell: String, gateway: GatewayReference)
    case removeRoutes
    /// Copies what is stored of it from one cell to another.
    case copy(from: String, to: String)
    /// Lets the old cell keep its copy for a while, then erase it.
    case leave(cell: String, for: String)
    /// Keeps its data for so many days, then erases it.
    case retain(cell: String, days: Int)
    /// Erases everything of it at once.
    case erase(cell: String)
}

/// What to do and how the status reads then.
package struct TenantPlan: Sendable {
    package var steps: [TenantStep] = []
    package var conditions: [Condition] = []
    /// The cell that it lives in once the steps are done.
    package var cell: String?
    /// The hostnames that it holds once the steps are done.
    package var hostnames: [String] = []
    /// Whether there is a status to write: not once the object is let go.
    package var hasStatus = true
}
