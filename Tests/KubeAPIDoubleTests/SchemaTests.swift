// What a definition's schema lets in, adds, and drops.

import KubeAPIDouble
import Testing

@Suite struct SchemaTests {
    @Test(
        arguments: [
            (["replicas": 10, "size": "S"], "spec.replicas"),
            (["replicas": "x", "size": "S"], "spec.replicas"),
            (["size": "X"], "spec.size"),
            ([:], "spec.size"),
            (["size": "S", "name": "a"], "spec.name"),
            (["size": "S", "name": "abcdef"], "spec.name"),
            (["size": "S", "name": "A1"], "spec.name"),
            (["size": "S", "hosts": []], "spec.hosts"),
            (["size": "S", "hosts": ["a", "b", "c", "d"]], "spec.hosts"),
            (["size": "S", "hosts": ["a", "a"]], "spec.hosts[1]"),
            (["size": "S", "parts": [["n": 1]]], "spec.parts[0].id"),
            (["size": "S", "parts": [["id": "a"], ["id": "a"]]], "spec.parts[1]"),
            (["size": "S", "tags": ["a": 1]], "spec.tags.a"),
            (["size": "S", "port": 1.5], "spec.port"),
            (["size": "S", "when": "soon"], "spec.when"),
            (["size": "S", "flag": "yes"], "spec.flag"),
            (["size": "S", "ratio": "much"], "spec.ratio"),
            (["size": "S", "atom": "x"], "spec.atom"),
        ] as [(DoubleJSON, String)]
    )
    func `a value that the schema does not allow is refused by its field`(spec: DoubleJSON, field: String) async throws
    {
        try await withServer { server async throws in
            let refused = try await server.create("a", spec)
            #expect(refused.code == 422 && refused.reason == "Invalid")
            #expect(refused.causes.contains(field))
            #expect(refused.body[at: "details.kind"] == "Widget")
        }
    }

    @Test(
        arguments: [
            ["size": "S", "port": 80], ["size": "S", "port": "http"], ["size": "S", "note": .null],
            ["size": "S", "when": "2026-01-02T03:04:05Z"], ["size": "S", "ratio": 1],
            ["size": "S", "big": 2_147_483_647],
            ["size": "S", "name": "abc", "hosts": ["a", "b"]],
        ] as [DoubleJSON]
    )
    func `a value that the schema allows is taken`(spec: DoubleJSON) async throws {
        try await withServer { server async throws in
            let made = try await server.create("a", spec)
            #expect(made.code == 201)
            for (key, value) in spec.object ?? [:] { #expect(made.body[path: ["spec", key]] == value) }
        }
    }

    @Test func `the words are those of the real server`() async throws {
        try await withServer { server async throws in
            let refused = try await server.create("a", ["size": "X"])
            #expect(
                refused.message == #"""
                    Widget.double.test "a" is invalid: spec.size: Unsupported value: "X": supported values: "S", "L"
                    """#
            )
        }
    }

    @Test func `unknown fields go, except where they may stay`() async throws {
        try await withServer { server async throws in
            let made = try await server.create("a", ["size": "S", "odd": 1, "free": ["x": ["y": 1]]])
            #expect(made.body[at: "spec.odd"] == nil)
            #expect(made.body[at: "spec.free"] == ["x": ["y": 1]])
        }
    }

    @Test func `unknown fields are named where the writer wants to know`() async throws {
        try await withServer { server async throws in
            let refused = try await server.client.send(
                .POST,
                server.widgets("?fieldValidation=Strict"),
                widget("a", ["size": "S", "odd": 1, "options": ["zz": 1]])
            )
            #expect(refused.code == 400 && refused.reason == "BadRequest")
            #expect(
                refused.message.hasSuffix(
                    #"strict decoding error: unknown field "spec.odd", unknown field "spec.options.zz""#
                )
                    || refused.message.hasSuffix(
                        #"strict decoding error: unknown field "spec.options.zz", unknown field "spec.odd""#
                    )
            )
        }
    }

    @Test func `a null gives way to a default`() async throws {
        try await withServer { server async throws in
            let made = try await server.create("a", ["size": "S", "replicas": .null, "options": .null])
            #expect(made.code == 201)
            #expect(made.body[at: "spec.replicas"] == 1)
            #expect(made.body[at: "spec.options"] == ["a": "x"])
        }
    }

    @Test func `a changed definition is read through at once`() async throws {
        try await withDouble { server async throws in
            try await server.create("a")
            let definition = widgetDefinition.replacing("default: x}", with: "default: z}").replacing(
                "flag: {type: boolean}",
                with: "flag: {type: boolean, default: true}"
            )
            try server.double?.put(try DoubleJSON.documents(yaml: definition)[0])
            let object = try await server.client.send(.GET, server.widgets("/a"))
            #expect(object.body[at: "spec.flag"] == true)
            #expect(object.body[at: "spec.options.a"] == "x")
        }
    }
}
