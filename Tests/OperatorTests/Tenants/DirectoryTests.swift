import KubeClient
import Operator
import Tenant
import Testing

/// Who holds what over the whole cluster.
struct DirectoryTests {
    private func tenant(
        _ name: String,
        in namespace: String = "chat",
        hostnames: [String],
        created: String = "2026-01-01T00:00:00Z",
        held: [String] = [],
        plan: String = "team"
    ) -> KubeObject {
        var object = KubeObject(
            .tenants,
            name: name,
            namespace: namespace,
            [
                "spec": ["hostnames": .array(hostnames.map(JSON.string)), "planRef": ["name": .string(plan)]],
                "status": held.isEmpty ? .null : ["hostnames": .array(held.map(JSON.string))],
            ]
        )
        object.json["metadata"]["creationTimestamp"] = .string(created)
        return object
    }

    private func conflicts(_ directory: ClusterDirectory, _ object: KubeObject) throws -> ClusterDirectory.Conflicts {
        let resource = try #require(directory.tenant(object.key)?.resource)
        return directory.conflicts(of: resource, key: object.key)
    }

    @Test func `of two who ask for a hostname the older one gets it, in whichever order they come`() throws {
        let old = self.tenant("old", hostnames: ["a.example.com"], created: "2026-01-01T00:00:00Z")
        let new = self.tenant("new", hostnames: ["a.example.com"], created: "2026-01-01T00:00:01Z")
        for order in [[old, new], [new, old]] {
            let directory = ClusterDirectory()
            for object in order { _ = directory.update(tenant: object, key: object.key) }
            #expect(try self.conflicts(directory, old).hostnames.isEmpty)
            #expect(try self.conflicts(directory, new).hostnames == ["a.example.com": old.key])
        }
    }

    @Test func `who is served under a hostname keeps it against an older tenant that asks later`() throws {
        let directory = ClusterDirectory()
        let old = self.tenant("old", hostnames: ["b.example.com"], created: "2026-01-01T00:00:00Z")
        let new = self.tenant(
            "new",
            hostnames: ["a.example.com"],
            created: "2026-02-01T00:00:00Z",
            held: ["a.example.com"]
        )
        _ = directory.update(tenant: new, key: new.key)
        _ = directory.update(tenant: old, key: old.key)
        let greedy = self.tenant("old", hostnames: ["b.example.com", "a.example.com"])
        _ = directory.update(tenant: greedy, key: greedy.key)
        #expect(try self.conflicts(directory, greedy).hostnames == ["a.example.com": new.key])
        #expect(try self.conflicts(directory, new).hostnames.isEmpty)
    }

    @Test func `what was promised to one is not given to another who is older, or comes at the same moment`() throws {
        let directory = ClusterDirectory()
        let zeta = self.tenant("zeta", hostnames: ["a.example.com"])
        let alpha = self.tenant("alpha", hostnames: ["a.example.com"])
        _ = directory.update(tenant: zeta, key: zeta.key)
        let first = try #require(directory.tenant(zeta.key)?.resource)
        #expect(directory.conflicts(of: first, key: zeta.key, promising: true) == .init())
        // By age and name it would be alpha's, whose status knows nothing of zeta yet.
        _ = directory.update(tenant: alpha, key: alpha.key)
        #expect(try self.conflicts(directory, alpha).hostnames == ["a.example.com": zeta.key])
        #expect(try self.conflicts(directory, zeta) == .init())
        // Not served after all.
        directory.takeBack(from: first, key: zeta.key)
        #expect(try self.conflicts(directory, alpha) == .init())
    }

    @Test func `who is refused for something else keeps names from nobody, and others hear of it once`() throws {
        let directory = ClusterDirectory()
        let old = self.tenant("same", in: "red", hostnames: ["a.example.com"], created: "2026-01-01T00:00:00Z")
        let new = self.tenant("same", in: "blue", hostnames: ["a.example.com"], created: "2026-02-01T00:00:00Z")
        for object in [old, new] { _ = directory.update(tenant: object, key: object.key) }
        #expect(try self.conflicts(directory, new).name == old.key)
        #expect(directory.note(yields: true, key: old.key) == [new.key])
        #expect(directory.note(yields: true, key: old.key).isEmpty)
        #expect(try self.conflicts(directory, new) == .init())
        // Two who are refused do not wake one another for ever.
        #expect(directory.note(yields: true, key: new.key) == [old.key])
        #expect(
            directory.note(yields: true, key: old.key).isEmpty && directory.note(yields: true, key: new.key).isEmpty
        )
        // What it was promised, or has, stays its own.
        let resource = try #require(directory.tenant(old.key)?.resource)
        #expect(directory.conflicts(of: resource, key: old.key, promising: true) == .init())
        #expect(try self.conflicts(directory, new).name == old.key)
        directory.takeBack(from: resource, key: old.key)
        let held = self.tenant("same", in: "red", hostnames: ["a.example.com"], held: ["a.example.com"])
        _ = directory.update(tenant: held, key: held.key)
        #expect(try self.conflicts(directory, new).hostnames == ["a.example.com": old.key])
        #expect(directory.note(yields: false, key: old.key).isEmpty)
    }

    @Test func `a promise ends with the wish, and with the tenant`() throws {
        let directory = ClusterDirectory()
        let young = self.tenant("young", hostnames: ["a.example.com"], created: "2026-03-01T00:00:00Z")
        let old = self.tenant("old", hostnames: ["a.example.com"])
        for end in [self.tenant("young", hostnames: ["b.example.com"], created: "2026-03-01T00:00:00Z"), nil] {
            _ = directory.update(tenant: young, key: young.key)
            let resource = try #require(directory.tenant(young.key)?.resource)
            _ = directory.conflicts(of: resource, key: young.key, promising: true)
            _ = directory.update(tenant: old, key: old.key)
            #expect(try self.conflicts(directory, old).hostnames["a.example.com"] == young.key)
            _ = directory.update(tenant: end, key: young.key)
            _ = directory.update(tenant: young, key: young.key)
            #expect(try self.conflicts(directory, old) == .init())
            _ = directory.update(tenant: nil, key: young.key)
            _ = directory.update(tenant: nil, key: old.key)
        }
    }

    @Test func `who lost a hostname is told when it is free`() throws {
        let directory = ClusterDirectory()
        let first = self.tenant("first", hostnames: ["a.example.com"])
        let second = self.tenant("second", hostnames: ["a.example.com"], created: "2026-01-02T00:00:00Z")
        _ = directory.update(tenant: first, key: first.key)
        #expect(directory.update(tenant: second, key: second.key) == [first.key])
        let moved = self.tenant("first", hostnames: ["c.example.com"])
        #expect(directory.update(tenant: moved, key: moved.key) == [second.key])
        #expect(try self.conflicts(directory, second).hostnames.isEmpty)
        _ = directory.update(tenant: first, key: first.key)
        #expect(directory.update(tenant: nil, key: first.key) == [second.key])
    }

    @Test func `a field that only newer definitions know keeps nobody from being read`() throws {
        let directory = ClusterDirectory()
        var tenant = self.tenant("first", hostnames: ["a.example.com"])
        tenant.json["spec"]["lanterns"] = ["lit": true]
        tenant.json["spec"]["accounts"] = ["lanterns": 3]
        _ = directory.update(tenant: tenant, key: tenant.key)
        #expect(directory.tenant(tenant.key)?.resource != nil)
        // What is known is judged all the same.
        tenant.json["spec"]["accounts"]["required"] = "perhaps"
        _ = directory.update(tenant: tenant, key: tenant.key)
        #expect(directory.tenant(tenant.key)?.problems.count == 1)
    }

    @Test func `a tenant that cannot be read any more keeps the hostnames that it is served under`() throws {
        let directory = ClusterDirectory()
        var broken = self.tenant("first", hostnames: ["a.example.com"], held: ["a.example.com"])
        broken.json["spec"]["state"] = "Sleeping"
        _ = directory.update(tenant: broken, key: broken.key)
        #expect(directory.tenant(broken.key)?.resource == nil)
        let other = self.tenant("second", hostnames: ["a.example.com"], created: "2025-01-01T00:00:00Z")
        _ = directory.update(tenant: other, key: other.key)
        #expect(try self.conflicts(directory, other).hostnames == ["a.example.com": broken.key])
    }

    @Test func `a name belongs to one namespace`() throws {
        let directory = ClusterDirectory()
        let first = self.tenant("acme", in: "a", hostnames: ["a.example.com"])
        let second = self.tenant("acme", in: "b", hostnames: ["b.example.com"], created: "2026-01-02T00:00:00Z")
        for object in [first, second] { _ = directory.update(tenant: object, key: object.key) }
        #expect(try self.conflicts(directory, first).name == nil)
        #expect(try self.conflicts(directory, second).name == first.key)
    }

    @Test func `the oldest cell that says so is the default one`() {
        let directory = ClusterDirectory()
        func cell(_ name: String, _ isDefault: Bool, _ created: String) {
            var object = KubeObject(.cells, name: name, ["spec": ["default": .bool(isDefault)]])
            object.json["metadata"]["creationTimestamp"] = .string(created)
            directory.update(cell: object, name: name)
        }
        #expect(directory.defaultCell == nil)
        cell("plain", false, "2020-01-01T00:00:00Z")
        cell("late", true, "2026-01-02T00:00:00Z")
        cell("early", true, "2026-01-01T00:00:00Z")
        #expect(directory.defaultCell == "early")
        directory.update(cell: nil, name: "early")
        #expect(directory.defaultCell == "late")
    }

    @Test func `those without a cell are whom another default one concerns`() {
        let directory = ClusterDirectory()
        let none = self.tenant("none", hostnames: ["a.example.com"])
        var naming = self.tenant("naming", hostnames: ["b.example.com"])
        naming.json["spec"]["cellRef"] = ["name": "west"]
        var living = self.tenant("living", hostnames: ["c.example.com"])
        living.json["status"] = ["cell": "east"]
        for object in [none, naming, living] { _ = directory.update(tenant: object, key: object.key) }
        #expect(directory.tenantsWithoutCell == [none.key])
        #expect(directory.tenants(in: "west") == [naming.key] && directory.tenants(in: "east") == [living.key])
    }

    @Test func `tenants are found by their plan, also after they changed it`() {
        let directory = ClusterDirectory()
        let before = self.tenant("acme", hostnames: ["a.example.com"], plan: "free")
        _ = directory.update(tenant: before, key: before.key)
        #expect(directory.tenants(on: "free") == [before.key])
        let after = self.tenant("acme", hostnames: ["a.example.com"], plan: "team")
        _ = directory.update(tenant: after, key: after.key)
        #expect(directory.tenants(on: "free").isEmpty)
        #expect(directory.tenants(on: "team") == [before.key])
    }

    @Test func `tenants are found by the cell that they live in and by the one that they want to live in`() {
        let directory = ClusterDirectory()
        func set(_ lives: String?, _ names: String?) -> ObjectKey {
            var tenant = self.tenant("acme", hostnames: ["a.example.com"])
            if let names { tenant.json["spec"]["cellRef"] = ["name": .string(names)] }
            if let lives { tenant.json["status"] = ["cell": .string(lives)] }
            _ = directory.update(tenant: tenant, key: tenant.key)
            return tenant.key
        }
        let all = ["east", "west", "main"]
        func counts() -> [Int] { all.map { directory.count(livingIn: $0) } }
        let main = KubeObject(.cells, name: "main", ["spec": ["default": true]])
        directory.update(cell: main, name: "main")
        for (lives, names, cells, count, lane) in [
            (nil, nil, ["main"], [0, 0, 0], "main"), (nil, "west", ["west"], [0, 0, 0], "west"),
            ("west", "west", ["west"], [0, 1, 0], "west"), ("west", "east", ["west", "east"], [0, 1, 0], "west east"),
            ("east", "east", ["east"], [1, 0, 0], "east"), ("east", nil, ["east"], [1, 0, 0], "east"),
            ("main", nil, ["main"], [0, 0, 1], "main"),
        ] as [(String?, String?, [String], [Int], String)] {
            let key = set(lives, names)
            #expect(Set(all.filter { directory.tenants(in: $0) == [key] }) == Set(cells))
            #expect(counts() == count)
            #expect(directory.lane(of: key) == lane)
        }
        let key = set("west", "east")
        _ = directory.update(tenant: nil, key: key)
        #expect(all.allSatisfy { directory.tenants(in: $0).isEmpty } && counts() == [0, 0, 0])
        #expect(directory.tenantsWithoutCell.isEmpty && directory.lane(of: key) == "")
    }

    @Test func `who was changed since its last look is known by its status`() {
        for (generation, observed, isDeleted, awaits) in [
            (1, nil, false, true), (2, 1, false, true), (2, 2, false, false), (2, 2, true, true),
        ] as [(Int64, Int64?, Bool, Bool)] {
            var tenant = self.tenant("acme", hostnames: ["a.example.com"])
            tenant.json["metadata"]["generation"] = .integer(generation)
            if let observed { tenant.json["status"] = ["observedGeneration": .integer(observed)] }
            if isDeleted { tenant.json["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z" }
            #expect(tenant.awaitsALook == awaits)
        }
    }

    @Test func `what is written is read anew when it changes, and what else changes is seen`() throws {
        let directory = ClusterDirectory()
        var tenant = self.tenant("acme", hostnames: ["a.example.com"])
        _ = directory.update(tenant: tenant, key: tenant.key)
        tenant.json["status"] = ["hostnames": ["a.example.com"]]
        _ = directory.update(tenant: tenant, key: tenant.key)
        var known = try #require(directory.tenant(tenant.key))
        #expect(known.resource?.spec.hostnames == ["a.example.com"] && known.object == tenant)
        tenant.json["spec"]["hostnames"] = ["b.example.com"]
        tenant.json["spec"]["state"] = "Sleeping"
        _ = directory.update(tenant: tenant, key: tenant.key)
        known = try #require(directory.tenant(tenant.key))
        #expect(known.resource == nil && known.problems.count == 1)
        tenant.json["spec"]["state"] = .null
        _ = directory.update(tenant: tenant, key: tenant.key)
        known = try #require(directory.tenant(tenant.key))
        #expect(known.resource?.spec.hostnames == ["b.example.com"] && known.problems.isEmpty)
    }

    @Test func `who holds a plan is counted as it is told`() {
        let directory = ClusterDirectory()
        func expect(_ free: Int, _ team: Int) {
            for (plan, count) in [("free", free), ("team", team)] {
                #expect(directory.holderCount(of: plan) == count && directory.holders(of: plan).count == count)
            }
        }
        let tenants = ["a", "b", "c"].map { self.tenant($0, hostnames: ["\($0).example.com"], plan: "free") }
        for tenant in tenants { _ = directory.update(tenant: tenant, key: tenant.key) }
        expect(3, 0)
        for _ in 0..<2 { _ = directory.note(yields: true, key: tenants[0].key) }
        expect(2, 0)
        let other = self.tenant("a", hostnames: ["a.example.com"], plan: "team")
        _ = directory.update(tenant: other, key: other.key)
        expect(2, 0)
        for _ in 0..<2 { _ = directory.note(yields: false, key: other.key) }
        expect(2, 1)
        _ = directory.note(yields: true, key: other.key)
        _ = directory.update(tenant: nil, key: other.key)
        _ = directory.update(tenant: other, key: other.key)
        expect(2, 1)
    }
}
