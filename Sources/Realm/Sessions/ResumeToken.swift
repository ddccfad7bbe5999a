package import Chat
import Crypto
import NIOCore
package import StateStore
import Tenant

/// What lets a client take its place in a session again, account or not: a secret that it was told.
///
/// A token is for one attachment of one session of one tenant, good for an hour and for one use. The store has its hash.
package struct ResumeToken {
    /// For how long a token is good, in milliseconds; who stays is told another one before.
    static let lifetime: Int64 = 3_600_000
    private static let secretWords = 3

    let session: SessionID
    /// The attachment that it was given to.
    let number: UInt32
    private let secret: [UInt64]

    init(session: SessionID, number: UInt32, random: () -> UInt64) {
        self.session = session
        self.number = number
        self.secret = (0..<Self.secretWords).map { _ in random() }
    }

    /// Reads what ``text`` wrote.
    init?(text: String) {
        let words = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= 100, words.count == 2 + Self.secretWords, let session = SessionID(text: words[0]),
            let number = UInt32(words[1], radix: 36)
        else { return nil }
        self.session = session
        self.number = number
        self.secret = words[2...].compactMap { UInt64($0, radix: 36) }
        guard self.secret.count == Self.secretWords else { return nil }
    }

    /// Letters, digits and dots, at most 62 of them.
    package var text: String {
        let words = [String(self.number, radix: 36)] + self.secret.map { String($0, radix: 36) }
        return ([self.session.text] + words).joined(separator: ".")
    }

    var hash: [UInt8] {
        var buffer = ByteBuffer()
        for word in self.secret { buffer.writeInteger(word) }
        return Array(SHA256.hash(data: Array(buffer.readableBytesView)))
    }

    /// Of which the name begins the field of each token.
    static let fieldPrefix = "resume."

    /// The field of an attachment's token in the session's log: when it ends, and its hash.
    static func field(of number: UInt32) -> FieldName {
        FieldName(FieldKey(.setting, Self.fieldPrefix + String(number, radix: 36)))
    }

    func bytes(until end: Int64) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.writeInteger(end)
        buffer.writeBytes(self.hash)
        return Array(buffer.readableBytesView)
    }

    /// Whether this is the token that a field is about.
    func matches(_ bytes: [UInt8], now: Int64) -> Bool {
        var buffer = ByteBuffer(bytes: bytes)
        guard let end = buffer.readInteger(as: Int64.self) else { return false }
        return ConstantTime.equal(Array(buffer.readableBytesView), self.hash) && now < end
    }
}

/// A token that was found to be good: an attachment takes another's place.
package struct Resumption {
    let session: SessionID
    /// Whose place it takes.
    let number: UInt32
    /// The token's field as it was.
    let bytes: [UInt8]
    /// The last message that its client was told of; nil if it does not say.
    let seen: Stamp?

    /// Holds as long as nobody has used the token.
    func isUnused(in inbox: LogKey) -> Condition {
        Condition(inbox, .equals(ResumeToken.field(of: self.number), self.bytes))
    }

    /// The token is used: whoever has the place still leaves it.
    func change(of inbox: LogKey) -> LogChange {
        LogChange(
            inbox,
            payload: UserEvent.superseded(self.number).encoded,
            fields: [.remove(ResumeToken.field(of: self.number))]
        )
    }
}

extension Network {
    /// Gives an attachment a token that takes its place in its session.
    ///
    /// - `then`: gets nil if there is nothing to come back to, or the store could not keep it.
    package func giveToken(to attachment: any Attachment, _ then: @escaping (ResumeToken?) -> Void) {
        guard let session = attachment.session, session.isPresent, session.holds != nil, self.resumeGrace > 0,
            !session.isOutsideItsAccount
        else { return then(nil) }
        let random = self.shard.environment.random
        let token = ResumeToken(session: session.id, number: attachment.number, random: random)
        let bytes = token.bytes(until: self.shard.now + ResumeToken.lifetime)
        let change = LogChange(session.inbox, fields: [.set(ResumeToken.field(of: attachment.number), bytes)])
        self.store.append(Transaction(conditions: [Condition(session.inbox, .exists)], changes: [change])) { result in
            if case .success(.appended) = result { then(token) } else { then(nil) }
        }
    }

    /// Looks whether a token is good, counted as a log-in.
    ///
    /// - `seen`: the last message that its client was told of; nil if it does not say.
    /// - `clients`: what counts as one client: an address, or the network that one client has all of.
    package func checkToken(
        _ text: String,
        seen: Stamp?,
        from clients: String,
        _ then: @escaping (Result<Resumption, Refusal>) -> Void
    ) {
        self.throttle.turn(for: clients) { refusal in
            if let refusal { return then(.failure(refusal)) }
            guard let token = ResumeToken(text: text) else { return then(.failure(Refusal(.wrongPassword))) }
            self.store.load([self.inboxKey(token.session)]) { result in
                switch result {
                case .failure(let error): then(.failure(self.refusal(error)))
                case .success(let snapshots):
                    guard let bytes = snapshots[0].fields[ResumeToken.field(of: token.number)],
                        token.matches(bytes, now: self.shard.now)
                    else { return then(.failure(Refusal(.wrongPassword))) }
                    self.throttle.succeeded(clients)
                    let resumption = Resumption(session: token.session, number: token.number, bytes: bytes, seen: seen)
                    let record = SessionRecord(fields: snapshots[0].chatFields)
                    self.checkAccount(of: record) { isThere in
                        then(isThere ? .success(resumption) : .failure(Refusal(.wrongPassword)))
                    }
                }
            }
        }
    }

    /// Goes on with whether the account that a session is logged in to is there, and may be logged in to.
    ///
    /// Guests have none; while accounts cannot be looked up it is taken to be there.
    func checkAccount(of record: SessionRecord?, _ then: @escaping (Bool) -> Void) {
        guard let record, let name = record.user.account else { return then(true) }
        let (authenticator, tenant, since) = (self.shard.environment.authenticator, self.id, record.accountSince)
        self.shard.check { () async throws(AuthenticationError) in
            try await authenticator.find(name, in: tenant)
        } then: { (result: Result<Account?, AuthenticationError>) in
            guard case .success(let account) = result else { return then(true) }
            guard let account, account.state == .active else { return then(false) }
            then(since.map { $0 == account.createdAt } ?? true)
        }
    }
}
