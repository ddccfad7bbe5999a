// Who and what the tests of the rules are about.

import Chat
import IRC
import Testing

/// Somebody on a network, named so that a test reads like a scene.
func person(
    _ nick: String,
    _ number: UInt64? = nil,
    host: String? = nil,
    realHost: String = "192.0.2.9",
    account: String? = nil,
    modes: UserModes = [],
    rights: Rights = []
) throws -> Requester {
    let name = try #require(Nickname(nick, under: Names.caseMapping))
    let user = User(
        nick: name,
        username: "u" + nick.lowercased(),
        host: host ?? "\(nick.lowercased()).cloaked",
        realname: "Real \(nick)",
        account: account,
        modes: modes,
        signedOn: 1_000
    )
    return Requester(
        session: SessionID(rawValue: number ?? nick.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }),
        user: user,
        realHost: realHost,
        rights: rights
    )
}

func channelName(_ text: String) throws -> ChannelName {
    try #require(ChannelName(text, under: Names.caseMapping))
}

/// A channel with members of these ranks, at time 5,000.
func channel(
    _ name: String = "#Room",
    _ members: [(Requester, MemberModes)] = [],
    modes: ChannelModes = .initial
) throws -> ChannelState {
    var state = ChannelState(name: try channelName(name), created: 5_000)
    state.modes = modes
    for (one, rank) in members {
        state.evolve(.joined(Member(session: one.session, user: one.user, modes: rank), founding: nil))
    }
    return state
}

/// What a rule refuses with, or nil if it does not refuse.
func refusal(_ body: () throws(Refusal) -> Void) -> Refusal? {
    do throws(Refusal) {
        try body()
        return nil
    } catch { return error }
}

/// The rules' own, not NIO's.
typealias ChannelEvent = Chat.ChannelEvent

extension ModeDecision {
    /// Nothing is done, refused or shown.
    var isNothing: Bool { self.changes.isEmpty && self.refusals.isEmpty && self.listings.isEmpty }
}
