// HELP: from the rows of the commands and services, so that none is missing.

import Edge
import Simulation
import Testing

@Suite struct HelpTests {
    private func texts(_ lines: [Line]) -> [String] { (lines.with("704") + lines.with("705")).map(\.text) }

    @Test func `HELP says of every command how it is written, what it does, and an example`() async throws {
        let ann = await (try CommandHarness()).client("ann")
        for name in CommandTable.standard.names {
            let lines = self.texts(await ann.send("HELP \(name)"))
            #expect(lines.count >= 3, "\(name): \(lines)")
            guard let example = CommandExamples.all[name] else { continue }
            #expect(
                lines.first?.hasPrefix(name) == true && lines.last == "For example: \(example)",
                "\(name): \(lines)"
            )
            #expect(example.split(separator: " ").contains(Substring(name)), "\(name): \(example)")
        }
        let services: Set = ["CHANSERV", "CS", "HOSTSERV", "HS", "MEMOSERV", "MS", "NICKSERV", "NS"]
        #expect(Set(CommandTable.standard.names).subtracting(CommandExamples.all.keys) == services)
        #expect(Set(CommandExamples.all.keys).subtracting(CommandTable.standard.names).isEmpty)
    }

    @Test func `HELPOP guesses what was meant`() async throws {
        let ann = await (try CommandHarness()).client("ann")
        #expect(
            await ann.send("HELPOP joim", "HELP NICKSERF", "HELP CMODS", "HELP NS IDENTFY").map(\.text) == [
                "There is no such command; did you mean JOIN?", "There is no such command; did you mean NICKSERV?",
                "There is no such command; did you mean CMODES?", "There is no such command; did you mean IDENTIFY?",
            ]
        )
        #expect(await ann.send("HELP xyzzyx").map(\.text) == ["No help is available on this topic"])
    }

    @Test func `services' help is there, too, the same as they give themselves`() async throws {
        let ann = await (try CommandHarness()).client("ann")
        #expect(self.texts(await ann.send("HELP")).last?.contains("HELP NICKSERV, HELP CHANSERV") == true)
        for (ask, own) in [("HELP CHANSERV", "CS HELP"), ("HELP NS", "NS HELP"), ("HELP CS ACCESS", "CS HELP ACCESS")] {
            #expect(self.texts(await ann.send(ask)) == (await ann.send(own)).map(\.text), "\(ask)")
        }
    }
}
