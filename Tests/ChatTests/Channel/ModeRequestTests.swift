// MODE taken apart, and put together again.

import Chat
import IRC
import Testing

/// Requests in short: `+o alice`, `-l`.
private func short(_ request: ModeRequest) -> String {
    (request.isAdding ? "+" : "-") + String(request.letter) + (request.parameter.map { " " + $0 } ?? "")
}

@Suite struct ModeRequestTests {
    @Test(
        arguments: [
            ([], []),
            (["+"], []),
            (["nt"], ["+n", "+t"]),
            (["+n-t+i"], ["+n", "-t", "+i"]),
            (["+-+-n"], ["-n"]),
            (["++n"], ["+n"]),
            // Type A takes a parameter if there is one, and asks without.
            (["+b", "a!*@*"], ["+b a!*@*"]),
            (["-b", "a!*@*"], ["-b a!*@*"]),
            (["b"], ["+b"]),
            (["beI"], ["+b", "+e", "+I"]),
            // Type B takes one both ways.
            (["+k", "sesame"], ["+k sesame"]),
            (["-k", "sesame"], ["-k sesame"]),
            (["-k"], ["-k"]),
            // Type C takes one only when it is set.
            (["+l", "5"], ["+l 5"]),
            (["-l+b", "a!*@*"], ["-l", "+b a!*@*"]),
            // Type D takes none.
            (["+n", "surplus"], ["+n"]),
            // Ranks take one both ways.
            (["+qo-v", "alice", "bob", "carol"], ["+q alice", "+o bob", "-v carol"]),
            // Parameters go to the letters in order; those that come too short have none.
            (["+ovl", "alice", "bob"], ["+o alice", "+v bob", "+l"]),
            (["+ntbk-l+v", "a!*@*", "key", "bob"], ["+n", "+t", "+b a!*@*", "+k key", "-l", "+v bob"]),
            // Unknown letters take none.
            (["+zo", "alice"], ["+z", "+o alice"]),
            (["+é"], ["+é"]),
        ] as [([String], [String])]
    )
    func `letters take their parameters by type`(parameters: [String], expected: [String]) {
        #expect(ModeRequest.parse(parameters).map(short) == expected)
    }

    private static let alice = SessionID(rawValue: 1)
    private static let mask = ListEntry(mask: "a!*@*", setter: "x", time: 0)

    @Test(
        arguments: [
            ([], [""]),
            ([.flag(.noExternal, on: true)], ["+n"]),
            ([.flag(.noExternal, on: true), .flag(.secret, on: true)], ["+ns"]),
            ([.flag(.noExternal, on: true), .flag(.secret, on: false)], ["+n-s"]),
            (
                [
                    .rank(.host, alice, nick: "Alice", on: true), .rank(.voice, alice, nick: "Bob", on: true),
                    .flag(.topicByHosts, on: false),
                ], ["+ov-t", "Alice", "Bob"]
            ),
            ([.rank(.owner, alice, nick: "Alice", on: false)], ["-q", "Alice"]),
            ([.key("sesame"), .limit(5)], ["+kl", "sesame", "5"]),
            ([.key(nil), .limit(nil)], ["-kl", "*"]),
            (
                [
                    .list(.ban, mask, on: true), .list(.exception, mask, on: true),
                    .list(.inviteException, mask, on: false),
                ],
                ["+be-I", "a!*@*", "a!*@*", "a!*@*"]
            ),
            (
                [.flag(.private, on: false), .flag(.secret, on: true), .flag(.moderated, on: false), .limit(3)],
                ["-p+s-m+l", "3"]
            ),
        ] as [([ModeChange], [String])]
    )
    func `changes become the parameters of a MODE line`(changes: [ModeChange], expected: [String]) {
        #expect(changes.parameters == expected)
    }

    @Test(
        arguments: [
            ("", nil, nil, false, ["+"]),
            ("nt", nil, nil, false, ["+nt"]),
            ("tsnmpi", nil, nil, false, ["+imnpst"]),
            ("nt", "sesame", nil, true, ["+ntk", "sesame"]),
            ("nt", "sesame", nil, false, ["+ntk", "*"]),
            ("n", nil, 5, false, ["+nl", "5"]),
            ("n", "sesame", 5, true, ["+nlk", "5", "sesame"]),
            ("n", "sesame", 5, false, ["+nlk", "5", "*"]),
            ("nr", nil, nil, false, ["+nr"]),
        ] as [(String, String?, Int?, Bool, [String])]
    )
    func `modes are shown, the key only to those who may know it`(
        modes: String,
        key: String?,
        limit: Int?,
        showingKey: Bool,
        expected: [String]
    ) throws {
        var state = try channel("#Room", modes: ChannelModes(text: modes))
        state.key = key
        state.limit = limit
        #expect(state.modeParameters(showingKey: showingKey) == expected)
    }

    @Test func `letters of modes and modes of letters agree`() {
        for (letter, mode) in ChannelModes.letters {
            #expect(mode.text == String(letter))
            #expect(ChannelModes(text: String(letter)) == mode)
        }
        #expect(ChannelModes(text: "xyw?").isEmpty)
        #expect(ChannelModes.initial.text == "nt")
    }
}
