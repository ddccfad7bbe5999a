// What a channel knows of the names that it had.

import Chat
import IRC
import Testing

@Suite struct FormerNameRuleTests {
    private func name(_ text: String) throws -> ChannelName {
        try #require(ChannelName(text, under: Names.caseMapping))
    }

    /// As another log is founded with it.
    private func renamed(_ state: ChannelState, to name: String, now: Int64) throws -> ChannelState {
        let fields = state.fields(as: try self.name(name), now: now).compactMap { update in
            update.value.map { (update.key, $0) }
        }
        return ChannelState(name: try self.name(name), fields: fields)
    }

    private func shown(_ state: ChannelState) -> [String] {
        state.former.map { "\($0.name) \($0.time.lowerBound) \($0.time.upperBound)" }
    }

    @Test func `a channel knows its last names, and from when to when it had each`() throws {
        var state = ChannelState(name: try self.name("#Räume"), created: 10)
        #expect(state.former.isEmpty)
        state = try self.renamed(state, to: "#b", now: 20)
        #expect(self.shown(state) == ["#\(Names.caseMapping.fold("Räume")) 10 20"])
        for (index, name) in ["#c", "#d", "#e", "#f"].enumerated() {
            state = try self.renamed(state, to: name, now: 30 + 10 * Int64(index))
        }
        #expect(self.shown(state) == ["#b 20 30", "#c 30 40", "#d 40 50", "#e 50 60"])
        #expect(state.moved == 60 && state.name.raw == "#f")
    }

    @Test func `a clock that went back makes no time that ends before it begins`() throws {
        let state = try self.renamed(ChannelState(name: try self.name("#a"), created: 10), to: "#b", now: 5)
        #expect(self.shown(state) == ["#a 10 10"])
    }

    @Test(arguments: ["", ",", "#a", "#a 1", "#a 2 1", "#a x 2", "a 1 2", "#a 1 2 3", "#a 1 99999999999999999999"])
    func `what cannot be read is passed over`(text: String) throws {
        let fields = [
            (FieldKey(.setting, "created"), Array("1".utf8)),
            (FieldKey(.setting, "former"), Array("\(text),#z 3 4".utf8)),
        ]
        #expect(self.shown(ChannelState(name: try self.name("#b"), fields: fields)) == ["#z 3 4"])
    }
}
