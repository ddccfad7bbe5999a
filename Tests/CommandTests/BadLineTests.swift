// Lines that are refused before they are messages (RFC 2812 2.3; ircv3.net labeled-response, utf8-only, standard-replies).

import NIOCore
import Simulation
import Testing

@Suite struct BadLineTests {
    /// A line with a byte that no UTF-8 has in place of each `?`.
    private func broken(_ line: String, with byte: UInt8 = 0xFC) -> ByteBuffer {
        ByteBuffer(bytes: line.utf8.map { $0 == UInt8(ascii: "?") ? byte : $0 } + [0x0D, 0x0A])
    }

    @Test(arguments: [
        ("@label=x PRIVMSG #a :gr?", "FAIL PRIVMSG INVALID_UTF8"), ("@label=x;+a=? PRIVMSG #a :x", nil),
        ("@a=b;label=x :me topic #a :?", "FAIL TOPIC INVALID_UTF8"), ("@label=x ? #a", "FAIL * INVALID_UTF8"),
        ("@label=x", "FAIL * INVALID_MESSAGE"), ("@label=x :me", "FAIL * INVALID_MESSAGE"),
    ])
    func `what a line is refused for has its label, if its tags came whole`(line: String, expected: String?)
        async throws
    {
        let ann = await (try CommandHarness()).client("ann", everyCapability, in: "#a")
        ann.wire.send(self.broken(line))
        let lines = await ann.hears()
        guard let expected else { return #expect(lines.count == 1 && lines[0].tags["label"] == nil, "\(lines)") }
        #expect(lines.begin(with: [expected]) && lines[0].tags["label"] == "x", "\(lines)")
        #expect(await ann.ask("y", "PING z").lines.commands == ["PONG"])
    }

    @Test func `a line that is too long is refused under its label, if its tags were not`() async throws {
        let ann = await (try CommandHarness()).client("ann", everyCapability, in: "#a")
        let long = String(repeating: "x", count: 600)
        let lines = await ann.send("@label=x PRIVMSG #a :\(long)")
        #expect(lines.commands == ["417"] && lines[0].tags["label"] == "x")
        let tags = String(repeating: "y", count: 5000)
        let others = await ann.send("@label=x;+a=\(tags) PRIVMSG #a :short", "PRIVMSG #a :\(long)")
        #expect(others.commands == ["417", "417"] && others.allSatisfy { $0.tags["label"] == nil })
    }

    @Test(arguments: [("", "FAIL USER INVALID_UTF8", true), ("standard-replies", "FAIL USER INVALID_UTF8", false)])
    func `who registers with a broken line is told, and does not wait for ever`(
        capabilities: String,
        expected: String,
        isClosed: Bool
    ) async throws {
        let client = (try CommandHarness()).stranger()
        if !capabilities.isEmpty { _ = await client.send("CAP REQ \(capabilities)", "CAP END") }
        client.begin("NICK ann")
        client.wire.send(self.broken("USER ann 0 * :gr?"))
        let lines = await client.hears()
        #expect(lines.begin(with: isClosed ? [expected, "ERROR"] : [expected]), "\(lines)")
        #expect(client.isClosed == isClosed)
        if !isClosed { #expect(await client.send("USER ann 0 * :x").commands.first == "001") }
    }

    @Test func `a NUL ends what cannot register with it, an empty line does not`() async throws {
        let harness = try CommandHarness()
        let (one, other) = (harness.stranger(), harness.stranger())
        one.wire.send(self.broken("NICK a?n", with: 0))
        #expect(await one.hears().commands.last == "ERROR" && one.isClosed)
        #expect(await other.send("   ", "NICK ann", "USER ann 0 * :x").commands.contains("001"))
    }

    @Test func `what led to the end is told under the label of who asked for it`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", everyCapability)
        let answer = await ann.ask("q", "QUIT :bye")
        #expect(answer.faults.isEmpty && answer.lines.commands == ["ERROR"] && ann.isClosed)
        let bob = harness.stranger()
        _ = await bob.send("CAP REQ :batch labeled-response", "PASS bob:wrong", "NICK bob", "USER bob 0 * :x")
        let refused = await bob.ask("c", "CAP END")
        #expect(refused.faults.isEmpty && refused.lines.commands == ["464", "ERROR"], "\(refused)")
    }
}
