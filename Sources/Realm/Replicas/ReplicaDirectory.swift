package import Chat
import DequeModule
import IRC
package import StateStore

/// The channels of a network that are followed here, and the way to the others.
package final class ReplicaDirectory {
    unowned let network: Network
    /// By folded name.
    private var followed: [String: ChannelReplica] = [:]
    /// Channels that are being followed but not loaded yet, with what waits for them.
    private var loading: [String: [(Result<ChannelReplica, Refusal>) -> Void]] = [:]

    /// Channels that nobody here is in any more, in the order in which they were left, with the second in which that was: many
    /// who leave come back, and a channel of thousands is not loaded again for each.
    private var left: Deque<(replica: ChannelReplica, second: UInt32)> = []
    /// How many those are at most, and for how many seconds they are followed.
    private static let (mostLeft, secondsKept) = (32, 10 as UInt32)

    init(_ network: Network) { self.network = network }

    package var count: Int { self.followed.count }

    /// The replicas of followed channels that a user is in.
    func having(_ id: SessionID) -> [ChannelReplica] { self.followed.values.filter { $0.state.members.contains(id) } }

    /// The replica of a followed channel, by its folded name.
    subscript(folded: String) -> ChannelReplica? { self.followed[folded] }

    /// What is known here of a followed channel, for those who look on.
    package func state(of folded: String) -> (ChannelState, Position)? {
        self.followed[folded].map { ($0.state, $0.position) }
    }

    /// Goes on with a channel as it is now, whether it exists or not: the replica if it is followed, else a copy that
    /// stays as it is.
    func look(at name: ChannelName, _ then: @escaping (Result<ChannelReplica, Refusal>) -> Void) {
        if let replica = self.followed[name.folded] { return replica.whenFresh { then(.success(replica)) } }
        let network = self.network
        let key = network.channelKey(name)
        network.store.load([key]) { result in
            switch result {
            case .success(let snapshots):
                then(.success(ChannelReplica(key, name, snapshots[0], in: network, token: nil)))
            case .failure(let error): then(.failure(network.refusal(error)))
            }
        }
    }

    /// Goes on with a channel that is followed from now on, whether it exists or not.
    ///
    /// Whoever asks calls ``letGo(of:)`` when nothing of it is needed any more.
    func follow(_ name: ChannelName, _ then: @escaping (Result<ChannelReplica, Refusal>) -> Void) {
        if let replica = self.followed[name.folded] { return replica.whenFresh { then(.success(replica)) } }
        if self.loading[name.folded] != nil {
            self.loading[name.folded]?.append(then)
            return
        }
        self.loading[name.folded] = [then]
        let network = self.network
        let key = network.channelKey(name)
        let token = FollowToken(key)
        network.store.follow(token) { result in
            let waiting = self.loading.removeValue(forKey: name.folded) ?? []
            switch result {
            case .success(let snapshot):
                let replica = ChannelReplica(key, name, snapshot, in: network, token: token)
                self.followed[name.folded] = replica
                network.shard.followed[key] = .channel(replica)
                // Held while those who wait have their turns: one who is refused must not take it from the next.
                replica.pins += 1
                for one in waiting { one(.success(replica)) }
                replica.pins -= 1
                self.letGo(of: replica)
            case .failure(let error):
                let refusal = network.refusal(error)
                for one in waiting { one(.failure(refusal)) }
            }
        }
    }

    /// Lets go of a replica that nobody here needs: a while later, if the channel exists.
    func letGo(of replica: ChannelReplica) {
        guard replica.token != nil, replica.isUnused, self.followed[replica.key.name] === replica else { return }
        guard replica.exists else { return self.drop(replica) }
        let now = self.network.shard.seconds
        guard replica.left != now else { return }
        replica.left = now
        self.left.append((replica, now))
        if self.left.count > Self.mostLeft { self.dropFirst() }
    }

    /// Once a second.
    func tick() {
        let now = self.network.shard.seconds
        while let first = self.left.first, now &- first.second >= Self.secondsKept { self.dropFirst() }
        if now.isMultiple(of: Self.secondsBetweenLapses) { self.lapse() }
    }

    /// How often it is looked for bans, and closed doors, that have ended.
    private static let secondsBetweenLapses: UInt32 = 5

    /// Takes bans out of lists that have ended: they hold no more, but members still see them there.
    private func lapse() {
        let (network, now) = (self.network, self.network.shard.now)
        for replica in self.followed.values where !replica.membersSpeakFreely && !replica.isStale && replica.exists {
            replica.weighSpeech()
            guard let event = replica.state.decideLapseOfBans(by: network.serverAuthor, now: now) else { continue }
            // Whoever is first does it; the others find that it is done.
            network.store.append(replica.change([event])) { result in
                if case .success(.appended) = result { network.registry.saver.begin() }
            }
        }
    }

    /// Drops what nobody here is in, when the network is over.
    func close() { while !self.left.isEmpty { self.dropFirst() } }

    private func dropFirst() {
        guard let (replica, second) = self.left.popFirst(), replica.left == second else { return }
        replica.left = nil
        // Somebody came back, and may have left again.
        if replica.isUnused { self.drop(replica) }
    }

    private func drop(_ replica: ChannelReplica) {
        guard let token = replica.token, self.followed[replica.key.name] === replica else { return }
        self.followed[replica.key.name] = nil
        if case .channel(let current)? = self.network.shard.followed[replica.key], current === replica {
            self.network.shard.followed[replica.key] = nil
        }
        self.network.store.unfollow(token)
    }
}
