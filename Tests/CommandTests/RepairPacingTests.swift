// What a follower of a log missed comes to members as fast as they read, however much it is.

import Chat
import Edge
import IRC
import Realm
import Simulation
import StateStore
import Tenant
import Testing

@Suite struct RepairPacingTests {
    /// A channel that missed 5,000 messages of 470 bytes, and how far they were handed to the realm.
    private final class Missed {
        static let count = 5000
        private static let slice = 128
        private let realm: RealmShard
        private let log: LogKey
        private let message: ChatMessage
        private(set) var handed = 0

        init(_ harness: CommandHarness, channel: String) {
            self.realm = harness.shards[0].realm
            self.log = LogKey(harness.tenant.id, .channel, channel)
            self.message = ChatMessage(
                verb: .privmsg,
                sender: SessionID(rawValue: 1),
                origin: 0,
                account: nil,
                isBot: false,
                minimum: [],
                clientTags: "",
                capacity: 470
            ) { writer in
                writer.message(
                    source: "far!away@elsewhere",
                    command: "PRIVMSG",
                    parameters: [channel, String(repeating: "x", count: 420)],
                    forcesTrailing: true
                )
            }
        }

        /// Hands them over as the store's client does.
        func repair() {
            guard self.handed < Self.count else { return }
            self.realm.repairing(self.log) {
                for _ in 0..<min(Self.slice, Self.count - self.handed) {
                    self.handed += 1
                    let position = Position(epoch: 9, sequence: UInt64(self.handed))
                    let producer = ProducerID(rawValue: 1 << 20)
                    let entry = Entry(position: position, time: 1, producer: producer, payload: self.message.entry)
                    self.realm.received(entry, of: self.log)
                }
                self.repair()
            }
        }
    }

    @Test func `a member that reads gets all that was missed, however slowly it reads`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.join("Ann")
        _ = await harness.send(ann, "JOIN #a")
        let missed = Missed(harness, channel: "#a")
        ann.stopReading()
        missed.repair()
        await harness.settle()
        #expect(missed.handed < Missed.count)
        var lines = 0
        for _ in 0..<Missed.count where lines < Missed.count && !ann.isClosed {
            ann.readAgain()
            ann.stopReading()
            lines += ann.take().count
            await harness.settle()
        }
        #expect(!ann.isClosed)
        #expect(lines == Missed.count)
    }

    @Test func `a member that does not read holds up the others for no more than a second at a time`() async throws {
        let harness = try CommandHarness()
        let (ann, eve) = (await harness.join("Ann"), await harness.join("Eve"))
        _ = await harness.send(ann, "JOIN #a")
        _ = await harness.send(eve, "JOIN #a")
        _ = ann.take()
        let missed = Missed(harness, channel: "#a")
        eve.stopReading()
        missed.repair()
        await harness.settle()
        var lines = ann.take().count
        #expect(lines < Missed.count)
        var seconds = 0
        while lines < Missed.count, seconds < 60 {
            await harness.advance(by: 1)
            let more = ann.take().count
            #expect(more > 0)
            lines += more
            seconds += 1
        }
        // Eve's send queue is full after some of it; from then on there is nobody to wait for.
        #expect(seconds < 20)
        await harness.advance(by: 10)
        #expect(eve.isClosed && !ann.isClosed)
        // And that Eve is gone.
        #expect(lines == Missed.count + 1)
    }

    @Test func `other channels go on meanwhile`() async throws {
        let harness = try CommandHarness()
        let (ann, eve) = (await harness.join("Ann"), await harness.join("Eve"))
        _ = await harness.send(ann, "JOIN #a", "JOIN #b")
        _ = await harness.send(eve, "JOIN #b")
        let missed = Missed(harness, channel: "#a")
        ann.stopReading()
        missed.repair()
        await harness.settle()
        #expect(missed.handed < Missed.count)
        _ = await harness.send(eve, "PRIVMSG #b :still here")
        ann.readAgain()
        #expect(ann.take().contains { $0.hasSuffix("PRIVMSG #b :still here") })
    }
}
