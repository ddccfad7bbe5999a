// Sessions and nicknames as the store keeps them.

import Chat
import IRC
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
