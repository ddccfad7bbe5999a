package import Chat
import NIOCore
import StateStore
import Tenant

/// Whether an account's session stays without a client (draft/persistence).
package struct Persistence: Hashable, Sendable {
    /// What the account asked for; nil for what is usual.
    package let asked: Bool?
    /// Whether it does.
    package let isAlwaysOn: Bool
}

extension Network {
    /// Whether the session of the actor's account stays without a client.
    package func persistence(of actor: Actor) throws(Refusal) -> Persistence {
        guard actor.session.user.account != nil else { throw Refusal(.accountNeeded) }
        return actor.session.persistence
    }

    /// Says whether the session of the actor's account is to stay without a client; nil for what is usual.
    package func setPersistence(
        _ isAlwaysOn: Bool?,
        by actor: Actor,
        _ then: @escaping (Result<Persistence, Refusal>) -> Void
    ) {
        let session = actor.session
        guard let account = session.user.account else { return then(.failure(Refusal(.accountNeeded))) }
        let (authenticator, tenant) = (self.shard.environment.authenticator, self.id)
        self.shard.check { () async throws(AuthenticationError) in
            try await authenticator.setAlwaysOn(isAlwaysOn, of: account, in: tenant)
        } then: { result in
            if case .failure(let error) = result {
                return then(.failure(Refusal(.unavailable, text: error.phrase)))
            }
            var login = session.login ?? LoggedIn(account: account, role: .user, metadata: session.user.metadata)
            login.isAlwaysOn = isAlwaysOn
            session.login = login
            self.act(
                by: actor,
                { () throws(Refusal) in
                    let (grace, awayAfter) = self.grace(of: login)
                    guard let before = session.holds, before.grace != grace || before.awayAfter != awayAfter else {
                        return .nothing(())
                    }
                    var holds = before.next
                    (holds.grace, holds.awayAfter) = (grace, awayAfter)
                    let transaction = holds.transaction(of: session.inbox, from: before, by: self.shard.holder)
                    return Decided(transaction: transaction, value: ())
                },
                then: { result in
                    then(result.map { session.persistence })
                    guard case .success = result else { return }
                    for attachment in session.attachments where attachment !== actor.attachment {
                        attachment.tell(.persistence(session.persistence))
                    }
                }
            )
        }
    }
}

extension Session {
    fileprivate var persistence: Persistence {
        let isAlwaysOn = self.holds?.isAlwaysOn ?? false
        return Persistence(asked: self.login.map(\.isAlwaysOn) ?? (isAlwaysOn ? true : nil), isAlwaysOn: isAlwaysOn)
    }
}
