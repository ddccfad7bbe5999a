// Two hundred tenants' worth of writes, seen by two watches, takes seconds.

import KubeAPIDouble
import Testing

@Suite struct SpeedTests {
    @Test(.timeLimit(.minutes(1)))
    func `two hundred objects are written four times and seen by two watches`() async throws {
        try await withDouble { server async throws in
            let double = try #require(server.double)
            let count = 200
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        try await server.client.watch("/apis/double.test/v1/widgets?watch=1") { events async throws in
                            var seen = 0
                            while seen < count * 4, try await events.next() != nil { seen += 1 }
                            return seen
                        }
                    }
                }
                while double.openWatches("widgets.double.test") < 2 { await Task.yield() }
                try await write(count, to: server)
                for try await seen in group { #expect(seen == count * 4) }
            }
        }
    }

    private func write(_ count: Int, to server: TestServer) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for lane in 0..<8 {
                group.addTask {
                    for index in stride(from: lane, to: count, by: 8) { try await write("w\(index)", to: server) }
                }
            }
            try await group.waitForAll()
        }
    }

    private func write(_ name: String, to server: TestServer) async throws {
        let finalizers: DoubleJSON = ["metadata": ["finalizers": ["t.test/f"]]]
        try await server.create(name, ["size": "S", "hosts": ["a", "b"], "parts": [["id": "x", "n": 1]]])
        try await server.client.send(.PATCH, server.widgets("/\(name)"), finalizers, .merge)
        var object = widget(name)
        object["status"] = ["phase": "P", "conditions": [["type": "Ready", "status": "True"]]]
        let path = server.widgets("/\(name)/status?fieldManager=one&force=true")
        try await server.client.send(.PATCH, path, object, .apply)
        let done = try await server.client.send(.PATCH, server.widgets("/\(name)"), ["spec": ["size": "L"]], .merge)
        #expect(done.code == 200)
    }
}
