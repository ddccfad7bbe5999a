// Sessions and nicknames as the store keeps them.

import Chat
import IRC
import NIOCore
import Testing

@Suite struct SessionRecordTests {
    private func record() throws -> SessionRecord {
        let alice = try person("Alice", account: "alice", modes: [.invisible, .registered])
        return SessionRecord(session: alice.session, user: alice.user, channels: ["#a", "#b"], changes: 7)
    }

    @Test func `a session's fields read back`() throws {
        let record = try self.record()
        let updates =
            [record.userUpdate] + record.channels.map { SessionRecord.channelUpdate($0, isMember: true) }
        let fields = updates.compactMap { update in update.value.map { (update.key, $0) } }
        #expect(SessionRecord(fields: fields) == record)
        #expect(SessionRecord(fields: fields.reversed()) == record)
    }

    @Test func `how a session is connected and whom it silences reads back, and damage does not end it`() throws {
        let record = try self.record()
        let user = (record.userUpdate.key, try #require(record.userUpdate.value))
        let facts = [
            UserFacts(address: "2001:db8::1", isSecure: true, fingerprint: "0f"),
            UserFacts(address: "", isSecure: false),
        ]
        for facts in facts {
            #expect(SessionRecord(fields: [user, (UserFacts.field, facts.bytes)])?.facts == facts)
            for end in facts.bytes.indices {
                #expect(SessionRecord(fields: [user, (UserFacts.field, Array(facts.bytes[..<end]))])?.facts == nil)
            }
        }
        for list in Samples.silences {
            #expect(SessionRecord(fields: [user, (SilenceList.field, list.bytes)])?.silence == list)
            for end in list.bytes.indices {
                let cut = SessionRecord(fields: [user, (SilenceList.field, Array(list.bytes[..<end]))])
                #expect(cut?.silence.isEmpty == true)
            }
        }
    }

    @Test func `who holds a session reads back, with each change under another number`() {
        for holds in Samples.holds() {
            var buffer = ByteBuffer(bytes: holds.bytes)
            #expect(SessionHolds(from: &buffer) == holds && buffer.readableBytes == 0)
            #expect(holds.next.revision == holds.revision &+ 1)
            #expect(holds.isAlwaysOn == (holds.awayAfter != nil))
            for end in holds.bytes.indices {
                var cut = ByteBuffer(bytes: holds.bytes[..<end])
                #expect(SessionHolds(from: &cut) == nil)
            }
        }
    }

    @Test(arguments: [(0, 0), (7, 1), (.max, .max)] as [(UInt64, UInt16)])
    func `a shard of a pod is written and read`(pod: UInt64, shard: UInt16) {
        let holder = SessionHolds.Holder(pod: pod, shard: shard)
        #expect(holder.text == "\(pod).\(shard)" && SessionHolds.Holder(text: holder.text) == holder)
    }

    @Test(arguments: ["", "1", "1.", ".1", "1.2.3", "1..2", "1.2.", "a.1", "1.a", "1.65536", "-1.1"])
    func `what is no shard of a pod is none`(text: String) { #expect(SessionHolds.Holder(text: text) == nil) }

    @Test func `a session that begins has changed nothing and is nowhere`() throws {
        let alice = try person("Alice")
        let record = SessionRecord(session: alice.session, user: alice.user)
        #expect(record.changes == 0)
        #expect(record.channels.isEmpty)
    }

    @Test func `leaving a channel removes its field`() {
        let update = SessionRecord.channelUpdate("#a", isMember: false)
        #expect(update == FieldUpdate(FieldKey(.channel, "#a"), nil))
    }

    @Test func `without the user's field there is no session`() {
        #expect(SessionRecord(fields: []) == nil)
        #expect(SessionRecord(fields: [(FieldKey(.channel, "#a"), [])]) == nil)
    }

    @Test func `a damaged record is none`() throws {
        let update = try self.record().userUpdate
        let bytes = try #require(update.value)
        for end in bytes.indices {
            #expect(SessionRecord(fields: [(update.key, Array(bytes[..<end]))]) == nil)
        }
    }

    @Test func `a claim on a nickname names the session`() throws {
        let session = try self.record().session
        #expect(NameClaim.session(NameClaim.bytes(session)) == session)
        #expect(NameClaim.session([0xFF]) == nil)
    }
}
