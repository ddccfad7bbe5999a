// What clients are told after the store was away for too long.

import Chat
import Edge
import IRC
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct OutageTests {
    /// A channel's log as the store has it now, but for one member.
    private func snapshot(of channel: String, without nick: String, in harness: CommandHarness) throws -> Snapshot {
        let log = LogKey(harness.tenant.id, .channel, channel)
        let loaded = try #require(harness.snapshot(of: log))
        let name = try #require(ChannelName(channel, under: Names.caseMapping))
        let state = ChannelState(name: name, fields: loaded.chatFields)
        let gone = try #require(state.members.first { $0.user.nick.raw == nick })
        let field = FieldName(ChannelState.memberField(gone.session))
        let position = Position(epoch: loaded.position.epoch + 1, sequence: loaded.position.sequence)
        return Snapshot(log: log, position: position, fields: loaded.fields.filter { $0.key != field })
    }

    @Test func `that somebody has gone is found out later, and stands in nobody's labelled answer`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.join("ann", capabilities: "labeled-response batch")
        let bob = await harness.join("bob")
        for client in [ann, bob] { _ = await harness.send(client, "JOIN #a") }
        for number in 0..<200 {
            _ = await harness.send(bob, "JOIN #list\(number % 20)", "TOPIC #list\(number % 20) :x")
        }
        ann.stopReading()
        // So long an answer that it waits for its reader.
        ann.send("@label=L1 LIST")
        await harness.settle()
        harness.shards[0].realm.reloaded(try self.snapshot(of: "#a", without: "bob", in: harness))
        ann.readAgain()
        await harness.settle()
        let lines = ann.take()
        let part = try #require(lines.first { $0.contains(" PART #a ") })
        #expect(part.hasPrefix(":bob!"), "it is news, not an answer: \(part)")
        #expect(lines.contains { $0.hasPrefix("@label=L1") })
        #expect(lines.contains { $0.contains("Some of #a may be missing") })
    }

    @Test func `ranks and nicknames that changed meanwhile are told`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.join("ann")
        let bob = await harness.join("bob")
        for client in [ann, bob] { _ = await harness.send(client, "JOIN #a") }
        _ = ann.take()
        let log = LogKey(harness.tenant.id, .channel, "#a")
        let loaded = try #require(harness.snapshot(of: log))
        let name = try #require(ChannelName("#a", under: Names.caseMapping))
        let state = ChannelState(name: name, fields: loaded.chatFields)
        var member = try #require(state.members.first { $0.user.nick.raw == "bob" })
        member.modes = .host
        member.user.apply(.nick(try #require(Nickname("bobby", under: Names.caseMapping))))
        member.changes += 1
        let update = ChannelState.memberUpdate(member)
        var fields = loaded.fields
        fields[FieldName(update.key)] = update.value
        harness.shards[0].realm.reloaded(
            Snapshot(
                log: log,
                position: Position(epoch: loaded.position.epoch + 1, sequence: loaded.position.sequence),
                fields: fields
            )
        )
        await harness.settle()
        let lines = ann.take()
        #expect(lines.contains { $0.hasPrefix(":bob!") && $0.hasSuffix(" NICK bobby") }, "\(lines)")
        #expect(lines.contains { $0.hasSuffix(" MODE #a +o bobby") }, "\(lines)")
    }
}
