// Words that nobody would send behind every command there is: each is answered or passed over, and what comes next is carried out.

import Edge
import Simulation
import StateStore
import Testing

@Suite struct GarbageTests {
    /// What commands read: names, masks, modes, conditions, keys, times, ids, numbers; whole, broken, and far too large.
    private static let words = [
        "ann", "bob", "nobody", "#a", "#none", "#", "*", "?", "@#a", "+@#a", "*!*@*", "bob!*@*", "$a:bob", "~a:",
        "m:x!*@*", "10.0.0.0/8",
        "10.0.0.0/99", "::/0", "+o", "-o+v", "+bbbb", "+k-l", "+lkj", "+", "-", "5:10", "99999:0", "<", ">", "<0",
        ">-1", "C>0", "C<x", "T>",
        "T<99999999999999999999", "!#*", "!", "%nuhsraf,999", "%,", "%", "o", "0", "-1", "1", "302", "65536",
        "9223372036854775807", "-9223372036854775808", "99999999999999999999", "timestamp=2026-01-01T00:00:00.000Z",
        "timestamp=2026-13-41T99:00:00.000Z", "timestamp=", "msgid=a-1-1", "msgid=zzzzzzzzzzzzzzzz-1-1", "msgid=",
        "LATEST",
        "BEFORE", "AFTER", "AROUND", "BETWEEN", "TARGETS", "LS", "LIST", "REQ", "END", "GET", "SET", "SUB", "UNSUB",
        "SYNC", "CLEAR", "REGISTER",
        "UNREGISTER", "https://push.example/x", "https://127.0.0.1/", "p256dh=AA;auth=AA", "p256dh=;;auth", "from=bob",
        "in=#a", "text=",
        "+draft/react", "batch", "+1", "-1", "draft/multiline", "PLAIN", "SCRAM-SHA-256", "=", "AAAA",
        "AGFubgBzZXNhbWU=", "de", "xx", "url",
        "avatar", "\u{1}VERSION\u{1}", "\u{3}4,5x", "é\u{301}", "\u{202E}x", "%s%n", "\\", ";", ",", ",,,",
        "#a,#a,#none", "ann,bob,ann", "a/b",
        String(repeating: "x", count: 200), String(repeating: "#a,", count: 40), String(repeating: "*?", count: 60),
    ]

    private static func line(_ command: String, _ random: inout SeededRandom) -> String {
        var line = command
        let count = Int.random(in: 0...5, using: &random)
        for number in 0..<count {
            let word = Self.words.randomElement(using: &random) ?? ""
            let isLast = number == count - 1
            // What has a colon in front, or nothing in it, stands last alone.
            if isLast, Bool.random(using: &random) || word.first == ":" {
                line += " :\(word) \(Self.words.randomElement(using: &random) ?? "")"
            } else {
                line += " \(word)"
            }
            if line.utf8.count > 450 { break }
        }
        return line
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `whatever stands behind a command, the next one is answered`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let rig = try await PastRig(shards: 2, pushes: true)
        let harness = rig.harness
        let capabilities = everyCapability + " draft/chathistory draft/event-playback draft/read-marker"
        var ann: SimulatedClient?
        let bob = await rig.logIn("bob", shard: 1)
        _ = await harness.send(bob, "JOIN #a")
        // What ends a connection, or holds one up, is tested elsewhere.
        let commands = CommandTable.standard.names.filter { !["QUIT", "PING", "PONG", "ERROR"].contains($0) }
        #expect(["LIST", "WHO", "MODE", "CHATHISTORY", "SEARCH", "METADATA", "WEBPUSH"].allSatisfy(commands.contains))
        let all = Array(repeating: commands, count: 15).joined().shuffled(using: &random)
        for (number, command) in all.enumerated() {
            if ann?.isClosed != false { ann = await rig.logIn("ann", as: "Ann", capabilities: capabilities) }
            guard let ann else { return }
            let line = Self.line(command, &random)
            let before = await harness.send(ann, line)
            // Somebody may be sent away for it, and is told so.
            if ann.isClosed {
                #expect(before.contains { $0.contains("ERROR") || $0.contains("KILL") }, "\(line)")
                continue
            }
            var after = await harness.send(ann, "PING :after \(number)")
            // Whoever tries passwords waits.
            for _ in 1...20 where after.isEmpty {
                await harness.advance(by: 1)
                after = ann.take()
            }
            #expect(after.contains { $0.contains(" PONG ") && $0.hasSuffix(" :after \(number)") }, "\(line)")
            if !bob.isClosed, number % 20 == 0 { _ = await harness.send(bob, "JOIN #a", "PRIVMSG #a :still here") }
        }
    }
}
