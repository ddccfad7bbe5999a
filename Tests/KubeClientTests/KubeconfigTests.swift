import FoundationEssentials
import KubeClient
import Logging
import Testing

/// Where the server is and who we are: kubeconfig files, the pod's files, exec plugins.
struct KubeconfigTests {
    /// A folder with files that goes with the test.
    private func withFolder<Value>(
        _ files: [String: String],
        _ body: (String) async throws -> Value
    ) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kubeconfig-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)")) }
        return try await body(folder)
    }

    private static let plain = """
        apiVersion: v1
        kind: Config
        current-context: here
        contexts:
        - {name: here, context: {cluster: one, user: me, namespace: chat}}
        - {name: there, context: {cluster: two, user: me}}
        clusters:
        - {name: one, cluster: {server: "https://one.example:6443/", insecure-skip-tls-verify: true}}
        - {name: two, cluster: {server: "https://two.example:6443", certificate-authority: ca.crt}}
        users:
        - {name: me, user: {token: secret}}
        """

    @Test func `the current context says which cluster and which user`() async throws {
        try await self.withFolder(["config": Self.plain]) { folder in
            let found = try KubeConfiguration.find(file: "\(folder)/config", environment: [:])
            #expect(found.server == "https://one.example:6443")
            #expect(found.namespace == "chat")
            #expect(found.skipsVerification)
            guard case .token("secret") = found.identity else {
                Issue.record("no token")
                return
            }
        }
    }

    @Test func `of several files the first entry of a name holds, and paths are relative to their file`() async throws {
        let first = """
            current-context: there
            users:
            - {name: me, user: {tokenFile: token}}
            """
        try await self.withFolder(["first": first, "second": Self.plain, "ca.crt": "PEM", "token": "t"]) { folder in
            let variable = "\(folder)/first:\(folder)/missing:\(folder)/second"
            let found = try KubeConfiguration.find(file: nil, environment: ["KUBECONFIG": variable])
            #expect(found.server == "https://two.example:6443")
            #expect(found.authority == Array("PEM".utf8))
            guard case .tokenFile(let path) = found.identity else {
                Issue.record("no token file")
                return
            }
            #expect(path == "\(folder)/token")
        }
    }

    @Test(
        arguments: [
            ("current-context: nowhere", "there is no context `nowhere`"),
            ("{}", "no current-context"),
            ("[", "is no kubeconfig"),
            (
                "{current-context: a, contexts: [{name: a, context: {cluster: c}}]}", "names no cluster"
            ),
            (
                "{current-context: a, contexts: [{name: a, context: {cluster: c}}], "
                    + "clusters: [{name: c, cluster: {server: one.example}}]}",
                "server is no https:// or http:// URL"
            ),
            (
                "{current-context: a, contexts: [{name: a, context: {cluster: c, user: u}}], "
                    + "clusters: [{name: c, cluster: {server: \"https://x\"}}], "
                    + "users: [{name: u, user: {auth-provider: {name: gcp}}}]}",
                "use exec or a token"
            ),
            (
                "{current-context: a, contexts: [{name: a, context: {cluster: c}}], "
                    + "clusters: [{name: c, cluster: {server: \"https://x\", certificate-authority-data: \"%\"}}]}",
                "certificate-authority-data is no base64"
            ),
        ]
    )
    func `what cannot be used is said plainly`(text: String, expected: String) async throws {
        try await self.withFolder(["config": text]) { folder in
            let error = try #require(throws: KubeError.self) {
                try KubeConfiguration.find(file: "\(folder)/config", environment: [:])
            }
            #expect(error.description.contains(expected), "\(error)")
        }
    }

    @Test func `a file that is missing is named`() throws {
        let error = try #require(throws: KubeError.self) {
            try KubeConfiguration.find(file: "/nowhere/config", environment: [:])
        }
        #expect(error.description.contains("/nowhere/config"))
    }

    @Test func `a pod finds its service account`() async throws {
        try await self.withFolder(["ca.crt": "PEM", "token": "abc\n", "namespace": "roost"]) { folder in
            let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
            let found = try KubeConfiguration.inCluster(environment: environment, folder: folder)
            #expect(found.server == "https://[fd00::1]:443")
            #expect(found.namespace == "roost")
        }
    }
}
