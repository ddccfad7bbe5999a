import Chat
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

    /// Whether rights that the account gave then are over: who proved it may be somebody else than its owner.
    fileprivate func endsRights(givenAt time: Int64) -> Bool {
        if self.isOver(madeAt: nil) { return true }
        return (self.what == .logOut || self.what == .proof) && time < self.time
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
        self.noteRecent(news)
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
                if news.what == .proof, session.isOutsideItsAccount {
                    self.endTokens(in: session.inbox, givenBefore: news.time) { _ in }
                }
            }
            guard session.grantedBy == news.folded else { continue }
            let isOver = news.endsRights(givenAt: session.grantedAt)
            self.adjust(session, to: isOver ? .user : news.account?.role ?? .user)
        }
        if news.what == .deleted || news.what == .state { self.nicks.refresh() }
    }

    /// For how long after news somebody may sign on who logged in before, in milliseconds.
    private static let longestSigningOn: Int64 = 90_000
    private static let mostRecentNews = 1000

    private func noteRecent(_ news: AccountNews) {
        let now = self.shard.now
        if self.recentNews.count >= Self.mostRecentNews {
            self.recentNews = self.recentNews.filter { now - $0.value < Self.longestSigningOn }
        }
        if self.recentNews.count < Self.mostRecentNews { self.recentNews[news.folded] = now }
    }

    /// Somebody signed on who may have logged in before an account was changed: if that is no more, the session ends.
    func compareWithNews(_ session: Session) {
        guard let account = session.party.account, let heard = self.recentNews[account],
            self.shard.now - heard < Self.longestSigningOn
        else { return }
        self.checkAccount(of: session.record) { isThere in
            if !isThere { session.endAttachments(reason: "Your account is no more", parting: .ended) }
        }
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

    /// How often it is tried again to have a session be an operator of another role.
    private static let adjustTries = 8

    /// An operator's account has another role by now, or gives no rights any more.
    ///
    /// What it gives less is over at once, whatever the store says; that is tried again for a while.
    func adjust(_ session: Session, to role: Role) {
        guard session.grantedRole != role else { return }
        self.adjust(session, to: role, attempt: 0)
    }

    private func adjust(_ session: Session, to role: Role, attempt: Int) {
        guard session.isPresent, session.user.modes.contains(.operator), let attachment = session.attachments.first
        else { return }
        let actor = Actor(session, through: attachment)
        let account = session.grantedBy
        if !role.rights.reach(session.grantedRole.rights) {
            session.grantedRole = role
            session.requester.rights = role.rights
        }
        let end: (Result<Void, Refusal>) -> Void = { result in
            guard case .failure = result, attempt < Self.adjustTries else { return }
            let left = session.grantedRole
            self.shard.later(self.shard.pause(after: attempt)) {
                // It has proved something else meanwhile, or more is known.
                guard session.grantedRole == left, session.grantedBy == account || session.grantedBy == nil else {
                    return
                }
                self.adjust(session, to: role, attempt: attempt + 1)
            }
        }
        guard role.rights.isEmpty else { return self.rank(role, of: account ?? "", by: actor, end) }
        (session.grantedRole, session.grantedBy) = (.user, nil)
        self.change(.modes(session.user.modes.subtracting(.operator)), by: actor, end)
    }
}
