import Chat
import IRC

/// Ann's channel, in which Bob's account is a host and Cid's a voice; nobody is there yet.
struct RegisteredRoom {
    var state: ChannelState
    let ann: Requester
    let bob: Requester
    let cid: Requester
    /// Somebody without an account.
    let eve: Requester
    static let server = Author(session: nil, prefix: "irc.example", account: nil)

    init() throws {
        func member(_ nick: String, _ since: Int64) throws -> Requester {
            var requester = try person(nick, account: nick)
            requester.accountSince = since
            return requester
        }
        (self.ann, self.bob, self.cid) = (try member("ann", 10), try member("bob", 20), try member("cid", 30))
        self.eve = try person("eve")
        self.state = try channel("#Room")
        let levels = [(self.bob, MemberModes.host), (self.cid, .voice)].compactMap { one, rank in
            one.account.map { ChannelLevel(account: $0, rank: rank, setter: "ann", time: 1) }
        }
        guard let founder = self.ann.account else { return }
        self.state.evolve(
            .registration(
                [.founder(founder, since: 5)] + levels.map { .level(folded: $0.account.folded, $0) },
                by: Self.server
            )
        )
    }

    /// Somebody comes in, whatever the channel says.
    mutating func enter(_ one: Requester, as rank: MemberModes = []) {
        self.state.evolve(.joined(Member(session: one.session, user: one.user, modes: rank), founding: nil))
    }

    mutating func evolve(_ events: [Chat.ChannelEvent]) { for event in events { self.state.evolve(event) } }

    /// What its fields say of it, as a shard would load it.
    var loaded: ChannelState {
        let updates = ChannelState.updates(kept: self.state.kept) ?? []
        return ChannelState(
            name: self.state.name,
            fields: updates.compactMap { one in one.value.map { (one.key, $0) } }
        )
    }
}
