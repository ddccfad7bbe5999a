package import Chat
import IRC
import StateStore
package import Tenant

/// Work that has to be shown.
extension Admission {
    /// Where the tenant wants a proof of who registers an account.
    func proofOfRegistering(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        guard self.network.tenant.settings.admission.proof.registration else { return then(.allow) }
        self.proof(newcomer, .proof, nil, then)
    }

    /// Goes on with who has shown a proof, which is used by that; others are asked for one.
    ///
    /// - Parameters:
    ///   - newcomer: Who.
    ///   - reason: Why.
    ///   - text: Says more of why; nil for nothing.
    ///   - then: Gets the verdict.
    func proof(
        _ newcomer: Newcomer,
        _ reason: AdmissionReason,
        _ text: Phrase?,
        _ then: @escaping (AdmissionVerdict) -> Void
    ) {
        if newcomer.attachment.isProven { return then(.allow) }
        // Where no edge could take an answer nobody is asked.
        guard let key = self.network.proofKey else { return then(.allow) }
        self.network.proofs.take(key.client(newcomer.clients)) { result in
            switch result {
            case .failure(let refusal): then(.refuse(.unavailable, refusal))
            case .success(true):
                newcomer.attachment.isProven = true
                then(.allow)
            case .success(false): then(.demandProof(reason, self.question(key, newcomer.clients, text)))
            }
        }
    }

    /// What was used is good once more: a later step, or the store, kept out who had shown it.
    func giveBackProof(_ newcomer: Newcomer) {
        guard newcomer.attachment.isProven, let key = self.network.proofKey else { return }
        newcomer.attachment.isProven = false
        self.network.proofs.giveBack(key.client(newcomer.clients))
    }

    /// For how long a question may be answered, in seconds.
    private static let time: Int64 = 900

    private func question(_ key: ProofKey, _ clients: String, _ text: Phrase?) -> Refusal {
        let (shard, tenant) = (self.network.shard, self.network.tenant)
        let challenge = key.challenge(
            for: clients,
            difficulty: tenant.settings.admission.proof.difficulty,
            expires: shard.now / 1000 + Self.time,
            random: shard.environment.random()
        )
        let port = shard.environment.webPort
        let host = (tenant.hostnames.first ?? tenant.serverName) + (port == 443 ? "" : ":\(port)")
        let url = "https://\(host)/proof/\(challenge.text)"
        let told: Phrase = "Open \(url) in a browser and try again when it says so"
        let whole: Phrase = text.map { "\($0) - \(told)" } ?? told
        return Refusal(.proofNeeded, url, text: whole)
    }
}

extension Network {
    /// The key of the tenant's questions; nil if nobody is asked here.
    var proofKey: ProofKey? { self.shard.environment.proofKey?(self.id) }

    /// A question of the tenant's that may be answered now; nil if the text is none.
    package func proofChallenge(_ text: String) -> ProofChallenge? {
        self.proofKey?.open(text, at: self.shard.now / 1000)
    }

    /// Takes the answer to a question: whoever it was put to is let in, or registers, once.
    ///
    /// - Parameters:
    ///   - text: The question.
    ///   - number: The answer.
    ///   - then: Gets how that ended.
    package func answer(
        _ text: String,
        with number: String,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        guard let challenge = self.proofChallenge(text), challenge.isSolved(by: number) else {
            return then(.failure(Refusal(.wrongProof, text: "That is no answer, or it is too old: ask again")))
        }
        self.proofs.note(challenge, then)
    }
}
