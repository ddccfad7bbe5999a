// docs/operations/moderation.md has the table of roles as the program has it.

import Chat
import Foundation
import Realm
import Testing

@Suite struct RolePageTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/operations/moderation.md").standardized

    /// What each right is for, and by what it is used.
    private static let texts: [(right: Rights, text: String)] = [
        (.seeHidden, "sees secret channels, hidden members, who is invisible (`LIST`, `NAMES`, `WHO`, `STATS o`)"),
        (
            .quarantine,
            "keeps people apart (`QUARANTINE`), mutes accounts and nicknames (`MUTE`), and can be talked to by them"
        ),
        (.enterAnyChannel, "comes into any channel (`JOIN`)"),
        (.runAnyChannel, "does in any channel what its owners may (`MODE`, `SAMODE`, `KICK`, `TOPIC`, ChanServ)"),
        (.endSessions, "ends sessions (`KILL`, `CLIENTS LOGOUT`)"),
        (.banFromNetwork, "bans from the network (`UBAN`), closes it (`RAID`), mutes masks (`MUTE`)"),
        (
            .seeAddresses,
            "sees addresses and certificates (`WHOIS`, `WHOWAS`, `USERIP`, `CLIENTS LIST`), bans addresses in channels"
        ),
        (.announce, "speaks to operators and user mode `w` (`WALLOPS`)"),
        (.describeOthers, "sets what others say of themselves by keys (`METADATA`)"),
        (.reviewMessages, "looks at checks of messages and what they hold (`CHECKS`, `HELD`), is told of what they do"),
        (.moveOthers, "moves others (`SAJOIN`, `SAPART`, `SANICK`)"), (.readAudit, "reads the audit log (`AUDIT`)"),
        (.handleReports, "hears of reports and looks into them (`REPORTS`)"),
        (.assignHosts, "decides which hosts accounts are shown under (HostServ)"),
        (.addressEverybody, "speaks to everybody (`GLOBAL`)"), (.relay, "relays into any channel (`RELAYMSG`)"),
        (.reload, "has tenants and certificates read again (`REHASH`)"),
    ]

    @Test func `each right has its line`() {
        #expect(Self.texts.reduce(into: Rights()) { $0.formUnion($1.right) } == .all)
        #expect(
            Self.texts.allSatisfy { $0.right.rawValue.nonzeroBitCount == 1 }
                && Set(Self.texts.map(\.text)).count == Self.texts.count
        )
    }

    @Test func `the page says what the roles give`() throws {
        let roles = Role.allCases.filter { !$0.rights.isEmpty }
        var rows = [
            "| right | " + roles.map { "`\($0.rawValue)`" }.joined(separator: " | ") + " |",
            "| --- |" + String(repeating: " --- |", count: roles.count),
        ]
        rows += Self.texts.map { right, text in
            "| \(text) | " + roles.map { $0.rights.contains(right) ? "yes" : "" }.joined(separator: " | ") + " |"
        }
        let known = try String(contentsOf: Self.page, encoding: .utf8)
        var text = known
        let begin = try #require(text.range(of: "<!-- made: roles -->\n"), "no mark")
        let end = try #require(text[begin.upperBound...].range(of: "<!-- end -->"), "no end")
        text.replaceSubrange(begin.upperBound..<end.lowerBound, with: rows.joined(separator: "\n") + "\n")
        if ProcessInfo.processInfo.environment["ROOST_RECORD"] == "1" {
            try text.write(to: Self.page, atomically: true, encoding: .utf8)
        }
        #expect(text == known, "ROOST_RECORD=1 swift test --filter RolePageTests writes it")
    }
}
