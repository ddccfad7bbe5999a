package import Chat
import Checks
import IRC
import NIOCore
package import StateStore
import Tenant

/// A message that was left for an account, with what it says.
package struct LeftMemo: Sendable {
    package let memo: Memo
    /// Where it stands among all, from 1.
    package let number: Int
    /// `nick!user@host` of who left it, as it was then; nil if it is not kept any more or was taken back.
    package let prefix: String?
    package let text: String?
    /// Whether what it says is not here yet, and may be in a while.
    package var isDelayed = false
}

/// Messages for who is away: direct messages that need no session of the receiver, kept in the history of both accounts. Beside them
/// stands which of them were not read.
extension Network {
    /// Where they are said; nobody follows it.
    private var memoLog: LogKey { LogKey(self.id, .tenant, "memos") }

    private static let memoLimits = MemoLimits(box: 100, ofSender: 10, unread: 50)
    /// Of how many an account may want none.
    private static let mostIgnored = 50
    /// How often it is tried to note one that was said.
    private static let memoTries = 3
    /// What is in neither the log nor the history after that was taken back, in milliseconds.
    private static let longestDelay: Int64 = 86_400_000

    /// Whether messages can be left: where direct messages are kept.
    package var hasMemos: Bool { self.hasPast && self.history.directMessages }

    /// The actor's account, if it may use what is left for accounts.
    private func memoAccount(of actor: Actor) throws(Refusal) -> String {
        guard self.hasMemos else {
            throw Refusal(.noHistory, text: "This network keeps no messages for who is away")
        }
        guard let account = actor.session.party.account else {
            throw Refusal(.accountNeeded, text: "Log in first: messages are left for accounts, by accounts")
        }
        return account
    }

    /// Leaves a message for an account.
    ///
    /// - Parameters:
    ///   - name: The account, or a nickname that belongs to one.
    ///   - text: What it says.
    ///   - actor: Who leaves it.
    ///   - then: Gets the account's name; the same where its people want nothing of who leaves it, which nobody is told.
    package func leaveMemo(
        for name: String,
        _ text: String,
        by actor: Actor,
        _ then: @escaping (Result<String, Refusal>) -> Void
    ) {
        let sender: String
        do throws(Refusal) {
            try actor.checkIsFree()
            sender = try self.memoAccount(of: actor)
            guard !text.isEmpty else { throw Refusal(.textTooLong, text: "There is no text to leave") }
            guard self.fits(text, to: name, by: actor) else { throw Refusal(.textTooLong) }
        } catch { return then(.failure(error)) }
        let owner = Nickname(name, under: Names.caseMapping).flatMap {
            self.shard.environment.names.owner(of: $0, in: self.id)
        }
        self.reference(to: owner ?? name) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let account):
                let (tenant, folded) = (self.id, account.folded)
                self.ask({ past throws(DurableStoreError) in
                    try await past.accounts.memos.verdict(on: sender, to: folded, of: tenant, Self.memoLimits)
                }) { (result: Result<MemoVerdict, Refusal>) in
                    switch result {
                    case .failure(let refusal): then(.failure(refusal))
                    case .success(.ignored): then(.success(account.name))
                    case .success(.full):
                        then(.failure(Self.tooManyMemos("\(account.name) has as many messages as there may be")))
                    case .success(.tooMany):
                        then(.failure(Self.tooManyMemos("Wait until what you left before is read")))
                    case .success(.mayCome): self.leaveMemo(for: account, text, from: sender, by: actor, then)
                    }
                }
            }
        }
    }

    private static func tooManyMemos(_ text: Phrase) -> Refusal { Refusal(.rateLimited, text: text) }

    private func fits(_ text: String, to name: String, by actor: Actor) -> Bool {
        LineWriter.fitsRelay(
            source: actor.session.prefix,
            command: ChatMessage.Verb.privmsg.command,
            target: name,
            text: text.utf8.count
        )
    }

    private func leaveMemo(
        for account: AccountReference,
        _ text: String,
        from sender: String,
        by actor: Actor,
        _ then: @escaping (Result<String, Refusal>) -> Void
    ) {
        self.waitingSession(of: account.folded) { record in
            let session = actor.session
            // They hear nothing of it, and nobody is told that.
            if let record, record.silence.silences(session.prefix, account: session.user.account) {
                return then(.success(account.name))
            }
            guard session.isPresent else { return then(.failure(Refusal(.gone))) }
            if let hit = self.judgeMemo(text, by: session) {
                switch hit.action {
                case .warn:
                    let mind: Phrase = "Your message was let through, but mind: \(hit.reason.told)"
                    actor.attachment.tell(.flagged(.privmsg, target: account.name, mind))
                // It is not stored, and who left it cannot tell.
                case .hide: return then(.success(account.name))
                case .refuse, .hold, .mute, .kick, .ban:
                    let why: Phrase = "Your message was not sent: \(hit.reason.told)"
                    return then(.failure(Refusal(.messageRefused, account.name, text: why)))
                }
            }
            let message = self.memo(text, to: account.name, by: actor)
            let own = Conversation.Party.account(sender)
            let conversation = Conversation.direct(.init(own, .account(account.folded))).text
            let change = LogChange(
                self.memoLog,
                payload: message.entry,
                feed: FeedLabel(conversation),
                // What answers something is later than that.
                after: session.heard
            )
            self.store.append(Transaction(changes: [change])) { result in
                switch result {
                case .failure(let error): then(.failure(self.refusal(error)))
                case .success(.refused): then(.failure(self.refusal(.busy)))
                case .success(.appended(let stamps)):
                    guard let id = stamps.first else { return then(.failure(self.refusal(.busy))) }
                    self.usage.messageAccepted()
                    let memo = Memo(id: id, conversation: conversation, sender: sender)
                    self.note(memo, for: account.folded, try: 1) { result in
                        if case .success = result, let record { self.tellOfMemo(record.session, from: session.user) }
                        then(result.map { account.name })
                    }
                }
            }
        }
    }

    /// The message as it is kept.
    private func memo(_ text: String, to name: String, by actor: Actor) -> ChatMessage {
        let (session, prefix) = (actor.session, actor.session.prefix)
        let bytes = ByteBuffer(string: text)
        return ChatMessage(
            verb: .privmsg,
            sender: session.id,
            origin: actor.attachment.number,
            account: session.user.account,
            isBot: session.user.modes.contains(.bot),
            isOperator: session.user.modes.contains(.operator),
            minimum: [],
            clientTags: "",
            capacity: prefix.utf8.count + name.utf8.count + text.utf8.count + 16
        ) { writer in
            bytes.withUnsafeReadableBytes { bytes in
                writer.relay(source: prefix, command: ChatMessage.Verb.privmsg.command, target: name, text: bytes)
            }
        }
    }

    /// What was said is noted for who it is for; it stands in the history in any case.
    private func note(
        _ memo: Memo,
        for account: String,
        try attempt: Int,
        _ then: @escaping (Result<Void, Refusal>) -> Void
    ) {
        let tenant = self.id
        self.ask({ past throws(DurableStoreError) in
            try await past.accounts.memos.add(memo, to: account, of: tenant)
        }) { (result: Result<Void, Refusal>) in
            guard case .failure = result, attempt < Self.memoTries else { return then(result) }
            self.shard.later(self.shard.pause(after: attempt)) {
                self.note(memo, for: account, try: attempt + 1, then)
            }
        }
    }

    /// The account's session, if it has one.
    private func waitingSession(of account: String, _ then: @escaping (SessionRecord?) -> Void) {
        self.store.load([self.accountKey(account)]) { result in
            guard let fields = try? result.get().first?.fields,
                let id = fields[FieldName(NameClaim.field)].flatMap(NameClaim.session)
            else { return then(nil) }
            self.store.load([self.inboxKey(id)]) { result in
                then((try? result.get().first).flatMap { SessionRecord(fields: $0.chatFields) })
            }
        }
    }

    private func tellOfMemo(_ session: SessionID, from user: User) {
        let inbox = self.inboxKey(session)
        let change = LogChange(inbox, payload: UserEvent.memoLeft(by: user.nick.raw).encoded)
        // Who does not hear of it now is told at the next log-in.
        self.store.append(change, if: Condition(inbox, .exists)) { _ in }
    }

    // MARK: What was left

    /// How many messages were left for the actor's account and not read; none where none are kept.
    package func unreadMemos(of actor: Actor, _ then: @escaping (Int) -> Void) {
        guard self.pastAnswers, let account = try? self.memoAccount(of: actor) else { return then(0) }
        let tenant = self.id
        self.ask({ past throws(DurableStoreError) in
            try await past.accounts.memos.unread(of: account, in: tenant)
        }) { (result: Result<Int, Refusal>) in
            then((try? result.get()) ?? 0)
        }
    }

    /// What was left for the actor's account.
    package func memos(of actor: Actor, _ then: @escaping (Result<[Memo], Refusal>) -> Void) {
        self.withMemos(of: actor, then) { past, tenant, account throws(DurableStoreError) in
            try await past.memos(of: account, in: tenant)
        }
    }

    /// Reads one that was left for the actor's account, or those that were not read yet.
    ///
    /// What cannot be shown yet stays unread.
    ///
    /// - Parameters:
    ///   - number: Which, from 1; nil for those that were not read.
    ///   - limit: How many at most.
    ///   - actor: Who reads.
    ///   - then: Gets them.
    package func readMemos(
        _ number: Int?,
        limit: Int,
        by actor: Actor,
        _ then: @escaping (Result<[LeftMemo], Refusal>) -> Void
    ) {
        self.withMemos(of: actor) { (result: Result<[LeftMemo], Refusal>) in
            guard case .success(let memos) = result else { return then(result) }
            self.addRecent(to: memos[...], []) { result in
                guard case .success(let memos) = result else { return then(result) }
                self.markRead(memos, by: actor) { then(result) }
            }
        } _: { past, tenant, account throws(DurableStoreError) in
            let all = try await past.memos(of: account, in: tenant)
            let asked = all.enumerated().filter {
                number.map { $0 - 1 } == $0.offset || number == nil && !$0.element.isRead
            }
            var found: [LeftMemo] = []
            for (offset, memo) in asked.prefix(limit) {
                let record = try await past.history.find(memo.id, in: memo.conversation, of: tenant)
                found.append(
                    LeftMemo(memo: memo, number: offset + 1, prefix: record?.prefix, text: record?.text)
                )
            }
            return found
        }
    }

    /// Those that say something are read now; where that cannot be noted, they are shown once more.
    private func markRead(_ memos: [LeftMemo], by actor: Actor, _ then: @escaping () -> Void) {
        let read = memos.filter { !$0.isDelayed && !$0.memo.isRead }.map(\.memo)
        if read.isEmpty { return then() }
        self.withMemos(of: actor) { (_: Result<Void, Refusal>) in
            then()
        } _: { past, tenant, account throws(DurableStoreError) in
            try await past.accounts.memos.read(read, of: account, in: tenant)
        }
    }

    /// What was said a moment ago may not be in the history yet: the log has it.
    private func addRecent(
        to memos: ArraySlice<LeftMemo>,
        _ done: [LeftMemo],
        _ then: @escaping (Result<[LeftMemo], Refusal>) -> Void
    ) {
        guard let left = memos.first else { return then(.success(done)) }
        guard left.prefix == nil else { return self.addRecent(to: memos.dropFirst(), done + [left], then) }
        let (id, log) = (left.memo.id, self.memoLog)
        self.store.entries(of: log, after: id.position.sequence(before: 1), limit: 1) { result in
            let record = (try? result.get())?.first { $0.position == id.position }.flatMap {
                HistoryRecord($0, of: log, in: left.memo.conversation)
            }
            var found = LeftMemo(memo: left.memo, number: left.number, prefix: record?.prefix, text: record?.text)
            let delay = min(self.history.retention.milliseconds, Self.longestDelay)
            found.isDelayed = record == nil && id.time > self.shard.now - delay
            self.addRecent(to: memos.dropFirst(), done + [found], then)
        }
    }

    /// Takes one away, or all.
    ///
    /// - Parameters:
    ///   - number: Which, from 1; nil for all.
    ///   - actor: Whose they are.
    ///   - then: Gets how many there were of those.
    package func removeMemos(_ number: Int?, of actor: Actor, _ then: @escaping (Result<Int, Refusal>) -> Void) {
        self.withMemos(of: actor, then) { past, tenant, account throws(DurableStoreError) in
            let all = try await past.memos(of: account, in: tenant)
            let gone = all.enumerated().filter { number == nil || $0.offset + 1 == number }.map(\.element)
            try await past.accounts.memos.remove(gone, of: account, in: tenant)
            return gone.count
        }
    }

    /// The accounts of which the actor's wants no messages, folded.
    package func ignoredForMemos(by actor: Actor, _ then: @escaping (Result<[String], Refusal>) -> Void) {
        self.withMemos(of: actor, then) { past, tenant, account throws(DurableStoreError) in
            try await past.accounts.memos.ignored(by: account, in: tenant)
        }
    }

    /// Has the actor's account want none of another, or want them again.
    ///
    /// - Parameters:
    ///   - name: The other.
    ///   - isIgnored: Whether none are wanted.
    ///   - actor: Whose list it is.
    ///   - then: Gets whether that is so now: false if the list is full, or the other was not in it.
    package func ignoreForMemos(
        _ name: String,
        _ isIgnored: Bool,
        by actor: Actor,
        _ then: @escaping (Result<Bool, Refusal>) -> Void
    ) {
        guard let other = AccountName(name, under: Names.accountMapping)?.folded else {
            return then(.failure(Self.noSuchAccount(name)))
        }
        self.withMemos(of: actor, then) { past, tenant, account throws(DurableStoreError) in
            let memos = past.accounts.memos
            if !isIgnored { return try await memos.heed(other, by: account, in: tenant) }
            return try await memos.ignore(other, by: account, in: tenant, limit: Self.mostIgnored)
        }
    }

    private func withMemos<Value: Sendable>(
        of actor: Actor,
        _ then: @escaping (Result<Value, Refusal>) -> Void,
        _ work: @escaping @Sendable (Past, TenantID, String) async throws(DurableStoreError) -> Value
    ) {
        let account: String
        do throws(Refusal) { account = try self.memoAccount(of: actor) } catch { return then(.failure(error)) }
        let tenant = self.id
        self.ask({ past throws(DurableStoreError) in try await work(past, tenant, account) }, then)
    }
}

extension Past {
    /// What was left for an account: not what was left for one of its name before it was made.
    fileprivate func memos(of account: String, in tenant: TenantID) async throws(DurableStoreError) -> [Memo] {
        let since = try await self.time(of: Horizon(account: account), in: tenant)
        return try await self.accounts.memos.list(of: account, since: since, in: tenant)
    }
}
