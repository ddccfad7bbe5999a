// What a test can break: answers, connections, watches.

import KubeAPIDouble
import Testing

@Suite struct FaultTests {
    @Test(arguments: [
        KubeStatus.conflict, .expired, .tooManyRequests(retryAfter: 7), .internalError, .serviceUnavailable,
    ])
    func `the next requests are refused, and then no more`(status: KubeStatus) async throws {
        try await withDouble { server async throws in
            server.double?.fail(KubeAPIMatch(verb: "get", resource: "widgets", name: "a"), with: status, times: 2)
            try await server.create("a")
            for _ in 0..<2 {
                let refused = try await server.client.send(.GET, server.widgets("/a"))
                #expect(refused.code == status.code)
                #expect(refused.reason == status.reason)
                #expect(refused.retryAfter == status.retryAfter)
            }
            #expect(try await server.client.send(.GET, server.widgets("/a")).code == 200)
        }
    }

    @Test func `a fault lasts until it is disarmed`() async throws {
        try await withDouble { server async throws in
            let fault = server.double?.fail(KubeAPIMatch(resource: "widgets"), with: .serviceUnavailable, times: nil)
            #expect(try await server.create("a").code == 503)
            #expect(try await server.create("a").code == 503)
            if let fault { server.double?.disarm(fault) }
            #expect(try await server.create("a").code == 201)
        }
    }

    @Test func `an answer can get lost after the deed`() async throws {
        try await withDouble { server async throws in
            server.double?.failAfterwards(KubeAPIMatch(verb: "create"), with: .internalError)
            #expect(try await server.create("a").code == 500)
            #expect(try await server.client.send(.GET, server.widgets("/a")).code == 200)
            server.double?.disconnect(KubeAPIMatch(verb: "get"))
            await #expect(throws: (any Error).self) { try await server.client.send(.GET, server.widgets("/a")) }
        }
    }

    @Test func `a held request waits for the test`() async throws {
        try await withDouble { server async throws in
            let double = try #require(server.double)
            let gate = double.hold(KubeAPIMatch(verb: "create"))
            async let made = server.create("a")
            await gate.arrival()
            #expect(double.object("widgets.double.test", namespace: "test", name: "a") == nil)
            gate.open()
            #expect(try await made.code == 201)
        }
    }

    @Test func `a delayed request is carried out`() async throws {
        try await withDouble { server async throws in
            server.double?.delay(KubeAPIMatch(verb: "create"), by: .milliseconds(5))
            #expect(try await server.create("a").code == 201)
        }
    }

    @Test func `watches can be cut, ended, and told that history is gone`() async throws {
        try await withDouble { server async throws in
            let double = try #require(server.double)
            try await server.client.watch(server.widgets("?watch=1")) { events async throws in
                double.cutWatches(abruptly: false)
                let end = try await events.next()
                #expect(end == nil)
            }
            await #expect(throws: (any Error).self) {
                try await server.client.watch(server.widgets("?watch=1")) { events async throws in
                    double.cutWatches()
                    _ = try await events.next()
                }
            }
            try await server.client.watch(server.widgets("?watch=1")) { events async throws in
                double.expireHistory(closingWatches: true)
                let event = try await events.next()
                #expect(event?[at: "object.reason"] == "Expired")
            }
            #expect(double.openWatches() == 0)
        }
    }

    @Test func `connections are refused and accepted again`() async throws {
        try await withDouble { server async throws in
            try await server.create("a")
            await server.double?.refuseConnections()
            await #expect(throws: (any Error).self) { try await server.client.send(.GET, server.widgets("/a")) }
            try await server.double?.acceptConnections()
            #expect(try await server.client.send(.GET, server.widgets("/a")).code == 200)
        }
    }

    @Test func `who bears no token stays outside`() async throws {
        try await withDouble(token: "secret") { server async throws in
            #expect(try await server.create("a").code == 201)
            let stranger = TestClient(baseURL: server.double?.baseURL ?? "", token: "other")
            let refused = try await stranger.send(.GET, server.widgets("/a"))
            #expect(refused.code == 401 && refused.reason == "Unauthorized")
        }
    }

    @Test func `what was called is known, and can be forbidden`() async throws {
        try await withDouble { server async throws in
            let double = try #require(server.double)
            try await server.create("a")
            _ = try await server.apply("a", by: "one", ["size": "S"])
            try await server.client.send(.GET, server.widgets("/a/scale"))
            try await server.client.send(.GET, server.path("v1", "pods"))
            #expect(
                double.calledRules == [
                    "create double.test/widgets", "patch double.test/widgets", "get double.test/widgets/scale",
                    "list pods",
                ]
            )
            #expect(double.count(verb: "patch", resource: "widgets") == 1)
            #expect(double.calls[1].contentType == "application/apply-patch+yaml")
            double.authorize { $0.verb == "get" }
            #expect(try await server.client.send(.GET, server.widgets("/a")).code == 200)
            let refused = try await server.client.send(.DELETE, server.widgets("/a"))
            #expect(refused.code == 403 && refused.reason == "Forbidden")
        }
    }

    @Test func `another manager can write behind the API's back`() async throws {
        try await withDouble { server async throws in
            let double = try #require(server.double)
            try await server.client.watch(server.widgets("?watch=1")) { events async throws in
                var object = widget("a")
                object[at: "metadata.namespace"] = "test"
                try double.put(object, manager: "other")
                try double.patch("widgets.double.test", namespace: "test", name: "a", ["spec": ["size": "L"]])
                object["status"] = ["phase": "P"]
                try double.putStatus(object)
                let words = [try await events.nextWord(), try await events.nextWord(), try await events.nextWord()]
                #expect(words == ["ADDED a", "MODIFIED a", "MODIFIED a"])
            }
            let stored = double.objects("widgets.double.test")
            #expect(stored.count == 1)
            #expect(stored[0][at: "status.phase"] == "P")
            #expect(stored[0][at: "spec.size"] == "L")
        }
    }
}
