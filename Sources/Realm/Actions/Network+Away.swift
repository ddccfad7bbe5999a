package import Chat
import IRC

/// Whether somebody is there, as one of their clients says.
package enum Presence: Hashable, Sendable {
    case here
    /// With a reason that others are told.
    case away(String)
    /// A client without anybody before it (IRCv3 draft/pre-away): it says nothing of the user, as if it were not connected.
    case unattended
}

extension Network {
    /// Says through one client whether the actor's user is there.
    package func setPresence(
        _ presence: Presence,
        by actor: Actor,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let session = actor.session
        actor.attachment.isUnattended = presence == .unattended
        switch presence {
        case .unattended: session.weighPresence(then)
        case .here, .away:
            let reason: String? = if case .away(let reason) = presence { reason } else { nil }
            do throws(Refusal) { try reason?.checkLength(Lengths.away) } catch { return then(.failure(error)) }
            if session.user.away == reason { return then(.success(())) }
            self.change(.away(reason), by: actor, then)
        }
    }
}

extension Session {
    /// What others are told of a user all of whose clients are unattended.
    static let unattended = "Not here right now"

    /// Is away while all of its clients are unattended, and back when one is not any more: what somebody has said about
    /// being away stays.
    ///
    /// Clients elsewhere count as attended.
    package func weighPresence(_ then: @escaping (Result<Void, Refusal>) -> Void = { _ in }) {
        guard self.isPresent, let attachment = self.attachments.first else { return then(.success(())) }
        let isHere = self.isElsewhere || self.attachments.contains { !$0.isUnattended }
        let actor = Actor(self, through: attachment)
        if isHere, self.user.away == Self.unattended {
            self.network.change(.away(nil), by: actor, then)
        } else if !isHere, self.user.away == nil {
            self.network.change(.away(Self.unattended), by: actor, then)
        } else {
            then(.success(()))
        }
    }
}
