import Chat
import IRC
import Logging
import Tenant

/// Who is let in, and who gets an account: one line of steps for each stage, of which the first that does not allow it decides.
///
/// What was decided is logged and counted here alone, by its reason.
final class Admission {
    unowned let network: Network
    /// What failed lately, of which each shard knows its own.
    var failures = RecentFailures()

    init(_ network: Network) { self.network = network }

    typealias Step = (Newcomer, @escaping (AdmissionVerdict) -> Void) -> Void

    /// The steps of a stage, in their order: those that ask nobody first, and last what takes something.
    private func steps(of stage: AdmissionStage) -> [Step] {
        switch stage {
        case .connecting: [self.isOpen, self.rate]
        case .signingOn: [self.account, self.bans, self.raid, self.reputation]
        // Looking things up takes a while: the network may have been closed to newcomers meanwhile.
        case .entering: [self.isOpen, self.raid, self.place]
        case .registering:
            [
                self.raidOfRegistering, self.bansOfRegistering, self.reputationOfRegistering, self.proofOfRegistering,
                self.registrations,
            ]
        // The token is a proof.
        case .registeringByToken: [self.raidOfRegistering, self.bansOfRegistering, self.registrations]
        }
    }

    /// Goes on when somebody may, or with the reason why not.
    func decide(_ stage: AdmissionStage, on newcomer: Newcomer, _ then: @escaping (Refusal?) -> Void) {
        self.go(self.steps(of: stage)[...], stage, newcomer, then)
    }

    private func go(
        _ steps: ArraySlice<Step>,
        _ stage: AdmissionStage,
        _ newcomer: Newcomer,
        _ then: @escaping (Refusal?) -> Void
    ) {
        guard let step = steps.first else { return then(nil) }
        step(newcomer) { verdict in
            self.note(verdict, stage, newcomer)
            if let refusal = verdict.refusal { return then(refusal) }
            self.go(steps.dropFirst(), stage, newcomer, then)
        }
    }

    /// Something from an address came to nothing.
    func failed(_ kind: WritableKeyPath<RecentFailures.Count, Int>, from clients: String) {
        guard !self.network.tenant.settings.admission.score.isOff else { return }
        self.failures.note(kind, of: clients, at: self.network.shard.seconds)
    }

    /// What kept somebody out behind all steps: a condition of the transaction in which a session begins.
    func note(_ refusal: Refusal, of newcomer: Newcomer) {
        switch refusal.reason {
        case .networkHasTooManySessions: self.note(.refuse(.sessions, refusal), .entering, newcomer)
        case .unavailable: self.note(.refuse(.unavailable, refusal), .entering, newcomer)
        // Another nickname will do, or another session.
        default: return
        }
        self.giveBackProof(newcomer)
    }

    private func note(_ verdict: AdmissionVerdict, _ stage: AdmissionStage, _ newcomer: Newcomer) {
        guard let reason = verdict.reason else { return }
        let count = AdmissionCount(outcome: verdict.outcome, reason: reason)
        self.network.shard.statistics.admissions[count, default: 0] += 1
        self.network.shard.logger.info(
            verdict.refusal == nil ? "admitted with a mark" : "not admitted",
            metadata: [
                "tenant": "\(self.network.id)", "connection": "\(newcomer.attachment.label)",
                "stage": "\(stage.rawValue)", "outcome": "\(verdict.outcome)", "reason": "\(reason.rawValue)",
            ]
        )
    }
}
