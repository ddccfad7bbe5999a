// Objects come, change and go as kube-apiserver has them do it.

import Foundation
import KubeAPIDouble
import Testing

@Suite struct ObjectTests {
    @Test func `a new object gets an identity and its defaults`() async throws {
        try await withServer { server async throws in
            let made = try await server.create("a", ["size": "S", "options": ["b": [:]]])
            #expect(made.code == 201)
            #expect(made.body[at: "spec.replicas"] == 1)
            #expect(made.body[at: "spec.options"] == ["a": "x", "b": ["c": "y"]])
            #expect(made.body[at: "metadata.generation"] == 1)
            #expect(made.body[at: "metadata.namespace"]?.string == server.namespace)
            #expect(UUID(uuidString: made.body[at: "metadata.uid"]?.string ?? "") != nil)
            let again = try await server.create("a")
            #expect(again.code == 409 && again.reason == "AlreadyExists")
        }
    }

    @Test func `a generated name begins with what was asked for`() async throws {
        try await withServer { server async throws in
            var object = widget("")
            object["metadata"] = ["generateName": "gen-"]
            let made = try await server.client.send(.POST, server.widgets(), object)
            let name = made.body[at: "metadata.name"]?.string ?? ""
            #expect(name.hasPrefix("gen-") && name.count == 9)
        }
    }

    @Test func `a namespace must be there`() async throws {
        try await withServer { server async throws in
            let path = "/apis/double.test/v1/namespaces/no-such-space/widgets"
            let refused = try await server.client.send(.POST, path, widget("a"))
            #expect(refused.code == 404)
            #expect(refused.message == "namespaces \"no-such-space\" not found")
        }
    }

    @Test(arguments: [
        ("B_", "metadata.name"), ("", "metadata.name"),
    ])
    func `a bad name is refused`(name: String, field: String) async throws {
        try await withServer { server async throws in
            let refused = try await server.create(name)
            #expect(refused.code == 422 && refused.reason == "Invalid")
            #expect(refused.causes == [field])
        }
    }

    @Test func `a bad label is refused`() async throws {
        try await withServer { server async throws in
            let refused = try await server.create("a", labels: ["a": "b c"])
            #expect(refused.code == 422)
            #expect(refused.causes == ["metadata.labels"])
        }
    }

    @Test func `an update needs the newest revision`() async throws {
        try await withServer { server async throws in
            let made = try await server.create("a")
            var object = widget("a", ["size": "L"])
            let missing = try await server.client.send(.PUT, server.widgets("/a"), object)
            #expect(missing.code == 422 && missing.causes == ["metadata.resourceVersion"])
            object[at: "metadata.resourceVersion"] = .string(made.revision)
            let updated = try await server.client.send(.PUT, server.widgets("/a"), object)
            #expect(updated.code == 200)
            #expect(updated.body[at: "metadata.generation"] == 2)
            let stale = try await server.client.send(.PUT, server.widgets("/a"), object)
            #expect(stale.code == 409 && stale.reason == "Conflict")
            #expect(stale.message.hasSuffix("please apply your changes to the latest version and try again"))
        }
    }

    @Test func `what changes nothing makes no revision`() async throws {
        try await withServer { server async throws in
            let made = try await server.create("a")
            let same = try await server.client.send(.PATCH, server.widgets("/a"), ["spec": ["size": "S"]], .merge)
            #expect(same.code == 200)
            #expect(same.revision == made.revision)
        }
    }

    @Test func `the status and the rest are written apart`() async throws {
        try await withServer { server async throws in
            try await server.create("a")
            let patch: DoubleJSON = ["spec": ["replicas": 3], "status": ["phase": "p"]]
            let main = try await server.client.send(.PATCH, server.widgets("/a"), patch, .merge)
            #expect(main.body["status"] == nil)
            #expect(main.body[at: "spec.replicas"] == 3)
            #expect(main.body[at: "metadata.generation"] == 2)
            let other: DoubleJSON = [
                "spec": ["replicas": 4], "status": ["phase": "q"], "metadata": ["labels": ["x": "y"]],
            ]
            let status = try await server.client.send(.PATCH, server.widgets("/a/status"), other, .merge)
            #expect(status.body[at: "status.phase"] == "q")
            #expect(status.body[at: "spec.replicas"] == 3)
            #expect(status.body[at: "metadata.labels"] == nil)
            #expect(status.body[at: "metadata.generation"] == 2)
        }
    }

    @Test func `a scale reads and writes where the definition says`() async throws {
        try await withServer { server async throws in
            try await server.create("a")
            let status: DoubleJSON = ["status": ["replicas": 2, "selector": "a=b"]]
            try await server.client.send(.PATCH, server.widgets("/a/status"), status, .merge)
            let scale = try await server.client.send(.GET, server.widgets("/a/scale"))
            #expect(scale.body["kind"] == "Scale")
            #expect(scale.body["spec"] == ["replicas": 1])
            #expect(scale.body["status"] == ["replicas": 2, "selector": "a=b"])
            try await server.client.send(.PATCH, server.widgets("/a/scale"), ["spec": ["replicas": 4]], .merge)
            let object = try await server.client.send(.GET, server.widgets("/a"))
            #expect(object.body[at: "spec.replicas"] == 4)
            let refused = try await server.client.send(
                .PATCH,
                server.widgets("/a/scale"),
                ["spec": ["replicas": -4]],
                .merge
            )
            #expect(refused.code == 422)
        }
    }

    @Test func `a JSON patch is carried out or refused as a whole`() async throws {
        try await withServer { server async throws in
            try await server.create("a")
            let patch: DoubleJSON = [
                ["op": "test", "path": "/spec/size", "value": "S"],
                ["op": "replace", "path": "/spec/size", "value": "L"],
                ["op": "add", "path": "/metadata/labels", "value": ["x/y": "1"]],
                ["op": "copy", "from": "/metadata/labels/x~1y", "path": "/metadata/labels/z"],
            ]
            let done = try await server.client.send(.PATCH, server.widgets("/a"), patch, .jsonPatch)
            #expect(done.body[at: "spec.size"] == "L")
            #expect(done.body[at: "metadata.labels"] == ["x/y": "1", "z": "1"])
            let refused = try await server.client.send(.PATCH, server.widgets("/a"), patch, .jsonPatch)
            #expect(refused.code == 422)
        }
    }

    @Test func `finalizers hold an object until the last is gone`() async throws {
        try await withServer { server async throws in
            try await server.create("a")
            let path = server.widgets("/a")
            try await server.client.send(.PATCH, path, ["metadata": ["finalizers": ["t.test/f"]]], .merge)
            let marked = try await server.client.send(.DELETE, path)
            #expect(marked.code == 200)
            let time = marked.body[at: "metadata.deletionTimestamp"]
            #expect(time?.string != nil)
            #expect(marked.body[at: "metadata.generation"] == 2)
            let again = try await server.client.send(.DELETE, path)
            #expect(again.body[at: "metadata.deletionTimestamp"] == time)
            #expect(again.revision == marked.revision)
            let more = try await server.client.send(
                .PATCH,
                path,
                ["metadata": ["finalizers": ["t.test/f", "t.test/g"]]],
                .merge
            )
            #expect(more.code == 422)
            let last = try await server.client.send(.PATCH, path, ["metadata": ["finalizers": .null]], .merge)
            #expect(last.code == 200)
            #expect(try await server.client.send(.GET, path).code == 404)
        }
    }

    @Test(arguments: ["uid", "resourceVersion"])
    func `a deletion with a wrong precondition is refused`(field: String) async throws {
        try await withServer { server async throws in
            try await server.create("a")
            let options: DoubleJSON = ["preconditions": [field: "1"]]
            let refused = try await server.client.send(.DELETE, server.widgets("/a"), options)
            #expect(refused.code == 409)
            #expect(refused.message.contains("in the precondition (1) does not match"))
        }
    }

    @Test func `a deletion answers with the name and the uid`() async throws {
        try await withServer { server async throws in
            let made = try await server.create("a")
            let gone = try await server.client.send(.DELETE, server.widgets("/a"))
            #expect(gone.body["status"] == "Success")
            #expect(gone.body[at: "details.uid"] == made.body[at: "metadata.uid"])
            try await server.create("b", labels: ["x": "1"])
            try await server.create("c", labels: ["x": "2"])
            try await server.client.send(.DELETE, server.widgets("?labelSelector=x%3D1"))
            let rest = try await server.client.send(.GET, server.widgets())
            #expect(rest.body["items"]?.array?.compactMap { $0[at: "metadata.name"]?.string } == ["c"])
        }
    }

    @Test func `a dry run leaves nothing`() async throws {
        try await withServer { server async throws in
            let made = try await server.client.send(.POST, server.widgets("?dryRun=All"), widget("a"))
            #expect(made.code == 201)
            #expect(try await server.client.send(.GET, server.widgets("/a")).code == 404)
        }
    }

    @Test func `an owner takes what it owns with it`() async throws {
        try await withDouble { server async throws in
            let owner = try await server.create("owner")
            var owned = widget("owned")
            owned[at: "metadata.ownerReferences"] = [
                [
                    "apiVersion": "double.test/v1", "kind": "Widget", "name": "owner",
                    "uid": owner.body[at: "metadata.uid"] ?? "",
                ]
            ]
            try await server.client.send(.POST, server.widgets(), owned)
            try await server.client.send(.DELETE, server.widgets("/owner"))
            #expect(try await server.client.send(.GET, server.widgets("/owned")).code == 404)
        }
    }

    @Test func `an orphan stays`() async throws {
        try await withDouble { server async throws in
            let owner = try await server.create("owner")
            var owned = widget("owned")
            owned[at: "metadata.ownerReferences"] = [
                [
                    "apiVersion": "double.test/v1", "kind": "Widget", "name": "owner",
                    "uid": owner.body[at: "metadata.uid"] ?? "",
                ]
            ]
            try await server.client.send(.POST, server.widgets(), owned)
            try await server.client.send(.DELETE, server.widgets("/owner?propagationPolicy=Orphan"))
            #expect(try await server.client.send(.GET, server.widgets("/owner")).code == 404)
            let orphan = try await server.client.send(.GET, server.widgets("/owned"))
            #expect(orphan.code == 200)
            #expect(orphan.body[at: "metadata.ownerReferences"] == nil)
        }
    }

    @Test func `a namespace that goes takes its objects and lets nothing in`() async throws {
        try await withDouble { server async throws in
            var held = widget("held")
            held[at: "metadata.finalizers"] = ["t.test/f"]
            try await server.client.send(.POST, server.widgets(), held)
            try await server.create("free")
            let going = try await server.client.send(.DELETE, "/api/v1/namespaces/test")
            #expect(going.body[at: "status.phase"] == "Terminating")
            #expect(try await server.client.send(.GET, server.widgets("/free")).code == 404)
            let refused = try await server.create("late")
            #expect(refused.code == 403)
            #expect(refused.body[path: ["details", "causes"]]?[0]?["reason"] == "NamespaceTerminating")
            try await server.client.send(.PATCH, server.widgets("/held"), ["metadata": ["finalizers": .null]], .merge)
            #expect(try await server.client.send(.GET, "/api/v1/namespaces/test").code == 404)
        }
    }
}
