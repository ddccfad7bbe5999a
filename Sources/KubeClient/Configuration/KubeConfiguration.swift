// Which API server, and who we are to it.

/// How to reach an API server.
package struct KubeConfiguration: Sendable {
    /// Who we are to the server.
    package enum Identity: Sendable {
        /// Nobody in particular.
        case anonymous
        /// A bearer token.
        case token(String)
        /// A file with a bearer token, which is renewed under our feet.
        case tokenFile(String)
        /// A client certificate and its key.
        case certificate(chain: PEM, key: PEM)
        /// A program that says (client.authentication.k8s.io).
        case exec(ExecPlugin)
    }

    /// Something in PEM form, or the file that holds it, which is renewed under our feet.
    package enum PEM: Sendable, Hashable {
        case bytes([UInt8])
        case file(String)

        func read() throws(KubeError) -> [UInt8] {
            switch self {
            case .bytes(let bytes): bytes
            case .file(let path): try TextFile.read(path)
            }
        }

        var isFile: Bool { if case .file = self { true } else { false } }
    }

    /// The server's URL without a slash at its end.
    package var server: String
    /// The certificates that the server's must come from, PEM; `nil` means those of the system.
    package var authority: [UInt8]?
    /// Whether any certificate will do: for experiments only.
    package var skipsVerification: Bool
    /// The name that the server's certificate is checked for, if not the URL's.
    package var serverName: String?
    package var identity: Identity
    /// The namespace that goes without saying.
    package var namespace: String

    package init(
        server: String,
        authority: [UInt8]? = nil,
        skipsVerification: Bool = false,
        serverName: String? = nil,
        identity: Identity = .anonymous,
        namespace: String = "default"
    ) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.authority = authority
        self.skipsVerification = skipsVerification
        self.serverName = serverName
        self.identity = identity
        self.namespace = namespace
    }

    /// Finds the configuration as kubectl would: the named file, else those of `KUBECONFIG`, else the pod's service account,
    /// else `~/.kube/config`.
    ///
    /// - Throws: ``KubeError/configuration(_:)``, which says what to do.
    package static func find(file: String?, environment: [String: String]) throws(KubeError) -> KubeConfiguration {
        if let file { return try KubeconfigFile.load([file]) }
        if let paths = environment["KUBECONFIG"], !paths.isEmpty {
            return try KubeconfigFile.load(paths.split(separator: ":").map(String.init))
        }
        if environment["KUBERNETES_SERVICE_HOST"] != nil { return try Self.inCluster(environment: environment) }
        guard let home = environment["HOME"] else {
            throw .configuration("no API server is named: pass --kubeconfig FILE, or set KUBECONFIG")
        }
        return try KubeconfigFile.load(["\(home)/.kube/config"])
    }

    /// The configuration that the kubelet gives a pod, in the folder where the service account's files are mounted.
    package static func inCluster(
        environment: [String: String],
        folder: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws(KubeError) -> KubeConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"],
            let port = environment["KUBERNETES_SERVICE_PORT"]
        else { throw .configuration("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set") }
        let authority = try TextFile.read("\(folder)/ca.crt")
        let namespace = (try? TextFile.text("\(folder)/namespace")) ?? "default"
        _ = try TextFile.text("\(folder)/token")
        return KubeConfiguration(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            authority: authority,
            identity: .tokenFile("\(folder)/token"),
            namespace: namespace.isEmpty ? "default" : namespace
        )
    }
}

/// A program that prints credentials, as kubeconfig files name it.
package struct ExecPlugin: Sendable, Hashable {
    package var command: String
    package var arguments: [String]
    package var environment: [String: String]
    /// `client.authentication.k8s.io/v1` or `v1beta1`.
    package var apiVersion: String
    /// Whether it is told of the cluster.
    package var providesClusterInfo: Bool
    /// What to tell who lacks the program.
    package var installHint: String?

    package init(
        command: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        apiVersion: String = "client.authentication.k8s.io/v1",
        providesClusterInfo: Bool = false,
        installHint: String? = nil
    ) {
        self.command = command
        self.arguments = arguments
        self.environment = environment
        self.apiVersion = apiVersion
        self.providesClusterInfo = providesClusterInfo
        self.installHint = installHint
    }
}
