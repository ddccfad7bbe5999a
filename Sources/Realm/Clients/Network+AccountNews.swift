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

    /// What was proved before this time, in milliseconds since 1970, is over for who is not logged in by it yet.
    fileprivate var endsProofsBefore: Int64 {
        switch self.what {
        case .logOut, .proof: self.time
        case .deleted, .role, .state, nil: .min
        }
    }

    /// Whether a session that began then is to end whatever became of the account.
    fileprivate func ends(begunAt time: Int64) -> Bool { self.what == .logOut && time < self.time }
}

/// What was changed of accounts from outside holds for who is logged in.
///
/// The same may be told several times, and long after: what began later stays.
extension Network {
    /// How late something is told that may concern who is under way, in milliseconds: clocks differ, and the database may be away.
    private static let longestTelling: Int64 = 600_000

    /// Sees to those who take part in sessions here.
    package func accountChangedHere(_ news: AccountNews) {
        // Of what was long ago, and is told to an edge that begins, nobody is under way any more.
        if self.shard.now - news.time < Self.longestTelling {
            self.recentNews.note(news.folded, endsBefore: news.endsProofsBefore, at: self.shard.now)
        }
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
                self.endOvertaken(session, news)
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

    /// Who came into a session after a log-out, by what was proved before it, goes; those stay who proved it later.
    private func endOvertaken(_ session: Session, _ news: AccountNews) {
        let over = session.attachments.filter { news.ends(begunAt: $0.login?.provenAt ?? .max) }.map(\.number)
        if over.isEmpty { return }
        let parting = over.count == session.attachments.count ? Parting.ended : .quit
        session.endAttachments(reason: "Logged out by an administrator", parting: parting) { over.contains($0.number) }
    }

    /// Why somebody who has proved an account is not logged in to it, since that is over by now; nil if it is not.
    func overtaken(_ login: LoggedIn) -> Refusal? {
        // What became of the account since is known for no longer.
        if let time = login.provenAt, self.shard.now - time >= RecentAccountNews.longestSigningOn {
            return Refusal(.unavailable, text: "Logging in took too long: log in again")
        }
        return self.changedMeanwhile(login)
    }

    private func changedMeanwhile(_ login: LoggedIn) -> Refusal? {
        let folded = Names.accountMapping.fold(login.account)
        guard self.recentNews.end(folded, provenAt: login.provenAt, at: self.shard.now) else { return nil }
        return Refusal(.unavailable, text: Self.isOvertaken)
    }

    private static let isOvertaken: Phrase = "Your account was changed while you logged in: log in again"

    /// Somebody took part who may have logged in before an account was changed: if that ends log-ins, this one is over.
    func compareWithNews(_ session: Session, _ attachment: any Attachment) {
        guard let account = session.party.account, self.recentNews.isHeard(account, at: self.shard.now) else { return }
        if let login = attachment.login, self.changedMeanwhile(login) != nil {
            session.endAttachments(reason: Self.isOvertaken, parting: session.isShared ? .quit : .ended) {
                $0.number == attachment.number
            }
        }
        self.checkAccount(of: session.record) { isThere in
            if !isThere { session.endAttachments(reason: "Your account is no more", parting: .ended) }
        }
    }

    /// What proves an account is another since its owner said so: who has rights of it by what proved it before has none.
    ///
    /// Who is logged in to it stays, rights included.
    func proofChangedHere(_ folded: String) {
        let now = self.shard.now
        self.recentNews.note(folded, endsBefore: now, at: now)
        for session in Array(self.sessions.all) where session.isPresent && session.grantedBy == folded {
            if session.party.account != folded, session.grantedAt < now { self.adjust(session, to: .user) }
        }
    }

    /// Somebody has rights of an account that was perhaps changed while it was proved: they are those that it gives now.
    func compareRights(_ login: LoggedIn, of session: Session) {
        let folded = Names.accountMapping.fold(login.account)
        guard self.recentNews.isHeard(folded, at: self.shard.now) else { return }
        self.askAccounts { authenticator, tenant async throws(AuthenticationError) in
            try await authenticator.find(login.account, in: tenant)
        } then: { (result: Result<Account?, Refusal>) in
            guard case .success(let account) = result, session.grantedBy == folded else { return }
            let isThere = account.map { $0.state == .active && $0.createdAt == login.since ?? $0.createdAt } ?? false
            self.adjust(session, to: isThere ? account?.role ?? .user : .user)
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
