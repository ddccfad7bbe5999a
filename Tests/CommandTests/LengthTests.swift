// No line is longer than 512 bytes, whatever somebody sends (RFC 2812 2.3); tags have their own room.

import Simulation
import Testing

@Suite struct LengthTests {
    private static let commands = [
        "PRIVMSG #a :", "NOTICE bob :", "PRIVMSG ", "TOPIC #a :", "PART #a :", "KICK #a bob :", "QUIT :", "AWAY :",
        "SETNAME :", "NICK ", "JOIN #", "MODE #a +b ", "MODE #a +", "MODE ann +", "MODE ", "INVITE ", "INVITE bob #",
        "WHO ", "WHO bob %nt,", "WHOIS ", "WHOWAS ", "USERHOST ", "ISON :", "NAMES #", "NAMES ", "LIST ", "MONITOR + ",
        "MONITOR ", "PING :", "CAP REQ :", "CAP ", "HELP ", "STATS ", "OPER ", "OPER boss ", "KILL ", "KILL bob :",
        "WALLOPS :", "AUTHENTICATE ", "TAGMSG ", "",
    ]

    @Test(arguments: Self.commands, ["x", "ä", "x ", "x,"])
    func `no answer and nothing that others are told is too long`(command: String, filling: String) async throws {
        let harness = try CommandHarness(shards: 2)
        let nick = "somebody-with-thirty-characters"
        let ann = await harness.boss(String(nick.prefix(30)), "sasl")
        let bob = await harness.client("bob", shard: 1, "away-notify setname invite-notify", in: "#a")
        _ = await bob.send("MODE bob +w")
        _ = await ann.send("JOIN #a", "INVITE bob #a")
        await [ann, bob].listen()
        var line = command
        while line.utf8.count + filling.utf8.count <= 510 { line += filling }
        for told in [await ann.send(line), await bob.hears()] {
            for line in told {
                #expect(line.description.utf8.count <= 510, "\(line.description.utf8.count): \(line)")
                #expect(!line.description.contains("\u{FFFD}"), "cut in a character: \(line)")
            }
        }
    }

    @Test func `a change of many modes is told in lines that are not too long`() async throws {
        let harness = try CommandHarness()
        let room = await harness.room("#a", "ann", "bob")
        let masks = (0..<6).map { String(repeating: "m\($0)", count: 30) }.joined(separator: " ")
        let told = await room[0].send("MODE #a +bbbbbb \(masks)")
        #expect(told.allSatisfy { $0.description.utf8.count <= 510 })
        #expect(told.flatMap { $0.parameters.dropFirst(2) }.count == 6)
    }
}
