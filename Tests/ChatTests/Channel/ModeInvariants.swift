// What must hold for every MODE that anybody sends. The seeded test and the fuzzer (Fuzz/) both call this.

import Chat
import IRC

/// Properties of channel modes and lists that no input may break.
enum ModeInvariants {
    /// What was broken.
    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    private static func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: what()) }
    }

    /// Checks the words of an input as the parameters of a MODE of who may do everything.
    ///
    /// - Throws: ``Violation``.
    static func check(_ input: [UInt8]) throws {
        let words = String(decoding: input, as: UTF8.self).split(separator: " ").map(String.init)
        guard let nick = Nickname("Ann", under: Names.caseMapping),
            let name = ChannelName("#Room", under: Names.caseMapping)
        else { return }
        let user = User(nick: nick, username: "ann", host: "user.ann", realname: "Ann", account: "ann", signedOn: 1)
        let ann = Requester(session: SessionID(rawValue: 7), user: user, realHost: "192.0.2.7", rights: .all)
        let founder = Chat.ChannelEvent.joined(
            Member(session: ann.session, user: user, modes: .owner),
            founding: Founding(name: name, created: 1)
        )
        var state = ChannelState(name: name, created: 0)
        var fields: [FieldKey: [UInt8]] = [:]
        self.evolve(&state, &fields, founder)

        let decision = state.decideModes(ModeRequest.parse(words), by: ann, seeing: .plain, now: 2)
        let event = Chat.ChannelEvent.modes(decision.changes, by: ann.author)
        try self.require(Chat.ChannelEvent(event.encoded) == event, "a change is another when it is read")
        self.evolve(&state, &fields, event)
        let loaded = ChannelState(name: name, fields: fields.map { ($0.key, $0.value) })
        try self.require(loaded == state, "fields say something else than the log")

        for change in decision.changes {
            let parameters = [change].parameters
            try self.require(
                parameters.allSatisfy { !$0.isEmpty && !$0.hasPrefix(":") && !$0.contains(" ") }
                    && parameters.count <= 2,
                "a change cannot be shown: \(parameters)"
            )
        }
        // Once all that was set and taken back is left out, what was shown is what is there.
        for (list, entries) in state.lists {
            for entry in entries {
                let again = ModeRequest.parse(["+\(list.rawValue)", entry.mask])
                let told = state.decideModes(again, by: ann, seeing: .plain, now: 3)
                try self.require(told.changes.isEmpty && told.refusals.isEmpty, "an entry is another: \(entry.mask)")
            }
        }
        for requester in [ann, Requester(session: SessionID(rawValue: 8), user: user, realHost: "/x")] {
            _ = try? state.decideJoin(by: requester, key: nil, maximumMembers: nil, joins: [1, 2], now: 4)
            try? state.checkSpeech(of: requester, Said(.privmsg, input), after: 3, now: 4)
        }
    }

    private static func evolve(
        _ state: inout ChannelState,
        _ fields: inout [FieldKey: [UInt8]],
        _ event: Chat.ChannelEvent
    ) {
        for update in state.updates(for: event) { fields[update.key] = update.value }
        state.evolve(event)
    }
}
