// RBAC as the double has it: who bears a token may do what roles and bindings say, and nothing else.

import KubeAPIDouble
import Testing

@Suite struct `Role-based access` {
    private static let dev = KubeAPIUser("dev", groups: ["team"])

    private static func call(
        _ verb: String,
        _ resource: String,
        in namespace: String? = "one",
        name: String = "",
        group: String = ""
    ) -> KubeAPICall {
        let parts = resource.split(separator: "/").map(String.init)
        let subresource = parts.count > 1 ? parts[1] : ""
        return KubeAPICall(
            verb: verb,
            group: group,
            resource: parts[0],
            subresource: subresource,
            namespace: namespace,
            name: name
        )
    }

    private static let rights = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: maps, namespace: one}
        rules:
          - {apiGroups: [""], resources: [configmaps], verbs: [get, list, create, patch]}
          - {apiGroups: [""], resources: [secrets], resourceNames: [mine], verbs: ["*"]}
          - {apiGroups: [apps], resources: ["*/scale"], verbs: [patch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: maps, namespace: one}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: maps}
        subjects: [{kind: Group, name: team}, {kind: ServiceAccount, name: robot, namespace: two}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: look}
        rules: [{apiGroups: [""], resources: [pods, namespaces], verbs: [get]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: look, namespace: one}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: look}
        subjects: [{kind: User, name: dev}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: all}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: look}
        subjects: [{kind: Group, name: everybody}]
        """

    private static func withRights(_ body: (KubeAPIDouble) async throws -> Void) async throws {
        let double = try await KubeAPIDouble.start(crds: [Self.rights], namespaces: ["one", "two"])
        try await body(double)
        await double.shutdown()
    }

    @Test func `a role holds where it is bound, for whom it is bound, and for what it names`() async throws {
        try await Self.withRights { double in
            let cases: [(KubeAPICall, Bool)] = [
                (Self.call("get", "configmaps", name: "a"), true), (Self.call("list", "configmaps"), true),
                (Self.call("delete", "configmaps", name: "a"), false),
                (Self.call("get", "configmaps", in: "two", name: "a"), false),
                (Self.call("list", "configmaps", in: nil), false),
                (Self.call("get", "configmaps", name: "a", group: "apps"), false),
                (Self.call("get", "secrets", name: "mine"), true), (Self.call("get", "secrets", name: "other"), false),
                (Self.call("list", "secrets"), false), (Self.call("create", "secrets"), false),
                (Self.call("patch", "deployments/scale", name: "a", group: "apps"), true),
                (Self.call("patch", "deployments", name: "a", group: "apps"), false),
                // A ClusterRole that a RoleBinding gives holds in its namespace.
                (Self.call("get", "pods", name: "a"), true), (Self.call("get", "pods", in: "two", name: "a"), false),
                (Self.call("get", "pods/status", name: "a"), false),
            ]
            for (call, isAllowed) in cases { #expect(double.isAllowed(call, to: Self.dev) == isAllowed, "\(call)") }
            let robot = KubeAPIUser.serviceAccount("robot", in: "two")
            #expect(double.isAllowed(Self.call("list", "configmaps"), to: robot))
            #expect(!double.isAllowed(Self.call("get", "pods", name: "a"), to: robot))
            #expect(!double.isAllowed(Self.call("list", "configmaps"), to: .serviceAccount("robot", in: "one")))
            let all = KubeAPIUser("somebody", groups: ["everybody"])
            #expect(double.isAllowed(Self.call("get", "pods", in: "two", name: "a"), to: all))
        }
    }

    @Test func `requests are refused with who may not do what, and a token that nobody has with 401`() async throws {
        try await Self.withRights { double in
            double.admit(Self.dev, token: "secret")
            let client = TestClient(baseURL: double.baseURL, token: "secret")
            let maps = "/api/v1/namespaces/one/configmaps"
            let map: DoubleJSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"]]
            #expect(try await client.send(.POST, maps, map).code == 201)
            #expect(try await client.send(.GET, "\(maps)/a").code == 200)
            let refused = try await client.send(.DELETE, "\(maps)/a")
            #expect(refused.code == 403)
            #expect(
                refused.body["message"]?.string?.contains("User \"dev\" cannot delete resource \"configmaps\"") == true
            )
            #expect(try await client.send(.GET, "/api/v1/namespaces/one").code == 200)
            #expect(try await client.send(.GET, "/api/v1/namespaces/two").code == 403)
            // By name alone, as a watch of one object asks.
            let named = "/api/v1/namespaces/one/secrets?fieldSelector=metadata.name%3Dmine"
            #expect(try await client.send(.GET, named).code == 200)
            // Who may patch and not create applies only to what is there.
            let secrets = "/api/v1/namespaces/one/secrets/mine?fieldManager=dev"
            let secret: DoubleJSON = ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "mine"]]
            #expect(try await client.send(.PATCH, secrets, secret, .apply).code == 201)
            #expect(try await TestClient(baseURL: double.baseURL, token: "wrong").send(.GET, maps).code == 401)
            // The test's own requests may do everything.
            #expect(try await TestClient(baseURL: double.baseURL).send(.DELETE, "\(maps)/a").code == 200)
        }
    }

    @Test func `applying what is not there asks for the right to create it`() async throws {
        let patching = Self.rights.replacing("verbs: [get, list, create, patch]", with: "verbs: [get, patch]")
        let double = try await KubeAPIDouble.start(crds: [patching], namespaces: ["one"])
        double.admit(Self.dev, token: "secret")
        let client = TestClient(baseURL: double.baseURL, token: "secret")
        let map: DoubleJSON = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a", "namespace": "one"]]
        let path = "/api/v1/namespaces/one/configmaps/a?fieldManager=dev"
        let refused = try await client.send(.PATCH, path, map, .apply)
        #expect(refused.code == 403)
        #expect(refused.body["message"]?.string?.contains("cannot create resource \"configmaps\"") == true)
        try double.put(map)
        #expect(try await client.send(.PATCH, path, map, .apply).code == 200)
        await double.shutdown()
    }
}
