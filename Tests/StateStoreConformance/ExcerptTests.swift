import NIOCore
import StateStore
import Tenant
import TestSupport
import Testing

/// Reading some of many logs.
struct ExcerptTests {
    private static let topic = FieldName(modes, "topic")

    private func join(_ log: LogKey, _ names: some Sequence<Int>, _ topic: String? = nil) -> Transaction {
        let members = names.map { FieldChange.set(.member("\($0)"), Array("member \($0)".utf8)) }
        let set = topic.map { [FieldChange.set(Self.topic, Array($0.utf8))] } ?? []
        return Transaction(changes: [LogChange(log, fields: members + set)])
    }

    @Test(arguments: LiveDriver.all)
    func `an excerpt has the fields that were asked for, and the numbers of others`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let (large, small, none) = (world.channel("#large"), world.channel("#small"), world.channel("#none"))
            for start in stride(from: 0, to: 5000, by: 1000) {
                _ = try await shard.append(self.join(large, start..<start + 1000))
            }
            let last = try await shard.append(self.join(large, [], "tea")).stamps()[0].position
            _ = try await shard.append(self.join(small, [7, 8]))
            let leave = LogChange(small, fields: [.remove(.member("8"))])
            _ = try await shard.append(Transaction(changes: [leave]))
            let request = Excerpt.Request(fields: [Self.topic, .member("7")], counts: [members, Section("x")])
            let found = try await shard.excerpts(of: [large, none, small], request)
            #expect(found.map(\.log) == [large, none, small])
            #expect(found.map(\.exists) == [true, false, true])
            #expect(found[0].position == last)
            #expect(found[0].fields == [Self.topic: Array("tea".utf8), .member("7"): Array("member 7".utf8)])
            #expect(found[0].counts == [members: 5000, Section("x"): 0])
            #expect(found[1].fields.isEmpty && found[1].counts.isEmpty)
            #expect(found[2].fields == [.member("7"): Array("member 7".utf8)])
            #expect(found[2].counts == [members: 1, Section("x"): 0])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `excerpts of more logs than one answer has come in the order of the keys`(driver: LiveDriver) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let logs = (0..<250).map { world.channel("#\($0)") }
            _ = try await shard.append(together: logs.map { self.join($0, [1], $0.name) })
            let found = try await shard.excerpts(of: logs, Excerpt.Request(fields: [Self.topic]))
            #expect(found.map(\.log) == logs)
            #expect(found.map { $0.fields[Self.topic] } == logs.map { Array($0.name.utf8) })
            #expect(try await shard.excerpts(of: [], Excerpt.Request(fields: [])) == [])
        }
    }

    @Test(arguments: LiveDriver.all)
    func `pages are small, and have every log that is there throughout while others come and go`(
        driver: LiveDriver
    ) async throws {
        try await driver.run { world in
            let shard = try await world.shard()
            let lasting = (0..<1000).map { world.channel("#lasting-\($0)") }
            for log in lasting {
                try await shard.on { client in client.append(self.join(log, [1, 2], log.name)) { _ in } }
            }
            try await shard.say("x", in: LogKey(try #require(TenantID("other")), .channel, "#elsewhere"))
            var found: [LogKey: Excerpt] = [:]
            var (cursor, pages, passing) = (String?.none, 0, [LogKey]())
            repeat {
                let request = Excerpt.Request(fields: [Self.topic], counts: [members])
                let page = try await shard.page(world.tenant, .channel, after: cursor, limit: 50, request)
                #expect(page.excerpts.count < 300)
                for excerpt in page.excerpts { found[excerpt.log] = excerpt }
                cursor = page.next
                pages += 1
                // Many more come, and go again.
                let new = (0..<200).map { world.channel("#\(pages)-\($0)") }
                _ = try await shard.append(together: new.map { self.join($0, [1]) })
                if pages % 2 == 0 {
                    let old = passing
                    _ = try await shard.append(
                        together: old.map { Transaction(changes: [LogChange($0, lifetime: .drop)]) }
                    )
                    passing = []
                }
                passing += new
            } while cursor != nil
            #expect(pages > 5)
            #expect(found.keys.allSatisfy { $0.tenant == world.tenant })
            for log in lasting {
                #expect(found[log]?.fields == [Self.topic: Array(log.name.utf8)])
                #expect(found[log]?.counts == [members: 2])
            }
        }
    }
}
