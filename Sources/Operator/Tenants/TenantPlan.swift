// What is to be done for a tenant, and how its status will read once it is done.

import KubeClient
package import StateStore
package import Tenant

/// One thing to do; steps are done in order, and one that fails stops those after it, unless it is done beside.
package enum TenantStep: Sendable, Hashable {
    /// Makes sure that the object stays until everything of it was cleared up.
    case addFinalizer
    /// Lets the object go.
    case removeFinalizer
    /// Lets the edges serve it as they did before, also if their store lost it, without the hostnames that are another's;
    /// its state is carried out whatever else is wrong, if it can be read.
    case keep(cell: String, without: Set<String>, state: TenantState?)
    /// Lets the edges have its certificate as they did before their store lost it.
    case keepCertificate(cell: String)
    /// Erases what an earlier stay, or a copy that was cut off, left in a cell, as it is noted there; soon.
    case clear(cell: String, StoredTenant)
    /// Takes the name for this object in the cell's database, in place of what is noted there; data that was kept comes back.
    case claimName(cell: String, over: StoredTenant?)
    /// Lets the edges serve it as it is now.
    case project(HostedTenant, cell: String)
    /// Lets the edges serve it no more, and tell those who come where it is; while it is on its way, if it has not arrived.
    case depart(cell: String, to: String, hasArrived: Bool)
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
    /// Copies what is stored of it from one cell to another, when its turn comes; at once if that was begun and cut off.
    case move(from: String, to: String, isBegun: Bool)
    /// Says that nothing can be done in the cell that it lived in, since that is lost.
    case giveUp(cell: String)
    /// Lets the old cell keep its copy for a while, then erase it.
    case leave(cell: String)
    /// Keeps its data for so many days, then erases it.
    case retain(cell: String, days: Int)
    /// Erases everything of it; soon.
    case erase(cell: String)

    /// The condition that tells of its failure, for a step that others do not wait for: it asks other controllers.
    package var besides: String? {
        switch self {
        case .requestCertificate: "CertificateReady"
        case .applyRoutes, .removeRoutes: "RoutesReady"
        default: nil
        }
    }
}

/// Why a step was not done that others do not wait for.
struct TenantStepRefused: Error {
    let condition: Condition
}

/// What to do and how the status reads then.
package struct TenantPlan: Sendable {
    package var steps: [TenantStep] = []
    package var conditions: [Condition] = []
    /// The cell that it lives in once the steps are done.
    package var cell: String?
    /// Which of the cell's Redis instances it lives in then, once that is known.
    package var redis: String?
    /// The hostnames that it holds once the steps are done.
    package var hostnames: [String] = []
    /// For which value of the annotation its archive is to be verified, if it was not asked for that yet.
    package var verification: String?
    /// What it takes of its namespace's budgets, if it is admitted.
    package var charge: BudgetCharge?
    /// Whether it is refused for what is nobody else's matter, so that others may have what it asks for.
    package var yields = false
    /// Whether there is a status to write: not once the object is let go.
    package var hasStatus = true
    /// Whether it goes on as soon as the status is written.
    package var isUnderway = false
    /// Why nobody can connect although all of the tenant is in place.
    package var edgeProblem: Condition?

    /// Whether its clients are to find it, as it is now.
    package var isServing: Bool {
        self.steps.contains { step in
            if case .project = step { true } else { false }
        }
    }

    /// Puts a condition in the place of the one of its type.
    package mutating func set(_ condition: Condition) {
        if let index = self.conditions.firstIndex(where: { $0.type == condition.type }) {
            self.conditions[index] = condition
        } else {
            self.conditions.append(condition)
        }
    }

    /// Says whether it is fine, and if not, why: the first thing that is wrong.
    package mutating func judge() {
        self.conditions.removeAll { $0.type == "Ready" }
        self.conditions.insert(self.ready, at: 0)
    }

    private var ready: Condition {
        for type in ["Admitted", "StoreReady", "CertificateReady", "RoutesReady"] {
            guard let condition = self.conditions[type], condition.status != .yes else { continue }
            return Condition("Ready", .no, condition.reason, condition.message)
        }
        if let suspended = self.conditions["Suspended"], suspended.reason != "Active" {
            if suspended.status == .no, let edgeProblem { return edgeProblem }
            let status: Condition.Status = suspended.status == .yes ? .no : .yes
            return Condition("Ready", status, suspended.reason, suspended.message)
        }
        if let edgeProblem { return edgeProblem }
        // On its way, and served until it is its turn.
        if let store = self.conditions["StoreReady"], store.reason == "Moving" {
            return Condition("Ready", .yes, "Moving", store.message)
        }
        return Condition("Ready", .yes, "Serving", "clients may connect")
    }
}
