package import Chat
import IRC
package import StateStore
import Tenant

/// Something that was changed of an account from outside of chat, and what there is of the account by now.
package struct AccountNews: Sendable {
    let folded: String
    /// Nil if there is none of this name any more.
    let account: Account?
    let what: AccountChange.What?
    /// When it was changed, milliseconds since 1970.
    let time: Int64

    package init(_ change: AccountChange, now account: Account?) {
        (self.folded, self.account) = (change.account, account)
        (self.what, self.time) = (change.what, change.time)
    }

    /// Whether who logged in to an account of this name, made then, has none any more.
    fileprivate func isOver(madeAt since: Int64?) -> Bool {
        guard let account, account.state == .active else { return true }
        return since.map { $0 != account.createdAt } ?? false
    }

    /// Whether a session that began then is to end whatever became of the account.
    fileprivate func ends(begunAt time: Int64) -> Bool { self.what == .logOut && time < self.time }
}

/// What was changed of accounts from outside holds for who is logged in.
///
/// The same may be told several times, and long after: what began later stays.
extension Network {
    /// Sees to those who take part in sessions here.
    package func accountChangedHere(_ news: AccountNews) {
        for session in Array(self.sessions.all) where session.isPresent {
            if session.party.account == news.folded {
                if news.isOver(madeAt: session.requester.accountSince) {
                    session.endAttachments(reason: "Your account is no more", parting: .ended)
                    continue
                }
                if news.ends(begunAt: session.user.signedOn) {
                    session.endAttachments(reason: "Logged out by an administrator", parting: .ended)
                    continue
                }
                if let role = news.account?.role { session.login?.role = role }
            }
            if session.grantedBy == news.folded { self.adjust(session, to: news.account?.role ?? .user) }
        }
        if news.what == .deleted || news.what == .state { self.nicks.refresh() }
    }

    /// Sees to what concerns no client here: a session that waits, tokens, and log-ins that are remembered.
    package func accountChanged(_ news: AccountNews) {
        self.shard.forgetLogins([news.folded], of: self.id)
        let reason = news.account == nil ? "Account deleted" : "Logged out"
        self.endWaitingSession(
            of: news.folded,
            reason: reason,
            if: { news.isOver(madeAt: $0.accountSince) || news.ends(begunAt: $0.user.signedOn) }
        ) { _ in }
        if news.what == .proof { self.endTokens(of: news.folded, except: nil, givenBefore: news.time) }
    }

    /// An operator's account has another role by now.
    private func adjust(_ session: Session, to role: Role) {
        guard session.user.modes.contains(.operator), session.grantedRole != role,
            let attachment = session.attachments.first
        else { return }
        let actor = Actor(session, through: attachment)
        guard role.rights.isEmpty else {
            return self.rank(role, of: session.grantedBy ?? "", by: actor) { _ in }
        }
        // At once, whatever the store says.
        (session.grantedRole, session.grantedBy) = (.user, nil)
        session.requester.rights = []
        self.change(.modes(session.user.modes.subtracting(.operator)), by: actor) { _ in }
    }
}
