import Chat
import IRC
import Tenant

/// What lists of addresses and a few facts say of who comes.
extension Admission {
    /// Whoever comes is let in, has to do something first, or is not let in.
    func reputation(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        self.judge(newcomer, self.carryOut, then)
    }

    /// Who would not be let in without an account makes none.
    func reputationOfRegistering(_ newcomer: Newcomer, _ then: @escaping (AdmissionVerdict) -> Void) {
        self.judge(newcomer, self.carryOutRegistering, then)
    }

    private typealias Deed = (
        AdmissionAction, AdmissionReason, Phrase?, Newcomer, @escaping (AdmissionVerdict) -> Void
    ) -> Void

    private func judge(
        _ newcomer: Newcomer,
        _ carryOut: @escaping Deed,
        _ then: @escaping (AdmissionVerdict) -> Void
    ) {
        let settings = self.network.tenant.settings.admission
        if settings.dnsbl.isEmpty, settings.score.isOff { return then(.allow) }
        let facts = newcomer.attachment.facts
        self.lists(settings.dnsbl, of: facts.address) { lists in
            let reputation = Reputation(
                lists: lists,
                isSecure: facts.isSecure,
                failures: self.failures.of(newcomer.clients, at: self.network.shard.seconds)
            )
            guard let decision = reputation.decision(settings, for: facts.address) else { return then(.allow) }
            carryOut(decision.action, decision.reason, decision.text, newcomer, then)
        }
    }

    /// Who has logged in, or takes up a session that waits, has done what is demanded: only a refusal is for them, too.
    private func carryOut(
        _ action: AdmissionAction,
        _ reason: AdmissionReason,
        _ text: Phrase?,
        _ newcomer: Newcomer,
        _ then: @escaping (AdmissionVerdict) -> Void
    ) {
        let isKnown = newcomer.isLoggedIn || newcomer.comesBack
        newcomer.attachment.needsAccount = action == .demandLogin
        switch action {
        case .refuse:
            let text = text ?? "This network does not take you from your address"
            then(.refuse(reason, Refusal(.notTrusted, text: text)))
        case .demandLogin where !isKnown:
            then(.demandLogin(reason, text.map { "You must log in with SASL to connect: \($0)" }))
        case .demandProof where !isKnown: self.proof(newcomer, reason, text, then)
        case .mark, .demandLogin, .demandProof: then(.mark(reason))
        }
    }

    private func carryOutRegistering(
        _ action: AdmissionAction,
        _ reason: AdmissionReason,
        _ text: Phrase?,
        _ newcomer: Newcomer,
        _ then: @escaping (AdmissionVerdict) -> Void
    ) {
        switch action {
        case .mark: then(.mark(reason))
        case .demandProof: self.proof(newcomer, reason, text, then)
        case .demandLogin, .refuse:
            let told: Phrase =
                text.map { "Nobody registers an account from your network: \($0)" }
                ?? "Nobody registers an account from your address"
            then(.refuse(reason, Refusal(.registrationIsClosed, text: told)))
        }
    }

    /// Those of some lists that have an address; a list that does not answer has not.
    private func lists(
        _ lists: [AddressList],
        of text: String,
        _ then: @escaping ([AddressList]) -> Void
    ) {
        let address = IPAddress(text.prefix { $0 != "%" })
        guard let resolve = self.network.shard.environment.resolve, !lists.isEmpty, let address, !address.isInternal
        else { return then([]) }
        self.network.shard.check { () async throws(AuthenticationError) in
            await withTaskGroup(of: (Int, Bool).self) { group in
                for (place, list) in lists.enumerated() {
                    let name = address.name(inList: list.zone)
                    group.addTask { (place, await resolve(name)?.contains { list.counts($0) } == true) }
                }
                var places: Set<Int> = []
                for await (place, isListed) in group where isListed { places.insert(place) }
                return places.sorted()
            }
        } then: { (result: Result<[Int], AuthenticationError>) in
            then(((try? result.get()) ?? []).map { lists[$0] })
        }
    }
}
