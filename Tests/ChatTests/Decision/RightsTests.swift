import Chat
import Testing

@Suite struct RightsTests {
    private static let each: [Rights] = [
        .seeHidden, .enterAnyChannel, .runAnyChannel, .endSessions, .announce, .reload, .seeAddresses, .relay,
        .describeOthers, .banFromNetwork, .quarantine, .moveOthers, .addressEverybody, .readAudit,
        .handleReports, .assignHosts, .reviewMessages,
    ]

    @Test func `each right is one of its own, and all of them are all`() {
        for right in Self.each { #expect(right.rawValue.nonzeroBitCount == 1) }
        #expect(Set(Self.each).count == Self.each.count)
        #expect(Self.each.reduce(into: Rights()) { $0.formUnion($1) } == .all)
    }

    @Test func `who has one right has no other`() throws {
        for right in Self.each {
            var one = try person("Bob")
            one.rights = right
            for other in Self.each { #expect(one.may(other) == (other == right)) }
        }
    }
}
