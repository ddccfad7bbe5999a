package import Tenant

/// Long work on a tenant's archive that a worker does.
package struct ArchiveJob: Hashable, Sendable {
    /// How far it is.
    package enum State: String, Sendable {
        /// A worker takes it once it is due.
        case waiting
        case running
        case done
        case failed
        case cancelled

        package var isOver: Bool { self != .waiting && self != .running }
    }

    package let tenant: TenantID
    /// Unique in the tenant.
    package let id: String
    package let kind: String
    /// What exactly, as JSON.
    package let parameters: String
    package let state: State
    package let askedBy: String
    /// By the database's clock, as all times here: milliseconds since 1970.
    package let askedAt: Int64
    /// When a worker may take it at the earliest.
    package let dueAt: Int64
    package let startedAt: Int64?
    package let finishedAt: Int64?
    /// How often it was begun.
    package let tries: Int
    /// How much is done, of how much, in what the kind counts; the total is 0 as long as nobody knows it.
    package let done: Int64
    package let total: Int64
    /// What it is at, or what came of it.
    package let message: String
    package let isCancelAsked: Bool
}

/// A job that somebody asks for.
package struct ArchiveJobRequest: Hashable, Sendable {
    /// Of who asks for the same once more the first request counts; nil makes one up.
    package var id: String?
    package var kind: String
    package var parameters: String
    package var askedBy: String
    /// How long it waits at least.
    package var delay: Duration = .zero
    /// Whether it is left out if one of its kind is to be done already.
    package var isAlone = false

    package init(_ kind: String, _ parameters: String, by askedBy: String) {
        self.kind = kind
        self.parameters = parameters
        self.askedBy = askedBy
    }
}

/// Who does a job at the moment: what it writes counts for as long as nobody else has taken over.
package struct ArchiveJobLease: Hashable, Sendable {
    package let tenant: TenantID
    package let id: String
    /// Who: unique among all that ever were.
    package let holder: String
    /// How often it was taken.
    package let term: Int64
    /// When it was taken, by the database's clock.
    package let takenAt: Int64
}

/// What a job said on its way.
package struct ArchiveJobLine: Hashable, Sendable {
    /// 1, 2, 3, …; what was too much is missing in the middle.
    package let number: Int64
    package let time: Int64
    package let text: String
}
