import Chat
import IRC
import Tenant

/// What speaks against somebody who comes: the lists that their address is in, and what this process knows of it.
struct Reputation {
    /// The lists that have the address, in the tenant's order.
    var lists: [AddressList] = []
    var isSecure = true
    /// Accounts that could not be registered from there lately, and log-ins that failed.
    var failures = RecentFailures.Count()

    /// How many points that comes to.
    func points(_ score: AdmissionScore) -> Int {
        let lists = self.lists.map(\.score).reduce(0, +)
        let failures =
            self.failures.registrations * score.failedRegistration + self.failures.logins * score.failedLogin
        return lists + (self.isSecure ? 0 : score.withoutTLS) + failures
    }

    /// What is done, why, and what somebody is told of it: the hardest of what the lists ask for and what the points come to.
    ///
    /// - Returns: nil if nothing speaks against them.
    func decision(
        _ settings: AdmissionSettings,
        for address: String
    ) -> (action: AdmissionAction, reason: AdmissionReason, text: Phrase?)? {
        let hardest = self.lists.max { $0.action < $1.action }
        let byPoints = settings.score.action(at: self.points(settings.score))
        if let hardest, hardest.action >= byPoints ?? .mark {
            return (hardest.action, .listed, hardest.text(for: address))
        }
        return byPoints.map { ($0, .score, self.lists.max { $0.score < $1.score }?.text(for: address)) }
    }
}

extension AddressList {
    /// What who is in it is told; in the tenant's words, if it has any.
    fileprivate func text(for address: String) -> Phrase {
        guard let reason else { return "Your address \(address) is listed by \(self.zone)" }
        return .verbatim(reason.replacing("%{ip}", with: address))
    }
}
