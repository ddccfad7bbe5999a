// Yesterday's reader before tomorrow's entry.

import Chat
import NIOCore
import Testing

@Suite struct EntryFormTests {
    /// What a later version might write: its own form, or a kind of event that this one does not know.
    @Test(arguments: [EntryForm.Unknown.passOver, .loadAgain], [(2, 1), (1, 77), (127, 3)] as [(UInt8, UInt8)])
    func `an entry of a later version says what to do with it`(
        unknown: EntryForm.Unknown,
        later: (version: UInt8, tag: UInt8)
    ) {
        let entry = ByteBuffer(bytes: [EntryForm.byte(unknown, version: later.version), later.tag, 1, 2, 3])
        #expect(ChannelEvent(entry) == nil)
        #expect(UserEvent(entry) == nil)
        #expect(TenantEvent(entry) == nil)
        #expect(NickEvent(entry) == nil)
        #expect(ChatMessage(entry: entry) == nil)
        #expect(EntryForm.unknown(entry) == unknown)
    }

    @Test func `what changes the state of a channel is not passed over`() throws {
        let bob = try person("Bob")
        let events: [ChannelEvent] = [
            .joined(Member(session: bob.session, user: bob.user, modes: []), founding: nil),
            .parted(bob.session, by: bob.author, reason: nil), .modes([], by: bob.author),
            .changed(bob.session, .away(nil), by: bob.author, number: 1),
        ]
        for event in events { #expect(EntryForm.unknown(event.encoded) == .loadAgain) }
    }

    @Test func `an entry that says nothing is passed over`() { #expect(EntryForm.unknown(ByteBuffer()) == .passOver) }
}
