// Everything that the plan for a tenant rests on, gathered first, so that the plan itself is a pure function.

package import KubeClient
package import StateStore
package import Tenant

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// What is known of a tenant and of what it refers to, at one moment.
package struct TenantView: Sendable {
    /// A cell as far as its tenants are concerned.
    package struct Cell: Sendable {
        package var name: String
        /// Its stores are connected and migrated.
        package var isReady: Bool
        /// Why not, if they are not.
        package var problem: String
        /// Whether anybody tried to connect to them yet.
        package var wasTried: Bool
        /// The names that its own certificate is for; empty if it has none.
        package var certificateNames: [String]
        /// When that certificate ends, as far as it is known.
        package var certificateEnd: Date?
        /// Whether routes of a gateway lead to it.
        package var gateway: GatewayReference?
        /// Whether any of its edges is ready, as its status says.
        package var hasEdges: Bool
        /// Whether somebody says that its stores are lost for good, and its database is away.
        package var isLost: Bool

        package init(
            name: String,
            isReady: Bool = true,
            problem: String = "",
            wasTried: Bool = true,
            certificateNames: [String] = [],
            certificateEnd: Date? = nil,
            gateway: GatewayReference? = nil,
            hasEdges: Bool = true,
            isLost: Bool = false
        ) {
            self.name = name
            self.isReady = isReady
            self.problem = problem
            self.wasTried = wasTried
            self.certificateNames = certificateNames
            self.certificateEnd = certificateEnd
            self.gateway = gateway
            self.hasEdges = hasEdges
            self.isLost = isLost
        }
    }

    /// What became of the Secret that a tenant's `tls` names.
    package enum Certificate: Sendable {
        /// The tenant names none.
        case notNamed
        case missing
        /// The server does not let us read it, and says why.
        case unreadable(String)
        case invalid(String)
        case found(CertificateBundle)
    }

    /// Routes of the Gateway API.
    package enum Routes: Sendable, Hashable {
        /// The cluster has no such API.
        case unavailable
        /// It has the API, but routes of HTTP alone.
        case withoutTLS
        /// Not asked for yet, or nobody answered yet: the first of these.
        case pending(String)
        /// The gateway does not take one, in its words.
        case refused(String)
        /// The gateway has taken them all.
        case accepted
    }

    /// What a tenant uses.
    package struct Usage: Sendable, Hashable {
        package var connections: Int
        package var accounts: Int
        package var channels: Int
        package var historyBytes: Int
        package var messagesPerSecond: Int
        /// What its archive has in the bucket.
        package var archiveBytes: Int

        package init(
            connections: Int = 0,
            accounts: Int = 0,
            channels: Int = 0,
            historyBytes: Int = 0,
            messagesPerSecond: Int = 0,
            archiveBytes: Int = 0
        ) {
            self.connections = connections
            self.accounts = accounts
            self.channels = channels
            self.historyBytes = historyBytes
            self.messagesPerSecond = messagesPerSecond
            self.archiveBytes = archiveBytes
        }
    }

    /// Why a tenant cannot be hosted as it is written.
    package struct Refusal: Sendable, Hashable, Error {
        package let reason: String
        package let message: String

        package init(_ reason: String, _ message: String) {
            self.reason = reason
            self.message = message
        }
    }

    /// The object as it is.
    package var object: KubeObject
    /// The tenant with its plan applied, or why that cannot be.
    package var hosted: Result<HostedTenant, Refusal>
    package var deletionPolicy: DeletionPolicy
    /// What it says that this version does not act on.
    package var ignored: [String]
    /// Who holds what it asks for.
    package var conflicts: ClusterDirectory.Conflicts
    /// The cell that it is to live in, or why there is none.
    package var cell: Result<Cell, Refusal>
    /// Why it may not live there as it is written, if it may not.
    package var denial: Refusal?
    /// What its namespace's budgets lack for what it asks for.
    package var shortages: [BudgetShortage]
    /// The cell that it lives in: so says its status, or, before that says anything, the data that is noted as its own.
    package var home: Cell?
    /// How its last attempt to move there failed.
    package var setback: TenantChores.Setback?
    /// Whether it lives in a cell that neither it nor its status names.
    package var isFoundElsewhere: Bool
    /// Why an administrator has no password, if one has none.
    package var adminProblem: Refusal?
    package var certificate: Certificate
    /// Whether cert-manager made the Secret that the tenant's `tls` names, as it was asked to.
    package var isIssued: Bool
    /// Whether cert-manager may be asked for what is missing.
    package var canIssue: Bool
    package var routes: Routes
    package var usage: Usage?
    package var archive: Archive
    /// What cells' databases note under its name, as far as it matters.
    package var notes: [String: StoredTenant]
    package var now: Date

    /// The cell that it may be served in although its status does not say so.
    var ownCell: String? {
        guard let cell = try? self.cell.get(), cell.isReady,
            self.notes[cell.name]?.isNote(of: self.object, .active) == true
        else { return nil }
        return cell.name
    }

    /// Whether it is served nowhere now, since its data is on its way to another cell.
    var isOnItsWay: Bool {
        guard let home, let note = self.notes[home.name] else { return false }
        return note.isNote(of: self.object, .leaving, .moved)
    }

    package init(
        object: KubeObject,
        hosted: Result<HostedTenant, Refusal>,
        deletionPolicy: DeletionPolicy,
        ignored: [String] = [],
        conflicts: ClusterDirectory.Conflicts,
        cell: Result<Cell, Refusal>,
        denial: Refusal? = nil,
        shortages: [BudgetShortage] = [],
        home: Cell?,
        setback: TenantChores.Setback? = nil,
        isFoundElsewhere: Bool = false,
        adminProblem: Refusal? = nil,
        certificate: Certificate,
        isIssued: Bool = false,
        canIssue: Bool,
        routes: Routes,
        usage: Usage?,
        archive: Archive = .unknown,
        notes: [String: StoredTenant],
        now: Date
    ) {
        self.object = object
        self.hosted = hosted
        self.deletionPolicy = deletionPolicy
        self.ignored = ignored
        self.conflicts = conflicts
        self.cell = cell
        self.denial = denial
        self.shortages = shortages
        self.home = home
        self.setback = setback
        self.isFoundElsewhere = isFoundElsewhere
        self.adminProblem = adminProblem
        self.certificate = certificate
        self.isIssued = isIssued
        self.canIssue = canIssue
        self.routes = routes
        self.usage = usage
        self.archive = archive
        self.notes = notes
        self.now = now
    }
}
