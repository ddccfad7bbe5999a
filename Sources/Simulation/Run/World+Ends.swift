import Chat
import Edge
import IRC
import Realm
import StateStore
import Tenant

/// What everybody has in the end.
extension World {
    func compareReplicas() {
        for log in self.witness.history.keys {
            guard let name = ChannelName(log.name, under: Names.caseMapping), let snapshot = self.links[0].peek(log)
            else {
                self.witness.violation("\(log) cannot be loaded")
                continue
            }
            let truth = self.witness.states[log]
            if snapshot.exists != (truth != nil) { self.witness.violation("\(log): does it exist or not?") }
            let stored = ChannelState(name: name, fields: snapshot.chatFields)
            if stored != truth ?? ChannelState(name: name, created: 0) {
                self.witness.violation("\(log): the fields say \(stored), the entries \(String(describing: truth))")
            }
            for (index, shard) in self.shards.enumerated() {
                guard let (state, position) = shard.realm.networks[self.tenant.id]?.replicas.state(of: log.name) else {
                    continue
                }
                if state != stored {
                    self.witness.violation("shard \(index) has \(log) as \(state), the store as \(stored)")
                }
                if position != snapshot.position {
                    self.witness.violation("shard \(index) stands at \(position) of \(log)")
                }
            }
        }
    }

    /// What each client was told is what there is.
    func compareClients() {
        for person in self.people {
            for view in person.former.map(\.view) + [person.view] {
                self.compareMessages(of: view, person.name)
            }
            if person.wasLost, person.account != nil {
                self.witness.violation("\(person.name) was told that all is lost")
            }
            guard let client = person.client, client.isConnected, person.view.isRegistered else { continue }
            self.compare(person)
            guard person.account != nil else { continue }
            for (channel, stay) in person.view.channels {
                self.compareBeginning(of: stay, in: channel, person.name, isNow: true)
            }
        }
    }

    private func compareMessages(of view: ClientView, _ name: String) {
        for mistake in view.mistakes { self.witness.violation("\(name): \(mistake)") }
        for (channel, stays) in view.past {
            for stay in stays {
                self.compare(stay, in: channel, of: name)
                self.compareBeginning(of: stay, in: channel, name, isNow: false)
            }
        }
        for (channel, stay) in view.channels {
            self.compare(stay, in: channel, of: name)
            self.compareBeginning(of: stay, in: channel, name, isNow: false)
        }
    }

    private func compare(_ person: Person) {
        let nick = person.view.nick
        // A session of an account is known by more than what its client believes.
        let session = person.account.flatMap { self.witness.sessions.accounts[$0] }
        var truth: [String: [ClientView.Somebody: Set<Character>]] = [:]
        for state in self.witness.states.values
        where state.members.contains(where: { $0.session == session || session == nil && $0.user.nick.raw == nick }) {
            truth[state.name.raw] = Dictionary(
                state.members.map {
                    (ClientView.Somebody($0.user.prefix), Set(VisibleRanks.plain.signs(of: $0.modes)))
                },
                uniquingKeysWith: { first, _ in first }
            )
        }
        let seen = person.view.channels.mapValues(\.members)
        if seen != truth { self.witness.violation("\(nick) was told of \(seen.traced), there is \(truth.traced)") }
        if let session, let user = self.witness.sessions.sessions[session]?.user, user.nick.raw != nick {
            self.witness.violation("\(nick) goes by \(user.nick.raw)")
        }
    }

    /// The messages of one stay follow each other as they do in the log, and none of them is missing unless that was said.
    private func compare(_ stay: ClientView.Stay, in channel: String, of nick: String) {
        let messages = stay.messages
        guard let first = messages.first, let all = self.witness.messages[channel.lowercased()] else { return }
        var last: Int?
        for (index, message) in messages.enumerated() {
            guard let place = self.witness.places[message], all[place] == message else {
                return self.witness.violation("\(nick) heard \(message) in \(channel), which nobody said")
            }
            let isNext = last.map { stay.gaps.contains(index) ? place > $0 : place == $0 + 1 } ?? true
            if !isNext {
                let start = self.witness.places[first] ?? 0
                return self.witness.violation("\(nick) heard \(messages) in \(channel) of \(all[start...])")
            }
            last = place
        }
    }
}

extension [String: [ClientView.Somebody: Set<Character>]] {
    fileprivate var traced: String {
        self.map { channel, members in
            let members = members.map { "\(String($1.sorted()))\($0.nick)!\($0.host)" }.sorted()
            return "\(channel): \(members.joined(separator: " "))"
        }.sorted().joined(separator: "; ")
    }
}
