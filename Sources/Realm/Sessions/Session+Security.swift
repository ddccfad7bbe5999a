import Chat
import StateStore

/// Whether all that takes part in a session is connected securely, as everybody may know (user mode `Z`).
extension Session {
    /// Is secure while all of its attachments are.
    ///
    /// One that is not ends that at once. It is so again when all that there are take part here and are secure: what those
    /// elsewhere are is not known here, and the last to go may have been the one.
    ///
    /// - `then`: goes on when it holds.
    func weighSecurity(_ then: @escaping () -> Void = {}) {
        guard self.isPresent, !self.isEarly, let attachment = self.attachments.first else { return then() }
        let isSecure = self.attachments.allSatisfy(\.facts.isSecure)
        guard isSecure != self.user.modes.contains(.secure), !isSecure || !self.isElsewhere else { return then() }
        self.network.act(
            by: Actor(self, through: attachment),
            { () throws(Refusal) in
                let modes = isSecure ? self.user.modes.union(.secure) : self.user.modes.subtracting(.secure)
                if modes == self.user.modes { return .nothing(()) }
                guard let transaction = self.network.transaction([.modes(modes)], of: self) else { return .again }
                return Decided(transaction: transaction, value: ())
            },
            then: { (result: Result<Void, Refusal>) in
                guard case .success = result, !isSecure else { return then() }
                self.leaveSecureChannels(by: Actor(self, through: attachment), then)
            }
        )
    }

    /// Leaves the channels that are for those only who are connected securely (mode `z`), one after the other.
    private func leaveSecureChannels(by actor: Actor, _ then: @escaping () -> Void) {
        guard let replica = self.memberships.first(where: { $0.state.modes.contains(.secureOnly) }) else {
            return then()
        }
        let reason = "Not connected securely any more"
        self.network.part(replica.state.name, reason: reason, by: actor) { result in
            if case .failure = result { return then() }
            self.leaveSecureChannels(by: actor, then)
        }
    }
}
