// Capabilities.

import IRC
import NIOCore
import Testing

@Suite struct CapabilitiesTests {
    @Test func `every capability has a name and is found by it`() throws {
        let names = Capabilities.all.sortedNames
        #expect(names == Capabilities.rows.map(\.name))
        #expect(Set(names).count == Capabilities.rows.count)
        for (place, row) in Capabilities.rows.enumerated() {
            #expect(row.capability.rawValue == 1 << UInt64(place), "\(row.name) is not where its bit is")
        }
        for (name, capability) in zip(names, Capabilities.all.elements) {
            #expect(Capabilities(named: name) == capability)
            #expect(capability.sortedNames == [name])
        }
        #expect(Capabilities.all == Capabilities.all.elements.reduce(into: []) { $0.formUnion($1) })
        // A newer pod's, of which this one knows no name.
        let unknown = Capabilities(rawValue: .max)
        #expect(unknown.sortedNames == names)
        #expect(unknown.elements == Capabilities.all.elements)
        #expect(Capabilities(named: "SASL") == nil)
        #expect(Capabilities(named: "") == nil)
    }

    @Test(arguments: [
        (Capabilities.capNotify, "cap-notify"), (.messageTags, "message-tags"), (.serverTime, "server-time"),
        (.accountTag, "account-tag"), (.accountNotify, "account-notify"), (.extendedJoin, "extended-join"),
        (.awayNotify, "away-notify"), (.multiPrefix, "multi-prefix"), (.userhostInNames, "userhost-in-names"),
        (.echoMessage, "echo-message"), (.batch, "batch"), (.labeledResponse, "labeled-response"),
        (.setname, "setname"),
        (.chghost, "chghost"), (.inviteNotify, "invite-notify"), (.standardReplies, "standard-replies"),
        (.sasl, "sasl"),
        (.extendedMonitor, "extended-monitor"), (.resume, "roost.chat/resume"), (.preAway, "draft/pre-away"),
        (.persistence, "draft/persistence"), (.playback, "znc.in/playback"),
    ])
    func `names are IRCv3's`(capability: Capabilities, name: String) {
        #expect(capability.sortedNames == [name])
    }

    @Test func `a listing has values for clients that know them`() {
        let offered: Capabilities = [.sasl, .serverTime]
        #expect(offered.words(values: ["sasl": "PLAIN,SCRAM-SHA-256"]) == ["server-time", "sasl=PLAIN,SCRAM-SHA-256"])
        #expect(offered.words(values: ["sasl": ""]) == ["server-time", "sasl"])
        #expect(offered.words(values: nil) == ["server-time", "sasl"])
    }

    @Test func `a short listing is one line`() {
        let lines = Capabilities.lines("LS", words: ["a", "b"], target: "*", source: "s", isContinued: true)
        #expect(lines.map { String(buffer: $0) } == [":s CAP * LS :a b\r\n"])
        let none = Capabilities.lines("LIST", words: [], target: "joe", source: "s", isContinued: true)
        #expect(none.map { String(buffer: $0) } == [":s CAP joe LIST :\r\n"])
    }

    @Test(arguments: [true, false])
    func `a long listing is several lines that say so`(isContinued: Bool) throws {
        for length in 5..<60 {
            let words = (100..<200).map { String(repeating: "c", count: length) + "\($0)" }
            let lines = Capabilities.lines(
                "LS",
                words: words,
                target: "joe",
                source: "irc.example",
                isContinued: isContinued
            )
            #expect(lines.count > 1)
            var read: [String] = []
            for (index, line) in lines.enumerated() {
                #expect(line.readableBytes <= 512)
                let parsed = try message(String(String(buffer: line).unicodeScalars.dropLast(2)))
                let isLast = index == lines.count - 1
                #expect(Array(parsed.parameters.dropLast()) == ["joe", "LS"] + (isContinued && !isLast ? ["*"] : []))
                #expect(isLast || line.readableBytes + words[0].utf8.count + 1 > (isContinued ? 512 : 510))
                read += (parsed.parameters.last ?? "").split(separator: " ").map(String.init)
            }
            #expect(read == words)
        }
    }

    @Test(arguments: [true, false])
    func `a line that is just full is not cut`(isContinued: Bool) throws {
        for length in 460...510 {
            let words = [String(repeating: "c", count: length), "dd", String(repeating: "e", count: 40)]
            let lines = Capabilities.lines("LS", words: words, target: "*", source: "s", isContinued: isContinued)
            let read = try lines.map { try message(String(String(buffer: $0).unicodeScalars.dropLast(2))) }
            let fits = read.flatMap { ($0.parameters.last ?? "").split(separator: " ").map(String.init) }
            // What no line holds is cut by itself and takes nothing with it.
            #expect(fits.count == 3 && words[0].hasPrefix(fits[0]) && fits.dropFirst() == words.dropFirst())
            #expect(fits[0] == words[0] || length > 512 - ":s CAP * LS * :\r\n".utf8.count)
        }
    }

    @Test func `a request is taken whole or not at all`() throws {
        let request = try #require(CapabilityRequest("batch  -sasl server-time -batch"))
        #expect(request.enabled == .serverTime)
        #expect(request.disabled == [.sasl, .batch])
        #expect(request.applied(to: [.sasl, .chghost]) == [.serverTime, .chghost])
        #expect(CapabilityRequest("batch nonsense") == nil)
        #expect(CapabilityRequest("batch -nonsense") == nil)
        #expect(CapabilityRequest("batch", offered: .sasl) == nil)
        #expect(CapabilityRequest("--batch") == nil)
        #expect(CapabilityRequest("")?.applied(to: .sasl) == .sasl)
    }
}
