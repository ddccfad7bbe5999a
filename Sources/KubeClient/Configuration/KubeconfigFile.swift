// kubeconfig files (kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig), as kubectl reads them.

import Yams

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads kubeconfig files.
enum KubeconfigFile {
    /// Reads files and lays them over one another: of two entries of the same name the first one holds.
    ///
    /// - Throws: ``KubeError/configuration(_:)`` that names file and entry.
    static func load(_ paths: [String]) throws(KubeError) -> KubeConfiguration {
        var merged = Merged()
        var missing: [String] = []
        for path in paths {
            guard FileManager.default.fileExists(atPath: path) else {
                missing.append(path)
                continue
            }
            merged.add(try Self.parse(path), folder: Self.folder(of: path))
        }
        guard missing.count < paths.count else {
            throw .configuration(
                "\(missing.joined(separator: ", ")): there is no such kubeconfig file: pass --kubeconfig FILE"
            )
        }
        return try merged.configuration(files: paths.joined(separator: ":"))
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private static func parse(_ path: String) throws(KubeError) -> JSON {
        guard let text = String(validating: try TextFile.read(path), as: UTF8.self) else {
            throw .configuration("\(path): is not UTF-8")
        }
        do {
            return try YAMLDecoder().decode(JSON.self, from: text)
        } catch { throw .configuration("\(path): is no kubeconfig: \(error)") }
    }
}

/// The entries of all files.
private struct Merged {
    private var contexts: [String: JSON] = [:]
    private var clusters: [String: (entry: JSON, folder: String)] = [:]
    private var users: [String: (entry: JSON, folder: String)] = [:]
    private var current: String?

    mutating func add(_ file: JSON, folder: String) {
        if self.current == nil, let name = file["current-context"].string, !name.isEmpty { self.current = name }
        for (name, entry) in Self.entries(file, "contexts", "context") where self.contexts[name] == nil {
            self.contexts[name] = entry
        }
        for (name, entry) in Self.entries(file, "clusters", "cluster") where self.clusters[name] == nil {
            self.clusters[name] = (entry, folder)
        }
        for (name, entry) in Self.entries(file, "users", "user") where self.users[name] == nil {
            self.users[name] = (entry, folder)
        }
    }

    private static func entries(_ file: JSON, _ list: String, _ field: String) -> [(String, JSON)] {
        (file[list].elements ?? []).compactMap { entry in entry["name"].string.map { ($0, entry[field]) } }
    }

    func configuration(files: String) throws(KubeError) -> KubeConfiguration {
        guard let current else { throw .configuration("\(files): no current-context: run kubectl config use-context") }
        guard let context = self.contexts[current] else {
            throw .configuration("\(files): there is no context `\(current)`")
        }
        guard let name = context["cluster"].string, let (cluster, folder) = self.clusters[name] else {
            throw .configuration("\(files): context `\(current)` names no cluster that there is")
        }
        guard let server = cluster["server"].string, server.hasPrefix("https://") || server.hasPrefix("http://") else {
            throw .configuration("\(files): cluster `\(name)`: server is no https:// or http:// URL")
        }
        if cluster["proxy-url"].string?.isEmpty == false {
            throw .configuration("\(files): cluster `\(name)`: proxy-url is not supported: reach the server directly")
        }
        let user = context["user"].string ?? ""
        let identity: KubeConfiguration.Identity
        if let (entry, folder) = self.users[user] {
            identity = try Self.identity(entry, name: user, folder: folder)
        } else if user.isEmpty {
            identity = .anonymous
        } else {
            throw .configuration("\(files): context `\(current)` names a user `\(user)` that there is not")
        }
        return KubeConfiguration(
            server: server,
            authority: try Self.pem(cluster, "certificate-authority", of: "cluster `\(name)`", folder: folder)?.read(),
            skipsVerification: Self.isTrue(cluster["insecure-skip-tls-verify"]),
            serverName: cluster["tls-server-name"].string,
            identity: identity,
            namespace: context["namespace"].string ?? "default"
        )
    }

    private static func identity(
        _ user: JSON,
        name: String,
        folder: String
    ) throws(KubeError) -> KubeConfiguration.Identity {
        let chain = try Self.pem(user, "client-certificate", of: "user `\(name)`", folder: folder)
        if let chain {
            guard let key = try Self.pem(user, "client-key", of: "user `\(name)`", folder: folder) else {
                throw .configuration("kubeconfig: user `\(name)`: client-certificate without client-key")
            }
            // What cannot be read is said at once, not at the first request.
            for part in [chain, key] { _ = try part.read() }
            return .certificate(chain: chain, key: key)
        }
        // As for kubectl, the file wins: it is the one that is renewed.
        if let file = user["tokenFile"].string, !file.isEmpty { return .tokenFile(Self.path(file, folder)) }
        if let token = user["token"].string, !token.isEmpty { return .token(token) }
        if user["exec"].fields != nil { return .exec(try Self.plugin(user["exec"], user: name, folder: folder)) }
        if user["auth-provider"].fields != nil || user["username"].string != nil {
            throw .configuration(
                "kubeconfig: user `\(name)`: auth-provider and passwords are gone from Kubernetes: use exec or a token"
            )
        }
        return .anonymous
    }

    private static func plugin(_ exec: JSON, user: String, folder: String) throws(KubeError) -> ExecPlugin {
        guard let command = exec["command"].string, !command.isEmpty else {
            throw .configuration("kubeconfig: user `\(user)`: exec names no command")
        }
        let version = exec["apiVersion"].string ?? ""
        guard ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"].contains(version) else {
            throw .configuration("kubeconfig: user `\(user)`: exec.apiVersion `\(version)` is not supported: use …/v1")
        }
        var environment: [String: String] = [:]
        for variable in exec["env"].elements ?? [] {
            if let name = variable["name"].string { environment[name] = variable["value"].string ?? "" }
        }
        return ExecPlugin(
            // A bare name is looked for on the path, as a shell does.
            command: command.contains("/") ? Self.path(command, folder) : command,
            arguments: (exec["args"].elements ?? []).compactMap(\.string),
            environment: environment,
            apiVersion: version,
            providesClusterInfo: Self.isTrue(exec["provideClusterInfo"]),
            installHint: exec["installHint"].string
        )
    }

    /// Plain scalars come as texts from YAML.
    private static func isTrue(_ value: JSON) -> Bool { value.bool ?? (value.string == "true") }

    /// What `NAME-data` holds in base64, else the file that `NAME` names.
    private static func pem(
        _ entry: JSON,
        _ name: String,
        of what: String,
        folder: String
    ) throws(KubeError) -> KubeConfiguration.PEM? {
        if let encoded = entry["\(name)-data"].string, !encoded.isEmpty {
            guard let data = Data(base64Encoded: encoded) else {
                throw .configuration("kubeconfig: \(what): \(name)-data is no base64")
            }
            return .bytes([UInt8](data))
        }
        guard let file = entry[name].string, !file.isEmpty else { return nil }
        return .file(Self.path(file, folder))
    }

    private static func path(_ path: String, _ folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
}
