import KubeAPIDouble
import Testing

/// What becomes of objects whose owner is deleted, by how it is deleted.
/// https://kubernetes.io/docs/concepts/architecture/garbage-collection/#foreground-deletion
@Suite struct GarbageTests {
    private func create(
        _ name: String,
        ownedBy owners: [String],
        blocking: Bool = true,
        finalizers: DoubleJSON = [],
        _ server: TestServer
    ) async throws {
        var references: [DoubleJSON] = []
        for owner in owners {
            let uid = try await server.client.send(.GET, server.widgets("/\(owner)")).body[at: "metadata.uid"] ?? ""
            references.append([
                "apiVersion": "double.test/v1", "kind": "Widget", "name": .string(owner), "uid": uid,
                "blockOwnerDeletion": .bool(blocking),
            ])
        }
        var owned = widget(name)
        owned[at: "metadata.ownerReferences"] = .array(references)
        owned[at: "metadata.finalizers"] = finalizers
        try await server.client.send(.POST, server.widgets(), owned)
    }

    private func isThere(_ name: String, _ server: TestServer) async throws -> Bool {
        try await server.client.send(.GET, server.widgets("/\(name)")).code == 200
    }

    private func release(_ name: String, _ server: TestServer) async throws {
        let none: DoubleJSON = ["metadata": ["finalizers": .null]]
        try await server.client.send(.PATCH, server.widgets("/\(name)"), none, .merge)
    }

    @Test func `in the foreground what is owned goes first, though somebody else holds the owner`() async throws {
        try await withDouble { server async throws in
            var owner = widget("owner")
            owner[at: "metadata.finalizers"] = ["t.test/f"]
            try await server.client.send(.POST, server.widgets(), owner)
            try await self.create("owned", ownedBy: ["owner"], server)
            try await self.create("besides", ownedBy: ["owner"], blocking: false, server)
            try await server.client.send(.DELETE, server.widgets("/owner?propagationPolicy=Foreground"))
            #expect(try await !self.isThere("owned", server))
            // Not to block the owner is not to stay.
            #expect(try await !self.isThere("besides", server))
            let held = try await server.client.send(.GET, server.widgets("/owner"))
            #expect(held.body[at: "metadata.finalizers"] == ["t.test/f"])
            try await self.release("owner", server)
            #expect(try await !self.isThere("owner", server))
        }
    }

    @Test func `an owner waits for what blocks it, and for nothing else`() async throws {
        try await withDouble { server async throws in
            for (blocking, isWaiting) in [(true, true), (false, false)] {
                try await server.create("owner")
                try await self.create("held", ownedBy: ["owner"], blocking: blocking, finalizers: ["t.test/f"], server)
                let path = server.widgets("/owner?propagationPolicy=Foreground")
                #expect(try await server.client.send(.DELETE, path).code == 200)
                #expect(try await self.isThere("owner", server) == isWaiting)
                try await self.release("held", server)
                #expect(try await !self.isThere("owner", server))
            }
        }
    }

    @Test func `who has another owner stays for that one`() async throws {
        try await withDouble { server async throws in
            try await server.create("first")
            try await server.create("second")
            try await self.create("owned", ownedBy: ["first", "second"], server)
            for (owner, left) in [("first", 1), ("second", nil)] {
                try await server.client.send(.DELETE, server.widgets("/\(owner)?propagationPolicy=Foreground"))
                #expect(try await !self.isThere(owner, server))
                let owned = try await server.client.send(.GET, server.widgets("/owned"))
                #expect(owned.body[at: "metadata.ownerReferences"]?.array?.count == left)
            }
        }
    }

    @Test func `who is being deleted already may be asked to wait still`() async throws {
        try await withDouble { server async throws in
            var owner = widget("owner")
            owner[at: "metadata.finalizers"] = ["t.test/f"]
            try await server.client.send(.POST, server.widgets(), owner)
            try await self.create("owned", ownedBy: ["owner"], server)
            try await server.client.send(.DELETE, server.widgets("/owner"))
            #expect(try await self.isThere("owned", server))
            try await server.client.send(.DELETE, server.widgets("/owner?propagationPolicy=Foreground"))
            #expect(try await !self.isThere("owned", server))
            #expect(try await self.isThere("owner", server))
        }
    }
}
