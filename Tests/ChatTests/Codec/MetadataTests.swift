// What users and channels say of themselves by keys, and its bounds.

import Chat
import NIOCore
import Testing

@Suite struct MetadataTests {
    @Test(arguments: [
        ("avatar", true), ("a-b_c.d/9", true), ("", false), ("Avatar", false), ("a b", false), ("ä", false),
        ("$url$", false), (String(repeating: "k", count: 32), true), (String(repeating: "k", count: 33), false),
    ])
    func `a key has few characters, and is short`(text: String, isKey: Bool) {
        #expect(Metadata.isKey(text) == isKey)
    }

    @Test func `there is room for so many keys, and for so many bytes`() throws {
        var metadata = Metadata()
        for number in 0..<Metadata.maximumKeys {
            metadata = try #require(metadata.applying(MetadataChange("k\(number)", "x")))
        }
        #expect(metadata.applying(MetadataChange("more", "")) == nil)
        #expect(
            metadata.applying(MetadataChange("k1", "y")) != nil && metadata.applying(MetadataChange("k1", nil)) != nil
        )
        var large = Metadata()
        let text = String(repeating: "x", count: Metadata.maximumValueBytes)
        for number in 0..<6 { large = try #require(large.applying(MetadataChange("k\(number)", text))) }
        #expect(large.applying(MetadataChange("k6", text)) == nil)
        // Six keys of 2 bytes with 300 each; the key counts as its value does.
        let key = String(repeating: "k", count: 32)
        let left = Metadata.maximumBytes - 6 * 302 - key.utf8.count
        #expect(large.applying(MetadataChange(key, String(repeating: "x", count: left))) != nil)
        #expect(large.applying(MetadataChange(key, String(repeating: "x", count: left + 1))) == nil)
        #expect(large.applying(MetadataChange("k", String(repeating: "x", count: left + 31))) != nil)
    }

    @Test(
        arguments: [
            // More changes than there may be; a key, a value that is too long; bytes that are no key; no such mark.
            [7, 33], [7, 1, 0, 33], [7, 1, 0, 1, 97, 1, 1, 45], [7, 1, 0, 1, 65, 0], [7, 1, 0, 1, 97, 2], [7, 1],
        ] as [[UInt8]]
    )
    func `what is longer than it may be is no change`(bytes: [UInt8]) {
        var buffer = ByteBuffer(bytes: bytes + Array(repeating: 97, count: 4000))
        #expect(UserChange(from: &buffer) == nil)
    }

    @Test func `as many keys may change at once as can be taken away and set`() throws {
        let changes = (0..<2 * Metadata.maximumKeys).map { MetadataChange("k\($0)", $0 % 2 == 0 ? nil : "x") }
        var buffer = ByteBuffer()
        UserChange.metadata(changes).encode(into: &buffer)
        #expect(UserChange(from: &buffer) == .metadata(changes))
    }

    @Test func `a user's keys are in its fields, and in those of its channels`() throws {
        var bob = try person("Bob").user
        bob.apply(.metadata([MetadataChange("avatar", "https://x"), MetadataChange("b", "")]))
        let id = try person("Bob").session
        let record = SessionRecord(session: id, user: bob)
        let update = record.userUpdate
        #expect(SessionRecord(fields: [(update.key, update.value ?? [])])?.user == bob)
        let field = ChannelState.memberUpdate(Member(session: id, user: bob, modes: .host))
        let state = ChannelState(name: try channelName("#a"), fields: [(field.key, field.value ?? [])])
        #expect(state.members[id]?.user.metadata["avatar"] == "https://x")
        #expect(state.members[id]?.user == bob)
    }

    @Test func `what follows from one state of a user to another has its keys`() throws {
        let before = try person("Bob").user
        var after = before
        after.apply(.metadata([MetadataChange("a", "1"), MetadataChange("b", "2")]))
        #expect(before.changes(to: after) == [.metadata([MetadataChange("a", "1"), MetadataChange("b", "2")])])
        #expect(after.changes(to: before) == [.metadata([MetadataChange("a", nil), MetadataChange("b", nil)])])
    }
}
