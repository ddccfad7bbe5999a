import Chat
import IRC

/// Why somebody is not simply let in: labels of a metric, so a set with a bound.
package enum AdmissionReason: String, Hashable, Sendable, CaseIterable {
    /// The network takes nobody, or nobody new, now.
    case closed
    /// Too many came in the same second.
    case rate
    /// The network has as many connections as it may.
    case full
    /// An address has as many connections as it may.
    case address
    /// The network has as many sessions as it may.
    case sessions
    /// The network is for people with an account.
    case account
    /// Banned from the network.
    case banned
    /// A ban lets those in alone who have logged in.
    case range
    /// The network is closed to newcomers for a while.
    case raid
    /// A list of addresses has theirs.
    case listed
    /// Too much speaks against them.
    case score
    /// Who registers an account shows some work first.
    case proof
    /// Too many accounts were registered from there.
    case registrations
    /// The store could not say.
    case unavailable
}

/// What a step of the admission says of somebody who comes, or who asks for an account.
enum AdmissionVerdict {
    /// The next step decides.
    case allow
    /// The next step decides; that there was something is counted.
    case mark(AdmissionReason)
    case refuse(AdmissionReason, Refusal)
    /// Whoever logs in first (SASL) is let in; the text says more than that, if there is any.
    case demandLogin(AdmissionReason, Phrase?)
    /// Whoever shows some work first is let in; the refusal says where.
    case demandProof(AdmissionReason, Refusal)
    /// Whoever comes later is let in.
    case throttle(AdmissionReason, Refusal)

    /// What it is called in logs and metrics.
    var outcome: String {
        switch self {
        case .allow: "allow"
        case .mark: "mark"
        case .refuse: "refuse"
        case .demandLogin: "demand-login"
        case .demandProof: "demand-proof"
        case .throttle: "throttle"
        }
    }

    /// Why, unless somebody is let in.
    var reason: AdmissionReason? {
        switch self {
        case .allow: nil
        case .mark(let reason), .refuse(let reason, _), .demandLogin(let reason, _), .demandProof(let reason, _),
            .throttle(let reason, _):
            reason
        }
    }

    /// What somebody is told; nil for who is let in.
    var refusal: Refusal? {
        switch self {
        case .allow, .mark: nil
        case .refuse(_, let refusal), .demandProof(_, let refusal), .throttle(_, let refusal): refusal
        case .demandLogin(_, let text): Refusal(.accountNeeded, text: text)
        }
    }
}

/// What is counted of the admission.
package struct AdmissionCount: Hashable, Sendable {
    /// What was decided, such as `refuse`.
    package let outcome: String
    package let reason: AdmissionReason

    package init(outcome: String, reason: AdmissionReason) {
        self.outcome = outcome
        self.reason = reason
    }
}
