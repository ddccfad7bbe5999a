// What is told to others of a user has room in a line of 512 bytes, under the longest names.

import IRC
import Testing

@Suite struct LengthsTests {
    private func longest(_ length: Int) -> String { String(repeating: "x", count: length) }

    private var prefix: String {
        "\(self.longest(Lengths.nick))!\(self.longest(Lengths.username))@\(self.longest(Lengths.host))"
    }

    @Test func `the longest prefix is as long as its parts`() {
        #expect(self.prefix.utf8.count == Lengths.prefix)
    }

    @Test func `texts have room behind the longest names`() {
        let (nick, channel, server) = (
            self.longest(Lengths.nick), self.longest(Lengths.channel), self.longest(Lengths.host)
        )
        let (topic, reason) = (self.longest(Lengths.topic), self.longest(Lengths.reason))
        let lines = [
            ":\(self.prefix) TOPIC \(channel) :\(topic)", ":\(server) 332 \(nick) \(channel) :\(topic)",
            ":\(self.prefix) KICK \(channel) \(nick) :\(reason)", ":\(self.prefix) PART \(channel) :\(reason)",
            ":\(self.prefix) QUIT :\(reason)", ":\(self.prefix) KILL \(nick) :\(reason)",
            ":\(server) 301 \(nick) \(nick) :\(self.longest(Lengths.away))",
            ":\(self.prefix) AWAY :\(self.longest(Lengths.away))",
            ":\(self.prefix) SETNAME :\(self.longest(Lengths.realname))",
            ":\(self.prefix) WALLOPS :\(self.longest(Lengths.announcement))",
        ]
        for line in lines { #expect(line.utf8.count + 2 <= 512, "\(line.prefix(160))") }
    }
}
