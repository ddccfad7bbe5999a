import Chat
import IRC
import StateStore

/// Channels and users that commands name, from here if they are here, else from the store.
extension ShardCore {
    /// Goes on with the channel as it is now, or answers 403.
    func withChannel(_ text: String, for call: Call, _ body: @escaping (Call) -> Void) {
        if let replica = call.connection.session?.membership(named: text) {
            call.channel = replica
            return body(call)
        }
        guard let name = ChannelName(text, under: Names.caseMapping) else {
            return call.refuse(Refusal(.errNoSuchChannel, Self.word(text)))
        }
        self.withChannel(name, for: call) { replica, call in
            guard replica.exists else { return call.refuse(Refusal(.errNoSuchChannel, name.raw)) }
            body(call)
        }
    }

    /// Goes on with a channel that may not exist.
    func withChannel(_ name: ChannelName, for call: Call, _ body: @escaping (ChannelReplica, Call) -> Void) {
        if let replica = call.scope.channels[name.folded] {
            call.channel = replica
            return body(replica, call)
        }
        let key = call.scope.channelKey(name)
        let step = call.beginStep()
        self.store.load([key]) { result in
            switch result {
            case .success(let snapshots):
                let replica = ChannelReplica(key: key, name: name, snapshot: snapshots[0], isFollowed: false)
                call.channel = replica
                body(replica, call)
            case .failure(let error): call.refuse(error)
            }
            step.end()
        }
    }

    /// Goes on with a channel that is followed from now on, whether it exists or not; one change of it at a time.
    func withFollowedChannel(_ text: String, for call: Call, _ body: @escaping (Call) -> Void) {
        guard let name = ChannelName(text, under: Names.caseMapping) else {
            return call.reply(.errBadChanMask, Self.word(text), text: "Not a channel's name")
        }
        let step = call.beginStep()
        self.follow(name, in: call.scope) { result in
            switch result {
            case .success(let replica):
                call.channel = replica
                if replica.isChanging {
                    replica.waiting.append(call)
                    return
                }
                body(call)
            case .failure(let error): call.refuse(error)
            }
            step.end()
        }
    }

    /// The change in hand has ended: the next one's turn.
    func nextChange(of replica: ChannelReplica) {
        guard !replica.isChanging, !replica.waiting.isEmpty else { return }
        let call = replica.waiting.removeFirst()
        self.run(call)
        // The step of ``withFollowedChannel(_:for:_:)``, which began when the command was put in the queue.
        Call.Step(core: self, connection: call.connection).end()
        self.nextChange(of: replica)
    }

    /// Follows a channel's log and gives its replica.
    func follow(
        _ name: ChannelName,
        in scope: TenantScope,
        _ completion: @escaping (Result<ChannelReplica, LiveStoreError>) -> Void
    ) {
        if let replica = scope.channels[name.folded] { return completion(.success(replica)) }
        if scope.loading[name.folded] != nil {
            scope.loading[name.folded]?.append(completion)
            return
        }
        scope.loading[name.folded] = [completion]
        let key = scope.channelKey(name)
        self.store.follow(key) { result in
            let waiting = scope.loading.removeValue(forKey: name.folded) ?? []
            switch result {
            case .success(let snapshot):
                let replica = ChannelReplica(key: key, name: name, snapshot: snapshot, isFollowed: true)
                scope.channels[name.folded] = replica
                self.followed[key] = .channel(replica, scope)
                // Held while those who wait have their turns: one who is refused must not take it from the next.
                replica.pins += 1
                for one in waiting { one(.success(replica)) }
                replica.pins -= 1
                self.unfollowIfUnused(replica, in: scope)
            case .failure(let error):
                for one in waiting { one(.failure(error)) }
            }
        }
    }

    /// Lets go of a replica that nobody here needs.
    func unfollowIfUnused(_ replica: ChannelReplica, in scope: TenantScope) {
        guard replica.isFollowed, replica.isUnused, scope.channels[replica.key.name] === replica
        else { return }
        scope.channels[replica.key.name] = nil
        self.followed[replica.key] = nil
        self.store.unfollow(replica.key)
    }

    /// Goes on with the user who holds a nickname, or answers 401.
    func withUser(_ text: String, for call: Call, _ body: @escaping (Call) -> Void) {
        self.find(text, for: call) { found, call in
            guard let found else { return call.refuse(Refusal(.errNoSuchNick, Self.word(text))) }
            call.user = found
            body(call)
        }
    }

    /// Goes on with the user who holds a nickname, if there is one.
    func find(_ text: String, for call: Call, _ body: @escaping (FoundUser?, Call) -> Void) {
        let scope = call.scope
        guard let nick = Nickname(text, under: Names.caseMapping) else { return body(nil, call) }
        if let session = scope.nicks[nick.folded] { return body(.here(session), call) }
        let step = call.beginStep()
        self.load(nick, in: scope) { result in
            switch result {
            case .success(let found): body(found, call)
            case .failure(let error): call.refuse(error)
            }
            step.end()
        }
    }

    /// Looks a nickname up in the store.
    func load(
        _ nick: Nickname,
        in scope: TenantScope,
        _ completion: @escaping (Result<FoundUser?, LiveStoreError>) -> Void
    ) {
        let nickKey = scope.nickKey(nick)
        self.store.load([nickKey]) { result in
            guard case .success(let snapshots) = result else {
                return completion(result.map { _ in nil })
            }
            guard let session = snapshots[0].fields[FieldName(NickClaim.field)].flatMap(NickClaim.session) else {
                return completion(.success(nil))
            }
            let inbox = scope.inboxKey(session)
            self.store.load([inbox]) { result in
                completion(
                    result.map { snapshots in
                        guard let record = SessionRecord(fields: snapshots[0].chatFields) else { return nil }
                        return scope.sessions[session].map { .here($0) } ?? .elsewhere(record, inbox)
                    }
                )
            }
        }
    }

    /// A client's own text as a parameter of a reply.
    static func word(_ text: String) -> String { text.isEmpty ? "*" : String(text.prefix(100)) }
}
