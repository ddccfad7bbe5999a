// The kinds that every cluster has, each with its own ways.

import KubeAPIDouble
import Testing

@Suite struct BuiltInTests {
    @Test func `a Secret's texts become data`() async throws {
        try await withServer { server async throws in
            let secret: DoubleJSON = [
                "metadata": ["name": "s"], "stringData": ["a": "b"], "data": ["c": "ZA=="],
            ]
            let made = try await server.client.send(.POST, server.path("v1", "secrets"), secret)
            #expect(made.code == 201)
            #expect(made.body["data"] == ["a": "Yg==", "c": "ZA=="])
            #expect(made.body["stringData"] == nil)
            #expect(made.body["type"] == "Opaque")
            let path = server.path("v1", "secrets/s")
            let refused = try await server.client.send(.PATCH, path, ["type": "x"], .merge)
            #expect(refused.code == 422 && refused.causes == ["type"])
            let bad: DoubleJSON = ["metadata": ["name": "t"], "data": ["c": "!!"]]
            #expect(try await server.client.send(.POST, server.path("v1", "secrets"), bad).code == 400)
        }
    }

    @Test func `an immutable ConfigMap keeps its data`() async throws {
        try await withServer { server async throws in
            let map: DoubleJSON = ["metadata": ["name": "m"], "data": ["a": "b"], "immutable": true]
            try await server.client.send(.POST, server.path("v1", "configmaps"), map)
            let path = server.path("v1", "configmaps/m")
            let refused = try await server.client.send(.PATCH, path, ["data": ["a": "c"]], .merge)
            #expect(refused.code == 422 && refused.causes == ["data"])
            let labelled = try await server.client.send(.PATCH, path, ["metadata": ["labels": ["x": "y"]]], .merge)
            #expect(labelled.code == 200)
        }
    }

    @Test func `a Lease is taken by whoever knows its revision`() async throws {
        try await withServer { server async throws in
            func lease(_ holder: DoubleJSON, _ revision: String? = nil) -> DoubleJSON {
                var lease: DoubleJSON = [
                    "metadata": ["name": "l"],
                    "spec": [
                        "holderIdentity": holder, "leaseDurationSeconds": 15,
                        "renewTime": "2026-01-02T03:04:05.000006Z",
                    ],
                ]
                if let revision { lease[at: "metadata.resourceVersion"] = .string(revision) }
                return lease
            }
            let path = server.path("coordination.k8s.io/v1", "leases")
            let made = try await server.client.send(.POST, path, lease("a"))
            #expect(made.code == 201)
            let taken = try await server.client.send(.PUT, path + "/l", lease("b", made.revision))
            #expect(taken.code == 200)
            #expect(try await server.client.send(.PUT, path + "/l", lease("c", made.revision)).code == 409)
            #expect(try await server.client.send(.PUT, path + "/l", lease("c")).code == 422)
            var bad = lease("d", taken.revision)
            bad[at: "spec.renewTime"] = "2026-01-02T03:04:05Z"
            #expect(try await server.client.send(.PUT, path + "/l", bad).code == 400)
        }
    }

    @Test func `events have two shapes`() async throws {
        try await withServer { server async throws in
            let event: DoubleJSON = [
                "metadata": ["name": "e"], "eventTime": "2026-01-02T03:04:05.000006Z", "action": "Move",
                "reportingController": "roost.chat/operator", "reportingInstance": "pod-1", "reason": "Moved",
                "note": "hello", "type": "Normal",
                "regarding": [
                    "apiVersion": "double.test/v1", "kind": "Widget", "name": "a",
                    "namespace": .string(server.namespace),
                ],
            ]
            let made = try await server.client.send(.POST, server.path("events.k8s.io/v1", "events"), event)
            #expect(made.code == 201)
            #expect(made.body["note"] == "hello")
            #expect(made.body["apiVersion"] == "events.k8s.io/v1")
            let core = try await server.client.send(.GET, server.path("v1", "events/e"))
            #expect(core.body["message"] == "hello")
            #expect(core.body[at: "involvedObject.name"] == "a")
            let series: DoubleJSON = ["series": ["count": 2, "lastObservedTime": "2026-01-02T03:04:06.000006Z"]]
            let path = server.path("events.k8s.io/v1", "events/e")
            let counted = try await server.client.send(.PATCH, path, series, .merge)
            #expect(counted.body[at: "series.count"] == 2)
            let bad: DoubleJSON = ["metadata": ["name": "f"], "reason": "R", "note": "n"]
            let refused = try await server.client.send(.POST, server.path("events.k8s.io/v1", "events"), bad)
            #expect(refused.code == 422)
            #expect(refused.causes == ["involvedObject.namespace", "eventTime", "type"])
        }
    }

    @Test func `a Service gets an address and keeps it`() async throws {
        try await withServer { server async throws in
            let service: DoubleJSON = [
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": "s"],
                "spec": ["type": "LoadBalancer", "selector": ["a": "b"], "ports": [["name": "p", "port": 80]]],
            ]
            let path = server.path("v1", "services/s?fieldManager=one")
            let made = try await server.client.send(.PATCH, path, service, .apply)
            #expect(made.code == 201)
            #expect(made.body[at: "spec.clusterIP"]?.string?.hasPrefix("10.") == true)
            #expect(made.body[at: "spec.ports"]?[0]?["targetPort"] == 80)
            #expect(made.body[at: "spec.ports"]?[0]?["nodePort"]?.int != nil)
            #expect(made.body[at: "spec.externalTrafficPolicy"] == "Cluster")
            let again = try await server.client.send(.PATCH, path, service, .apply)
            #expect(again.revision == made.revision)
        }
    }

    @Test func `a Deployment's selector is fixed and meets its template`() async throws {
        try await withServer { server async throws in
            func deployment(_ selector: DoubleJSON, _ labels: DoubleJSON) -> DoubleJSON {
                [
                    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "d"],
                    "spec": [
                        "selector": ["matchLabels": selector],
                        "template": [
                            "metadata": ["labels": labels], "spec": ["containers": [["name": "c", "image": "i"]]],
                        ],
                    ],
                ]
            }
            let path = server.path("apps/v1", "deployments")
            let odd = try await server.client.send(.POST, path, deployment(["a": "b"], ["a": "c"]))
            #expect(odd.code == 422 && odd.causes == ["spec.template.metadata.labels"])
            #expect(try await server.client.send(.POST, path, deployment(["a": "b"], ["a": "b"])).code == 201)
            let moved = try await server.client.send(.PUT, path + "/d", deployment(["a": "c"], ["a": "c"]))
            #expect(moved.code == 422 && moved.causes == ["spec.selector"])
            let scale = try await server.client.send(.PATCH, path + "/d/scale", ["spec": ["replicas": 3]], .merge)
            #expect(scale.body[at: "status.selector"] == "a=b")
        }
    }

    @Test func `budgets and policies are completed`() async throws {
        try await withServer { server async throws in
            let budget: DoubleJSON = [
                "metadata": ["name": "b"], "spec": ["maxUnavailable": 1, "selector": ["matchLabels": ["a": "b"]]],
            ]
            let path = server.path("policy/v1", "poddisruptionbudgets")
            let made = try await server.client.send(.POST, path, budget)
            #expect(made.body[at: "metadata.generation"] == 1)
            #expect(made.body[at: "status.disruptionsAllowed"] == 0)
            let policy: DoubleJSON = [
                "metadata": ["name": "p"], "spec": ["podSelector": [:], "ingress": [["ports": [["port": 80]]]]],
            ]
            let policies = server.path("networking.k8s.io/v1", "networkpolicies")
            let completed = try await server.client.send(.POST, policies, policy)
            #expect(completed.body[at: "spec.policyTypes"] == ["Ingress"])
            #expect(completed.body[at: "spec.ingress"]?[0]?["ports"] == [["port": 80, "protocol": "TCP"]])
        }
    }

    @Test func `discovery tells what is served`() async throws {
        try await withServer { server async throws in
            let list = try await server.client.send(.GET, "/apis/double.test/v1")
            let names = list.body["resources"]?.array?.compactMap { $0["name"]?.string }
            #expect(names == ["widgets", "widgets/status", "widgets/scale"])
            let group = try await server.client.send(.GET, "/apis/apps")
            #expect(group.body[at: "preferredVersion.groupVersion"] == "apps/v1")
            let core = try await server.client.send(.GET, "/api/v1")
            let kinds = (core.body["resources"]?.array ?? []).compactMap { $0["kind"]?.string }
            #expect(Set(kinds).isSuperset(of: ["Pod", "Secret", "ConfigMap", "Service", "Namespace", "Event"]))
            #expect(try await server.client.send(.GET, "/apis/monitoring.coreos.com/v1").code == 404)
            #expect(try await server.client.send(.GET, "/version").body["major"] == "1")
            let nothing = try await server.client.send(.GET, "/api/v1/nopes")
            #expect(nothing.code == 404 && nothing.reason == "NotFound")
        }
    }

    @Test func `a group can be there or not`() async throws {
        try await withDouble(groups: [.gatewayAPI]) { server async throws in
            #expect(try await server.client.send(.GET, server.path("cert-manager.io/v1", "certificates")).code == 404)
            #expect(try await server.client.send(.GET, "/apis/gateway.networking.k8s.io/v1").code == 200)
            let route: DoubleJSON = [
                "apiVersion": "gateway.networking.k8s.io/v1alpha2", "kind": "TLSRoute", "metadata": ["name": "r"],
                "spec": ["parentRefs": [["name": "g"]], "hostnames": ["a.example"]],
            ]
            let path = "gateway.networking.k8s.io/v1alpha2"
            let made = try await server.client.send(.POST, server.path(path, "tlsroutes"), route)
            #expect(made.code == 201)
            let other = server.path("gateway.networking.k8s.io/v1alpha3", "tlsroutes/r")
            let read = try await server.client.send(.GET, other)
            #expect(read.body["apiVersion"] == "gateway.networking.k8s.io/v1alpha3")
            #expect(read.body[at: "spec.parentRefs"]?[0]?["kind"] == "Gateway")
        }
    }

    @Test(arguments: [
        (BodyForm.text, Verb.POST, 415), (.strategic, .PATCH, 415), (.text, .PATCH, 415),
    ])
    func `a body of an unknown form is refused`(form: BodyForm, verb: Verb, code: Int) async throws {
        try await withServer { server async throws in
            try await server.create("a")
            let path = server.widgets(verb == .POST ? "" : "/a")
            #expect(try await server.client.send(verb, path, widget("a"), form).code == code)
        }
    }
}
