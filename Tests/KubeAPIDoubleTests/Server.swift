// Which server a test runs against: the double, or a real one that the environment names.
//
// `ROOST_TEST_KUBE_API=http://127.0.0.1:8001` (such as `kubectl proxy` offers) and, if it wants one,
// `ROOST_TEST_KUBE_TOKEN`: then every test that asks for `withServer` runs against that server, in a namespace of its
// own, so that the double can be held against what it stands for.

import Foundation
import KubeAPIDouble

/// A server to test, with a namespace of the test's own.
struct TestServer: Sendable {
    let client: TestClient
    let namespace: String
    /// The double; nil when the server is a real one.
    let double: KubeAPIDouble?

    /// The path of the test's widgets, or of one.
    func widgets(_ rest: String = "") -> String { "/apis/double.test/v1/namespaces/\(namespace)/widgets\(rest)" }

    /// A path below a group's version in the test's namespace.
    func path(_ group: String, _ rest: String) -> String {
        (group == "v1" ? "/api/v1" : "/apis/\(group)") + "/namespaces/\(namespace)/\(rest)"
    }

    /// Creates a widget.
    @discardableResult
    func create(_ name: String, _ spec: DoubleJSON = ["size": "S"], labels: DoubleJSON = [:]) async throws
        -> TestResponse
    {
        try await client.send(.POST, widgets(), widget(name, spec, labels: labels))
    }

    /// Applies a widget.
    func apply(_ name: String, by manager: String, _ spec: DoubleJSON, force: Bool = false) async throws
        -> TestResponse
    {
        let query = "?fieldManager=\(manager)" + (force ? "&force=true" : "")
        return try await client.send(.PATCH, widgets("/\(name)\(query)"), widget(name, spec), .apply)
    }
}

/// A widget.
func widget(_ name: String, _ spec: DoubleJSON = ["size": "S"], labels: DoubleJSON = [:]) -> DoubleJSON {
    var metadata: DoubleJSON = ["name": .string(name)]
    if labels != [:] { metadata["labels"] = labels }
    return ["apiVersion": "double.test/v1", "kind": "Widget", "metadata": metadata, "spec": spec]
}

/// Runs a test against the double, or against the real server that the environment names.
func withServer(_ body: (TestServer) async throws -> Void) async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let base = environment["ROOST_TEST_KUBE_API"] else {
        try await withDouble(body)
        return
    }
    let client = TestClient(baseURL: base, token: environment["ROOST_TEST_KUBE_TOKEN"])
    let namespace = "double-" + UUID().uuidString.lowercased().prefix(8)
    let definition = try DoubleJSON.documents(yaml: widgetDefinition)[0]
    try await client.send(.POST, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition)
    // A real server takes a moment to serve a new kind.
    while try await client.send(.GET, "/apis/double.test/v1/widgets").code != 200 { await Task.yield() }
    try await client.send(.POST, "/api/v1/namespaces", ["metadata": ["name": .string(namespace)]])
    try await body(TestServer(client: client, namespace: namespace, double: nil))
    try await client.send(.DELETE, "/api/v1/namespaces/\(namespace)")
}

/// Runs a test against the double alone.
func withDouble(
    groups: Set<OptionalAPIGroup> = [],
    token: String? = nil,
    _ body: (TestServer) async throws -> Void
) async throws {
    let double = try await KubeAPIDouble.start(
        crds: [widgetDefinition],
        groups: groups,
        namespaces: ["test"],
        token: token
    )
    let client = TestClient(baseURL: double.baseURL, token: token)
    do {
        try await body(TestServer(client: client, namespace: "test", double: double))
    } catch {
        await double.shutdown()
        throw error
    }
    await double.shutdown()
}

/// A kind that has something of everything.
let widgetDefinition = """
    apiVersion: apiextensions.k8s.io/v1
    kind: CustomResourceDefinition
    metadata: {name: widgets.double.test}
    spec:
      group: double.test
      scope: Namespaced
      names: {plural: widgets, singular: widget, kind: Widget, shortNames: [wdg]}
      versions:
        - name: v1
          served: true
          storage: true
          subresources:
            status: {}
            scale:
              specReplicasPath: .spec.replicas
              statusReplicasPath: .status.replicas
              labelSelectorPath: .status.selector
          schema:
            openAPIV3Schema:
              type: object
              required: [spec]
              properties:
                spec:
                  type: object
                  required: [size]
                  properties:
                    size: {type: string, enum: [S, L]}
                    replicas: {type: integer, minimum: 0, maximum: 9, default: 1}
                    name: {type: string, minLength: 2, maxLength: 5, pattern: "^[a-z]+$"}
                    hosts:
                      type: array
                      minItems: 1
                      maxItems: 3
                      items: {type: string}
                      x-kubernetes-list-type: set
                    parts:
                      type: array
                      x-kubernetes-list-type: map
                      x-kubernetes-list-map-keys: [id]
                      items:
                        type: object
                        required: [id]
                        properties:
                          id: {type: string}
                          n: {type: integer}
                          mode: {type: string, default: auto}
                    atom: {type: array, items: {type: string}}
                    tags: {type: object, additionalProperties: {type: string}}
                    free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                    port: {x-kubernetes-int-or-string: true}
                    note: {type: string, nullable: true}
                    when: {type: string, format: date-time}
                    big: {type: integer, format: int32}
                    flag: {type: boolean}
                    ratio: {type: number}
                    options:
                      type: object
                      default: {}
                      properties:
                        a: {type: string, default: x}
                        b: {type: object, properties: {c: {type: string, default: y}}}
                status:
                  type: object
                  properties:
                    replicas: {type: integer}
                    selector: {type: string}
                    phase: {type: string}
                    conditions:
                      type: array
                      x-kubernetes-list-type: map
                      x-kubernetes-list-map-keys: [type]
                      items:
                        type: object
                        required: [type]
                        properties: {type: {type: string}, status: {type: string}}
    """
