package import Chat
import IRC
import StateStore

/// Up to where the people of an account have read its conversations (draft/read-marker): kept in the durable store, told to all
/// clients of the account.
extension Network {
    /// Up to where the people of the actor's account have read a conversation; further from now on, if a time is given.
    ///
    /// - Parameters:
    ///   - target: A channel, a nickname or an account.
    ///   - time: Up to when it was read, if it was; in milliseconds since 1970.
    ///   - actor: Whose marker it is.
    ///   - then: Gets where the marker is now; nil if there is none.
    package func readMarker(
        of target: String,
        to time: Int64?,
        by actor: Actor,
        _ then: @escaping (Result<Int64?, Refusal>) -> Void
    ) {
        let session = actor.session
        guard case .account(let account) = session.party else {
            // A guest's are its session's, and go with it.
            if let time, session.guestMarkers.advance(target, to: min(time, self.shard.now)) {
                session.read(target, upTo: time, exceptFor: actor.attachment)
            }
            return then(.success(session.guestMarkers.furthest(target, nil)))
        }
        let (tenant, read) = (self.id, time.map { min($0, self.shard.now) })
        self.conversation(with: target, for: actor) { result in
            switch result {
            case .failure(let refusal): then(.failure(refusal))
            case .success(let (conversation, _)):
                let name = conversation.text
                self.ask({ past throws(DurableStoreError) -> Int64? in
                    guard let read else {
                        // One from before there was this account is that of another of its name.
                        let since = try await past.time(of: Horizon(account: account), in: tenant)
                        let found = try await past.readMarkers.time(of: name, by: account, of: tenant)
                        return found.flatMap { $0 >= since ? $0 : nil }
                    }
                    return try await past.readMarkers.advance(name, to: read, by: account, of: tenant)
                }) { (result: Result<Int64?, Refusal>) in
                    then(
                        result.map { marker in
                            session.markers[actor.attachment.number, default: .init()].furthest(target, marker)
                        }
                    )
                    // Where it was further already nobody else has to be told.
                    if case .success(let marker?) = result, marker == read {
                        self.tellOthers(target, upTo: marker, account, actor)
                    }
                }
            }
        }
    }

    /// Tells the account's other clients, wherever they are, and its devices.
    private func tellOthers(_ target: String, upTo time: Int64, _ account: String, _ actor: Actor) {
        let name = actor.session.user.account
        let sessions = self.sessions.all.filter { $0.user.account == name }
        for session in sessions { session.read(target, upTo: time, exceptFor: actor.attachment) }
        var feed = self.deviceLabel(.account(account), .account(account))
        for session in sessions where session.isElsewhere || feed != nil {
            self.tell(session.inbox, target, upTo: time, feed: feed)
            feed = nil
        }
        // Who logged in late may have a session beside the account's own.
        if sessions.contains(where: { $0.holds?.account == account }) { return }
        let key = self.accountKey(account)
        self.store.load([key]) { result in
            guard let fields = try? result.get().first?.fields,
                let id = fields[FieldName(NameClaim.field)].flatMap(NameClaim.session)
            else { return }
            self.tell(self.inboxKey(id), target, upTo: time)
        }
    }

    private func tell(_ inbox: LogKey, _ target: String, upTo time: Int64, feed: FeedLabel? = nil) {
        let change = LogChange(inbox, payload: UserEvent.read(target, upTo: time).encoded, feed: feed)
        // Who does not hear of it now is told with the next one, or when it asks.
        self.store.append(change, if: Condition(inbox, .exists)) { _ in }
    }
}

extension Session {
    /// Tells those here up to where a conversation was read, but for who was told of as much.
    func read(_ target: String, upTo time: Int64, exceptFor reader: (any Attachment)? = nil) {
        for attachment in self.attachments where attachment !== reader {
            guard self.markers[attachment.number, default: .init()].advance(target, to: time) else { continue }
            attachment.tell(.read(target, upTo: time))
        }
    }
}

/// The markers that an attachment was told of last: news of several shards may overtake each other and answers, and no marker
/// ever goes back.
struct ToldMarkers {
    /// More than are under way at any moment.
    private static let limit = 256
    private var times: [String: Int64] = [:]
    /// Their names in the order in which they were told first.
    private var order: [String] = []

    /// What is to be told of a conversation that was read up to a time, for all that the store knows.
    mutating func furthest(_ target: String, _ time: Int64?) -> Int64? {
        if let time { _ = self.advance(target, to: time) }
        return self.times[Names.caseMapping.fold(target)]
    }

    /// - Returns: Whether it is further than what was told before.
    mutating func advance(_ target: String, to time: Int64) -> Bool {
        let name = Names.caseMapping.fold(target)
        if let known = self.times[name] {
            if known >= time { return false }
        } else {
            if self.order.count >= Self.limit { self.times[self.order.removeFirst()] = nil }
            self.order.append(name)
        }
        self.times[name] = time
        return true
    }
}
