import StateStore
import Tenant
import Testing

/// Search, over every driver.
@Suite(.serialized) struct HistorySearchTests {
    private static let said: [(String, String, String)] = [
        ("#tea", "ann", "The kettle is on"), ("#tea", "Bob", "which KETTLE? the big one"), ("#tea", "ann", "big"),
        ("#milk", "ann", "no kettle here"), ("@aann abob", "ann", "Grüße vom Kettle"),
        ("#tea", "bo", "a.b@c 100% it's"),
        ("#tea", "ann", "semi;colon OR \"quoted\" NOT *star*"),
    ]

    private typealias Question = (set: @Sendable (inout HistorySearch) -> Void, numbers: [UInt64])

    private static let questions: [Question] = [
        ({ $0.text = "kettle" }, [1, 2]), ({ $0.text = "Kettle BIG" }, [2]), ({ $0.text = "big kettle" }, [2]),
        ({ $0.text = "kettles" }, []), ({ $0.text = "kett" }, []), ({ $0.text = "100" }, [6]),
        ({ $0.text = "OR" }, [7]), ({ $0.text = "star" }, [7]), ({ $0.text = "\"quoted\"" }, [7]),
        ({ $0.text = "colon*" }, [7]), ({ $0.text = "***" }, []), ({ $0.text = "' OR 1=1" }, []),
        ({ $0.sender = "ANN" }, [1, 3, 7]), ({ $0.sender = "bo" }, [6]), ({ $0.sender = "b%" }, []),
        (
            {
                $0.sender = "bob"; $0.text = "kettle"
            }, [2]
        ), ({ $0.before = 3 }, [1, 2]), ({ $0.after = 3 }, [6, 7]),
        (
            {
                $0.after = 1; $0.before = 7; $0.sender = "ann"
            }, [3]
        ), ({ $0.limit = 2 }, [6, 7]),
        (
            {
                $0.conversations = []; $0.text = "kettle"
            }, []
        ),
        (
            {
                $0.conversations = ["#tea", "#milk", "@aann abob"]; $0.text = "kettle"
            }, [1, 2, 4, 5]
        ),
        (
            {
                $0.conversations = ["#tea", "#milk", "@aann abob"]; $0.text = "kettle"; $0.limit = 2
            }, [4, 5]
        ),
        (
            {
                $0.conversations = ["@aann abob"]; $0.text = "grüße"
            }, [5]
        ),
    ]

    @Test(arguments: Driver.allCases)
    func `what is found has all the words, and is where one may look`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            for tenant in try [TenantID.acme, .globex] {
                let records = Self.said.enumerated().map { index, said in
                    HistoryRecord.said(UInt64(index + 1), in: said.0, of: tenant, by: said.1, text: said.2)
                }
                _ = try await store.history.store(records)
                _ = try await store.history.store([
                    .said(20, in: "#tea", of: tenant, .topic, text: "kettle big")
                ])
            }
            // Of more conversations than are looked up by themselves.
            let many = (0..<60).map { "#other\($0)" } + ["#tea", "#milk"]
            for (text, expected) in [("kettle", [1, 2, 4]), ("", [1, 2, 3, 4, 6, 7])] as [(String, [UInt64])] {
                var search = HistorySearch(in: many)
                search.text = text
                let found = try await store.history.search(search, of: .acme)
                #expect(found.map(\.id.position.sequence) == expected)
            }
            for (index, question) in Self.questions.enumerated() {
                var search = HistorySearch(in: ["#tea"])
                question.set(&search)
                let found = try await store.history.search(search, of: .acme)
                #expect(found.map(\.id.position.sequence) == question.numbers, "\(index): \(search)")
                #expect(found.allSatisfy { search.conversations.contains($0.conversation) })
            }
        }
    }

    @Test(arguments: Driver.allCases)
    func `what was forgotten is not found`(_ driver: Driver) async throws {
        try await driver.withStore { store in
            _ = try await store.history.store((1...10).map { .said($0, in: "#tea", of: try .acme, text: "kettle") })
            _ = try await store.history.delete(before: 6, of: .acme)
            var search = HistorySearch(in: ["#tea"])
            search.text = "kettle"
            #expect(try await store.history.search(search, of: .acme).map(\.id.position.sequence) == Array(6...10))
        }
    }
}
