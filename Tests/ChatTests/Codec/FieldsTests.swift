// A channel's fields say the same as its log.

import Chat
import IRC
import NIOCore
import Testing

@Suite struct FieldsTests {
    /// Fields as a store keeps them.
    private struct Table {
        var fields: [FieldKey: [UInt8]] = [:]

        mutating func apply(_ updates: [FieldUpdate]) {
            for update in updates { self.fields[update.key] = update.value }
        }

        func state(_ name: ChannelName) -> ChannelState {
            ChannelState(name: name, fields: self.fields.map { ($0.key, $0.value) })
        }
    }

    /// A channel with something in every place, made by events alone, and its fields.
    private func furnished() throws -> (ChannelState, Table) {
        var state = ChannelState(name: try channelName("#room"), created: 0)
        var table = Table()
        let (alice, bob) = (try person("Alice"), try person("Bob"))
        let actor = Author(alice.session, alice.user)
        let founding = Founding(name: try channelName("#Room"), created: 5_000)
        let events: [ChannelEvent] = [
            .joined(Member(session: alice.session, user: alice.user, modes: .owner), founding: founding),
            .joined(Member(session: bob.session, user: bob.user, modes: []), founding: nil),
            .topic(Topic(text: "news", setter: "Alice", time: 6_000), by: actor),
            .modes(
                [
                    .flag(.secret, on: true), .flag(.topicByHosts, on: false), .key("first"), .limit(9),
                    .rank(.voice, bob.session, nick: "Bob", on: true),
                    .list(.ban, ListEntry(mask: "bob!*@*", setter: "Old", time: 2), on: true),
                    .list(.ban, ListEntry(mask: "zed!*@*", setter: "Old", time: 1), on: true),
                    .list(.exception, ListEntry(mask: "eve!*@*", setter: "Old", time: 3), on: true),
                ],
                by: actor
            ),
            .invited(try person("Guest").session, nick: "Guest", by: actor),
        ]
        for event in events {
            table.apply(state.updates(for: event))
            state.evolve(event)
        }
        return (state, table)
    }

    @Test func `fields read back as the state that the events made`() throws {
        let (state, table) = try self.furnished()
        let loaded = table.state(try channelName("#ROOM"))
        #expect(loaded == state)
        #expect(loaded.name.raw == "#Room")
        #expect(loaded.lists[.ban]?.map(\.mask) == ["zed!*@*", "bob!*@*"])
    }

    @Test func `another spelling of the name is the name from then on`() throws {
        var (state, table) = try self.furnished()
        let spelled = ChannelEvent.renamed(try channelName("#rOOm"), by: try person("Alice").author, reason: nil)
        table.apply(state.updates(for: spelled))
        state.evolve(spelled)
        #expect(state.name.raw == "#rOOm" && table.state(state.name).name.raw == "#rOOm")
        #expect(state.members.count == 2)
    }

    /// During a rollout an older edge changes modes of a channel that has one of a newer edge's.
    @Test func `modes of a later version stay as they are`() throws {
        var (_, table) = try self.furnished()
        let place = try #require(table.fields.first { $0.value == Array("ns".utf8) }?.key)
        table.fields[place] = Array("nZsY".utf8)
        let state = table.state(try channelName("#Room"))
        #expect(state.modes == [.noExternal, .secret])
        #expect(state.modeParameters(showingKey: true) == ["+nslk", "9", "first"])
        let author = try person("Alice").author
        table.apply(state.updates(for: .modes([.flag(.moderated, on: true)], by: author)))
        #expect(try String(decoding: #require(table.fields[place]), as: UTF8.self) == "mnsZY")
    }

    private static let limits: [(stored: Int64, limit: Int)] = [
        (1, 1), (1_000_000, 1_000_000), (0, 1), (1_000_001, 1_000_000), (.max, 1_000_000),
    ]

    @Test(arguments: limits.indices)
    func `a limit that none can set is read as the nearest that one can`(index: Int) throws {
        let (stored, limit) = Self.limits[index]
        var (_, table) = try self.furnished()
        let place = try #require(table.fields.first { $0.value == Array("9".utf8) }?.key)
        table.fields[place] = Array("\(stored)".utf8)
        #expect(table.state(try channelName("#Room")).limit == limit)
        var bytes = ByteBuffer()
        bytes.writeInteger(3 as UInt8)
        bytes.writeInteger(stored)
        #expect(ModeChange(from: &bytes) == .limit(limit))
    }

    @Test func `after every kind of event the fields say what the state says`() throws {
        let (before, table) = try self.furnished()
        for event in try Samples.channelEvents() {
            // A channel that has members is not founded: decided nowhere.
            if case .joined(_, .some) = event { continue }
            var (state, fields) = (before, table)
            fields.apply(state.updates(for: event))
            state.evolve(event)
            #expect(fields.state(state.name) == state, "\(event)")
            #expect(fields.state(state.name).lists == state.lists, "\(event)")
        }
    }

    @Test func `after any two events in a row the fields say what the state says`() throws {
        let (before, table) = try self.furnished()
        let events = try Samples.channelEvents().filter { event in
            if case .joined(_, .some) = event { return false }
            return true
        }
        for first in events {
            var (middle, middleFields) = (before, table)
            middleFields.apply(middle.updates(for: first))
            middle.evolve(first)
            for second in events {
                var (state, fields) = (middle, middleFields)
                fields.apply(state.updates(for: second))
                state.evolve(second)
                if fields.state(state.name) != state { Issue.record("\(first), then \(second)") }
            }
        }
    }

    @Test func `the first event also writes what a channel starts with`() throws {
        let name = try channelName("#Room")
        let alice = try person("Alice")
        let empty = ChannelState(name: name, created: 0)
        let event = try empty.decideJoin(by: alice, key: nil, maximumMembers: nil, now: 5_000)
        var state = empty
        var table = Table()
        table.apply(empty.updates(for: event))
        state.evolve(event)
        #expect(table.state(name) == state)
        #expect(Set(table.fields.keys.map(\.section)) == [.setting, .member])
    }

    @Test func `later events write what they change and nothing else`() throws {
        let (state, _) = try self.furnished()
        let actor = Author(session: nil, prefix: "irc.example", account: nil)
        let bob = try person("Bob")
        let expected: [(ChannelEvent, [FieldKey])] = [
            (.topic(nil, by: actor), [FieldKey(.setting, "topic")]),
            (.invited(SessionID(rawValue: 5), nick: "x", by: actor), [FieldKey(.invitation, "5")]),
            (.changed(bob.session, .away("x"), by: actor, number: 1), [FieldKey(.member, bob.session.text)]),
            (.changed(SessionID(rawValue: 5), .away("x"), by: actor, number: 1), []),
            (.modes([.flag(.moderated, on: true)], by: actor), [FieldKey(.setting, "modes")]),
            (.modes([.limit(3)], by: actor), [FieldKey(.setting, "limit")]),
            (.parted(bob.session, by: actor, reason: nil), [FieldKey(.member, bob.session.text)]),
        ]
        for (event, keys) in expected { #expect(state.updates(for: event).map(\.key) == keys, "\(event)") }
    }

    @Test func `who comes into an empty channel uses up the invitation as well`() throws {
        let alice = try person("Alice")
        var state = ChannelState(name: try channelName("#Room"), created: 0)
        state.invited = [alice.session]
        let event = try state.decideJoin(by: alice, key: nil, maximumMembers: nil, now: 5_000)
        let update = try #require(state.updates(for: event).first { $0.key.section == .invitation })
        #expect(update == FieldUpdate(FieldKey(.invitation, alice.session.text), nil))
        state.invited = []
        #expect(!state.updates(for: event).contains { $0.key.section == .invitation })
    }

    @Test func `properties and access entries are read`() throws {
        let name = try channelName("#Room")
        let fields = [(FieldKey(.property, "ONJOIN"), Array("hi".utf8)), (FieldKey(.access, "host x!*@*"), [1, 2])]
        let state = ChannelState(name: name, fields: fields)
        #expect(state.properties == ["ONJOIN": "hi"])
        #expect(state.access == ["host x!*@*": [1, 2]])
    }

    @Test func `a message changes no field`() throws {
        let (state, _) = try self.furnished()
        for message in try Samples.messages() { #expect(state.updates(for: .message(message)).isEmpty) }
    }

    @Test func `coming in uses up the invitation in the fields too`() throws {
        var (state, table) = try self.furnished()
        let guest = try person("Guest")
        let event = ChannelEvent.joined(Member(session: guest.session, user: guest.user, modes: []), founding: nil)
        table.apply(state.updates(for: event))
        state.evolve(event)
        #expect(!table.fields.keys.contains { $0.section == .invitation })
        #expect(table.state(state.name) == state)
    }

    @Test func `invitations that nobody follows do not pile up, neither here nor in the fields`() throws {
        var (state, table) = try self.furnished()
        let alice = try person("Alice")
        let actor = Author(alice.session, alice.user)
        for number in 1...UInt64(3 * ChannelState.maximumInvitations) {
            let session = SessionID(rawValue: number &* 0x9E37_79B9_7F4A_7C15)
            let event = ChannelEvent.invited(session, nick: "Guest", by: actor)
            table.apply(state.updates(for: event))
            state.evolve(event)
            #expect(state.invited.contains(session))
            #expect(state.invited.count <= ChannelState.maximumInvitations)
        }
        #expect(table.state(state.name).invited == state.invited)
        #expect(state.invited.count == 100)
    }

    @Test func `of too many invitations the one with the lowest number lapses, on every pod`() throws {
        var (state, _) = try self.furnished()
        let actor = Author(session: nil, prefix: "irc.example", account: nil)
        state.invited = Set((1...100).map { SessionID(rawValue: $0) })
        let again = ChannelEvent.invited(SessionID(rawValue: 50), nick: "x", by: actor)
        #expect(state.updates(for: again).map(\.key.name) == [SessionID(rawValue: 50).text])
        state.evolve(again)
        #expect(state.invited.count == 100)
        let one = ChannelEvent.invited(SessionID(rawValue: 1_000), nick: "x", by: actor)
        #expect(state.updates(for: one).map(\.key.name) == [SessionID(rawValue: 1_000).text, "1"])
        state.evolve(one)
        #expect(state.invited == Set((2...100).map { SessionID(rawValue: $0) } + [SessionID(rawValue: 1_000)]))
    }

    @Test func `fields that cannot be read are passed over`() throws {
        let (state, table) = try self.furnished()
        var damaged = table
        damaged.fields[FieldKey(.member, "1")] = [1, 2, 3]
        damaged.fields[FieldKey(.ban, "x!*@*")] = [0]
        damaged.fields[FieldKey(.invitation, "é")] = []
        damaged.fields[FieldKey(.setting, "unknown")] = [1]
        damaged.fields[FieldKey(.channel, "#x")] = []
        #expect(damaged.state(state.name) == state)
    }

    @Test func `no fields are a channel that does not exist`() throws {
        let name = try channelName("#Room")
        #expect(ChannelState(name: name, fields: []) == ChannelState(name: name, created: 0))
    }
}
