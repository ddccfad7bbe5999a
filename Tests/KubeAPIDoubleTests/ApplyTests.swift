// Server-side apply: who owns a field, who may change it, and when it goes.

import KubeAPIDouble
import Testing

@Suite struct ApplyTests {
    @Test func `an apply creates, and owns just what it says`() async throws {
        try await withServer { server async throws in
            let spec: DoubleJSON = [
                "size": "S", "parts": [["id": "a", "n": 1]], "hosts": ["x"], "atom": ["q"], "options": [:],
                "free": ["l": [1], "m": ["k": 1]],
            ]
            let made = try await server.apply("a", by: "one", spec)
            #expect(made.code == 201)
            let entry = made.body[path: ["metadata", "managedFields"]]?[0]
            #expect(entry?["manager"] == "one")
            #expect(entry?["operation"] == "Apply")
            #expect(
                entry?[path: ["fieldsV1", "f:spec"]] == [
                    "f:size": [:], "f:atom": [:], "f:hosts": ["v:\"x\"": [:]], "f:options": [:],
                    "f:parts": ["k:{\"id\":\"a\"}": [".": [:], "f:id": [:], "f:n": [:]]],
                    "f:free": ["f:l": [:], "f:m": [".": [:], "f:k": [:]]],
                ]
            )
        }
    }

    @Test func `a conflict names the fields and their managers`() async throws {
        try await withServer { server async throws in
            _ = try await server.apply("a", by: "one", ["size": "S", "parts": [["id": "a", "n": 1]]])
            let refused = try await server.apply("a", by: "two", ["size": "L", "parts": [["id": "a", "n": 2]]])
            #expect(refused.code == 409 && refused.reason == "Conflict")
            #expect(refused.causes == [".spec.size", ".spec.parts[id=\"a\"].n"])
            #expect(refused.body[at: "details.causes"]?[0]?["reason"] == "FieldManagerConflict")
            #expect(
                refused.message
                    == "Apply failed with 2 conflicts: conflicts with \"one\":\n- .spec.size\n- .spec.parts[id=\"a\"].n"
            )
        }
    }

    @Test func `who forces takes the field`() async throws {
        try await withServer { server async throws in
            _ = try await server.apply("a", by: "one", ["size": "S", "name": "abc"])
            let forced = try await server.apply("a", by: "two", ["size": "L"], force: true)
            #expect(forced.code == 200)
            #expect(forced.body[at: "spec.size"] == "L")
            let entries = forced.body[at: "metadata.managedFields"]?.array ?? []
            #expect(entries.map { $0["manager"] } == ["one", "two"])
            #expect(entries[0][path: ["fieldsV1", "f:spec"]] == ["f:name": [:]])
        }
    }

    @Test func `equal values are shared, and stay until the last lets go`() async throws {
        try await withServer { server async throws in
            _ = try await server.apply("a", by: "one", ["size": "S", "name": "abc", "hosts": ["x", "y"]])
            _ = try await server.apply("a", by: "two", ["size": "S", "name": "abc", "hosts": ["y"]])
            let less = try await server.apply("a", by: "one", ["size": "S"])
            #expect(less.body[at: "spec.name"] == "abc")
            #expect(less.body[at: "spec.hosts"] == ["y"])
            let none = try await server.apply("a", by: "two", ["size": "S"])
            #expect(none.body[at: "spec.name"] == nil)
            #expect(none.body[at: "spec.hosts"] == nil)
        }
    }

    @Test func `elements of a keyed list merge and keep their order`() async throws {
        try await withServer { server async throws in
            _ = try await server.apply("a", by: "one", ["size": "S", "parts": [["id": "b"], ["id": "a", "n": 1]]])
            let merged = try await server.apply("a", by: "two", ["parts": [["id": "c"], ["id": "a"]]])
            let ids = merged.body[at: "spec.parts"]?.array?.compactMap { $0["id"]?.string }
            #expect(ids == ["b", "c", "a"])
            let less = try await server.apply("a", by: "one", ["size": "S", "parts": [["id": "b"]]])
            #expect(less.body[at: "spec.parts"]?.array?.map { $0["id"] } == ["b", "c", "a"])
            #expect(less.body[at: "spec.parts"]?[2]?["n"] == nil)
        }
    }

    @Test func `the same apply again makes no revision`() async throws {
        try await withServer { server async throws in
            let first = try await server.apply("a", by: "one", ["size": "S", "hosts": ["x"]])
            let second = try await server.apply("a", by: "one", ["size": "S", "hosts": ["x"]])
            #expect(second.code == 200)
            #expect(second.revision == first.revision)
        }
    }

    @Test func `the status has owners of its own`() async throws {
        try await withServer { server async throws in
            _ = try await server.apply("a", by: "one", ["size": "S"])
            func status(_ manager: String, _ status: DoubleJSON) async throws -> TestResponse {
                var object = widget("a")
                object["status"] = status
                let path = server.widgets("/a/status?fieldManager=\(manager)")
                return try await server.client.send(.PATCH, path, object, .apply)
            }
            let conditions: DoubleJSON = [["type": "Ready", "status": "True"]]
            let written = try await status("one", ["phase": "P", "conditions": conditions])
            #expect(written.body[at: "metadata.generation"] == 1)
            #expect(written.body[at: "status.phase"] == "P")
            #expect(written.body[at: "metadata.managedFields"]?[1]?["subresource"] == "status")
            let refused = try await status("two", ["phase": "Q"])
            #expect(refused.code == 409)
            #expect(refused.message.contains("conflict with \"one\" with subresource \"status\": .status.phase"))
            let main = try await server.apply("a", by: "one", ["size": "L"])
            #expect(main.body[at: "status.conditions"] == conditions)
        }
    }

    @Test func `an update takes fields from appliers`() async throws {
        try await withServer { server async throws in
            _ = try await server.apply("a", by: "one", ["size": "S", "name": "abc"])
            try await server.client.send(.PATCH, server.widgets("/a"), ["spec": ["name": "xyz"]], .merge)
            let refused = try await server.apply("a", by: "one", ["size": "S", "name": "abc"])
            #expect(refused.code == 409)
            #expect(
                refused.message
                    == "Apply failed with 1 conflict: conflict with \"tester\" using double.test/v1: .spec.name"
            )
        }
    }

    @Test(
        arguments: [
            (["size": "S", "odd": 1], ".spec.odd: field not declared in schema"),
            (["size": "S", "parts": [["id": "z"], ["id": "z"]]], ".spec.parts: duplicate entries for key [id=\"z\"]"),
            (["size": "S", "hosts": ["d", "d"]], ".spec.hosts: duplicate entries for key [=\"d\"]"),
            (["size": "S", "replicas": "x"], ".spec.replicas: expected numeric (int or float), got string"),
        ] as [(DoubleJSON, String)]
    )
    func `what is not of the type cannot be applied`(spec: DoubleJSON, message: String) async throws {
        try await withServer { server async throws in
            let refused = try await server.apply("a", by: "one", spec)
            #expect(refused.code == 500)
            #expect(
                refused.message
                    == "failed to create typed patch object (/a; double.test/v1, Kind=Widget): \(message)"
            )
        }
    }

    @Test func `an apply needs a manager`() async throws {
        try await withServer { server async throws in
            let refused = try await server.client.send(.PATCH, server.widgets("/a"), widget("a"), .apply)
            #expect(refused.code == 422 && refused.causes == ["fieldManager"])
        }
    }

    @Test func `an apply may be YAML`() async throws {
        try await withServer { server async throws in
            let yaml = """
                apiVersion: double.test/v1
                kind: Widget
                metadata: {name: a}
                spec: {size: S, tags: {on: "2024-01-01", day: "1"}}
                """
            let path = server.widgets("/a?fieldManager=one")
            let made = try await server.client.send(.PATCH, path, text: yaml, .apply)
            #expect(made.code == 201)
            #expect(made.body[at: "spec.tags"] == ["true": "2024-01-01", "day": "1"])
        }
    }

    @Test func `a Deployment's lists are known by their keys`() async throws {
        try await withServer { server async throws in
            func deployment(_ container: DoubleJSON) -> DoubleJSON {
                [
                    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "d"],
                    "spec": [
                        "selector": ["matchLabels": ["a": "b"]],
                        "template": ["metadata": ["labels": ["a": "b"]], "spec": ["containers": [container]]],
                    ],
                ]
            }
            let path = server.path("apps/v1", "deployments/d?fieldManager=one")
            let first = try await server.client.send(
                .PATCH,
                path,
                deployment([
                    "name": "c", "image": "i:1", "ports": [["containerPort": 80]],
                    "env": [["name": "A", "value": "1"], ["name": "B", "value": "2"]],
                    "resources": ["requests": ["cpu": 1, "memory": "1024Mi"]],
                ]),
                .apply
            )
            #expect(first.code == 201)
            let template = first.body[at: "spec.template.spec"]
            #expect(template?["containers"]?[0]?["ports"] == [["containerPort": 80, "protocol": "TCP"]])
            #expect(template?["containers"]?[0]?["imagePullPolicy"] == "IfNotPresent")
            #expect(template?["containers"]?[0]?[at: "resources.requests"] == ["cpu": "1", "memory": "1Gi"])
            #expect(template?["restartPolicy"] == "Always")
            #expect(first.body[at: "spec.strategy.rollingUpdate.maxSurge"] == "25%")
            let second = try await server.client.send(
                .PATCH,
                path,
                deployment(["name": "c", "image": "i:2", "env": [["name": "B", "value": "2"]]]),
                .apply
            )
            let container = second.body[at: "spec.template.spec"]?["containers"]?[0]
            #expect(container?["env"] == [["name": "B", "value": "2"]])
            #expect(container?["ports"] == nil)
            #expect(second.body[at: "metadata.generation"] == 2)
            let odd = try await server.client.send(.PATCH, path, deployment(["name": "c", "imaeg": "i:2"]), .apply)
            #expect(odd.code == 500)
            #expect(odd.message.contains(".spec.template.spec.containers[name=\"c\"].imaeg: field not declared"))
        }
    }
}
