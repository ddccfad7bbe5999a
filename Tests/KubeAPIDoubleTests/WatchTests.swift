// Lists and watches: what is there, what happens, and when a client has to begin again.

import Foundation
import KubeAPIDouble
import Testing

@Suite struct WatchTests {
    @Test func `a watch goes on from a list`() async throws {
        try await withServer { server async throws in
            try await server.create("a")
            let list = try await server.client.send(.GET, server.widgets())
            let query = "?watch=1&resourceVersion=\(list.revision)"
            try await server.client.watch(server.widgets(query)) { events async throws in
                #expect(events.code == 200)
                try await server.create("b")
                #expect(try await events.nextWord() == "ADDED b")
                try await server.client.send(.PATCH, server.widgets("/a"), ["spec": ["size": "L"]], .merge)
                let changed = try await events.next()
                #expect(changed?["type"] == "MODIFIED")
                #expect(changed?[at: "object.spec.size"] == "L")
                #expect(changed?[at: "object.kind"] == "Widget")
                let gone = try await server.client.send(.DELETE, server.widgets("/b"))
                #expect(gone.code == 200)
                let deleted = try await events.next()
                #expect(deleted?["type"] == "DELETED")
                let before = Int(changed?[at: "object.metadata.resourceVersion"]?.string ?? "") ?? 0
                let after = Int(deleted?[at: "object.metadata.resourceVersion"]?.string ?? "") ?? 0
                #expect(after > before)
            }
        }
    }

    @Test func `a watch from nowhere begins with what is there`() async throws {
        try await withServer { server async throws in
            try await server.create("a")
            try await server.create("b")
            try await server.client.watch(server.widgets("?watch=1")) { events async throws in
                var seen: Set<String?> = []
                seen.insert(try await events.nextWord())
                seen.insert(try await events.nextWord())
                #expect(seen == ["ADDED a", "ADDED b"])
            }
        }
    }

    @Test func `what comes to match is added, what no longer matches is deleted`() async throws {
        try await withServer { server async throws in
            let made = try await server.create("a", labels: ["x": "no"])
            let query = "?watch=1&resourceVersion=\(made.revision)&labelSelector=x%3Dyes"
            try await server.client.watch(server.widgets(query)) { events async throws in
                func label(_ value: DoubleJSON) async throws {
                    let patch: DoubleJSON = ["metadata": ["labels": ["x": value]]]
                    try await server.client.send(.PATCH, server.widgets("/a"), patch, .merge)
                }
                try await label("yes")
                #expect(try await events.nextWord() == "ADDED a")
                try await label("no")
                let gone = try await events.next()
                #expect(gone?["type"] == "DELETED")
                #expect(gone?[path: ["object", "metadata", "labels", "x"]] == "yes")
            }
        }
    }

    @Test func `a watch ends when its time is over, after a bookmark`() async throws {
        try await withServer { server async throws in
            let made = try await server.create("a")
            let query = "?watch=1&resourceVersion=\(made.revision)&timeoutSeconds=1&allowWatchBookmarks=true"
            try await server.client.watch(server.widgets(query)) { events async throws in
                while let event = try await events.next() {
                    #expect(event["type"] == "BOOKMARK")
                    #expect(event[at: "object.kind"] == "Widget")
                }
            }
        }
    }

    @Test func `initial events end with a marked bookmark`() async throws {
        try await withServer { server async throws in
            try await server.create("a")
            let query =
                "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true"
            try await server.client.watch(server.widgets(query)) { events async throws in
                #expect(try await events.nextWord() == "ADDED a")
                let mark = try await events.next()
                #expect(mark?["type"] == "BOOKMARK")
                let annotations = mark?[at: "object.metadata.annotations"]
                #expect(annotations?["k8s.io/initial-events-end"] == "true")
            }
        }
    }

    @Test func `a revision from before all history is too old`() async throws {
        try await withServer { server async throws in
            try await server.create("a")
            try await server.client.watch(server.widgets("?watch=1&resourceVersion=1")) { events async throws in
                let event = try await events.next()
                #expect(event?["type"] == "ERROR")
                #expect(event?[at: "object.code"] == 410)
                #expect(event?[at: "object.reason"] == "Expired")
                #expect(try await events.next() == nil)
            }
        }
    }

    @Test func `history that expires is too old`() async throws {
        try await withDouble { server async throws in
            let made = try await server.create("a")
            let page = try await server.client.send(.GET, server.widgets("?limit=1"))
            try await server.create("b")
            let first = try await server.client.send(.GET, server.widgets("?limit=1"))
            #expect(page.body[at: "metadata.continue"] == "")
            server.double?.expireHistory()
            let rest = try await server.client.send(
                .GET,
                server.widgets("?limit=1&continue=\(first.body[at: "metadata.continue"]?.string ?? "")")
            )
            #expect(rest.code == 410 && rest.reason == "Expired")
            let query = "?watch=1&resourceVersion=\(made.revision)"
            try await server.client.watch(server.widgets(query)) { events async throws in
                let event = try await events.next()
                #expect(event?[at: "object.code"] == 410)
            }
        }
    }

    @Test func `pages are of one moment`() async throws {
        try await withServer { server async throws in
            for name in ["a", "b", "c", "d"] { try await server.create(name) }
            let first = try await server.client.send(.GET, server.widgets("?limit=2"))
            #expect(first.body[at: "metadata.remainingItemCount"] == 2)
            try await server.client.send(.DELETE, server.widgets("/c"))
            try await server.create("e")
            let token = first.body[at: "metadata.continue"]?.string ?? ""
            let second = try await server.client.send(.GET, server.widgets("?limit=5&continue=\(token)"))
            #expect(second.body["items"]?.array?.map { $0[at: "metadata.name"] } == ["c", "d"])
            #expect(second.revision == first.revision)
            #expect(second.body[at: "metadata.continue"]?.string ?? "" == "")
        }
    }

    @Test(arguments: [
        ("app=x", ["a", "b"]), ("app==x,tier!=back", ["a"]), ("tier", ["a", "b"]), ("!tier", ["c"]),
        ("app in (x, y)", ["a", "b", "c"]), ("app notin (x)", ["c"]), ("tier notin (front)", ["b", "c"]),
        ("", ["a", "b", "c"]),
    ])
    func `labels select`(selector: String, names: [String]) async throws {
        try await withServer { server async throws in
            try await server.create("a", labels: ["app": "x", "tier": "front"])
            try await server.create("b", labels: ["app": "x", "tier": "back"])
            try await server.create("c", labels: ["app": "y"])
            let query = selector.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let list = try await server.client.send(.GET, server.widgets("?labelSelector=\(query)"))
            #expect(list.body["items"]?.array?.compactMap { $0[at: "metadata.name"]?.string } == names)
        }
    }

    @Test func `fields select`() async throws {
        try await withServer { server async throws in
            try await server.create("a")
            try await server.create("b")
            let list = try await server.client.send(.GET, server.widgets("?fieldSelector=metadata.name%3Db"))
            #expect(list.body["items"]?.array?.count == 1)
            let refused = try await server.client.send(.GET, server.widgets("?fieldSelector=spec.size%3DS"))
            #expect(refused.code == 400)
            #expect(refused.message == "field label not supported: spec.size")
        }
    }

    @Test func `a revision to come times out`() async throws {
        try await withServer { server async throws in
            let refused = try await server.client.send(.GET, server.widgets("?resourceVersion=99999999"))
            #expect(refused.code == 504)
            #expect(refused.body[at: "details.causes"]?[0]?["reason"] == "ResourceVersionTooLarge")
        }
    }
}
