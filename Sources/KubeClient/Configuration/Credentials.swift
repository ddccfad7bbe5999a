// Tokens and certificates that are renewed under our feet, and programs that print them.

import NIOSSL
import Subprocess
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a request carries to say who sends it.
struct Credential: Sendable {
    var token: String?
    var certificate: (chain: [UInt8], key: [UInt8])?
    /// Tells those of one client apart.
    var number = 0

    static let none = Credential()
}

/// Gets credentials and keeps them for as long as they are good.
actor Credentials {
    /// How long what a file holds is used before it is read again; who renews it does so well before it ends.
    private static let fileLifetime: Duration = .seconds(60)
    /// How long a program may take.
    private static let execTimeout: Duration = .seconds(20)
    /// How much a program may print.
    private static let execOutput = 1 << 20

    private let configuration: KubeConfiguration
    private var cached: (credential: Credential, until: ContinuousClock.Instant?)?
    private var made = 0
    private var pending: Task<Result<(Credential, ContinuousClock.Instant?), KubeError>, Never>?

    init(_ configuration: KubeConfiguration) { self.configuration = configuration }

    /// The credential for a request now.
    func current() async throws(KubeError) -> Credential {
        if let cached, cached.until.map({ $0 > .now }) ?? true { return cached.credential }
        // Everybody who comes meanwhile waits for the same answer.
        if let pending { return try await pending.value.get().0 }
        self.made += 1
        let number = self.made
        let task = Task { [configuration] in await Self.get(configuration, number) }
        self.pending = task
        let result = await task.value
        self.pending = nil
        switch result {
        case .success(let (credential, until)):
            self.cached = (credential, until)
            return credential
        case .failure(let error):
            switch self.configuration.identity {
            case .tokenFile, .certificate:
                // The old one may still do: the files may be about to be replaced.
                if let cached { return cached.credential }
            default: break
            }
            throw error
        }
    }

    /// Forgets a credential that the server did not take, unless there is another by now.
    func refused(_ credential: Credential) {
        if self.cached?.credential.number == credential.number { self.cached = nil }
    }

    private static func get(
        _ configuration: KubeConfiguration,
        _ number: Int
    ) async -> Result<(Credential, ContinuousClock.Instant?), KubeError> {
        await Self.get(configuration).flatMap { credential, until in
            var credential = credential
            credential.number = number
            // What cannot stand in a header would be shown by the error about it.
            guard credential.token?.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) ?? true else {
                return .failure(.credential("the token holds characters that no token has"))
            }
            return .success((credential, until))
        }
    }

    private static func get(
        _ configuration: KubeConfiguration
    ) async -> Result<(Credential, ContinuousClock.Instant?), KubeError> {
        do throws(KubeError) {
            switch configuration.identity {
            case .anonymous: return .success((.none, nil))
            case .token(let token): return .success((Credential(token: token.withoutOuterSpace), nil))
            case .certificate(let chain, let key):
                let certificate = (chain: try chain.read(), key: try key.read())
                try Self.check(certificate)
                let isRenewed = chain.isFile || key.isFile
                return .success((Credential(certificate: certificate), isRenewed ? .now + Self.fileLifetime : nil))
            case .tokenFile(let path):
                let token = try TextFile.text(path)
                guard !token.isEmpty else { throw KubeError.credential("\(path) is empty") }
                return .success((Credential(token: token), .now + Self.fileLifetime))
            case .exec(let plugin): return .success(try await Self.run(plugin, for: configuration))
            }
        } catch { return .failure(error) }
    }

    /// Whether a certificate and its key can be used: of two files one may be new already and the other old still.
    private static func check(_ certificate: (chain: [UInt8], key: [UInt8])) throws(KubeError) {
        var tls = try KubeClient.tls(certificate)
        tls.certificateVerification = .none
        do { _ = try NIOSSLContext(configuration: tls) } catch {
            throw .credential("the client certificate and its key do not belong together")
        }
    }

    private static func run(
        _ plugin: ExecPlugin,
        for configuration: KubeConfiguration
    ) async throws(KubeError) -> (Credential, ContinuousClock.Instant?) {
        var variables = plugin.environment
        variables["KUBERNETES_EXEC_INFO"] = Self.request(plugin, configuration).text
        var environment: [Environment.Key: String] = [:]
        for (name, value) in variables {
            if let key = Environment.Key(rawValue: name) { environment[key] = value }
        }
        let executable: Executable =
            plugin.command.contains("/") ? .path(.init(plugin.command)) : .name(plugin.command)
        let output: String
        do {
            let inherited = Environment.inherit.updating(environment)
            output = try await KubeClient.within(Self.execTimeout) {
                let result = try await Subprocess.run(
                    executable,
                    arguments: Arguments(plugin.arguments),
                    environment: inherited,
                    output: .string(limit: Self.execOutput)
                )
                guard result.terminationStatus.isSuccess else {
                    throw KubeError.credential("`\(plugin.command)` failed: \(result.terminationStatus)")
                }
                return result.standardOutput
            }
        } catch let error as KubeError {
            throw error
        } catch {
            let hint = plugin.installHint.map { ": \($0)" } ?? ""
            throw .credential("`\(plugin.command)` cannot be run\(hint) (\(error))")
        }
        return try Self.read(output, of: plugin)
    }

    private static func request(_ plugin: ExecPlugin, _ configuration: KubeConfiguration) -> JSON {
        var cluster: JSON = .null
        if plugin.providesClusterInfo {
            cluster = [
                "server": .string(configuration.server),
                "certificate-authority-data": JSON(
                    configuration.authority.map { Data($0).base64EncodedString() }
                ),
                "insecure-skip-tls-verify": configuration.skipsVerification ? true : .null,
                "tls-server-name": JSON(configuration.serverName),
            ]
        }
        return [
            "apiVersion": .string(plugin.apiVersion), "kind": "ExecCredential",
            "spec": ["interactive": false, "cluster": cluster],
        ]
    }

    /// What the program printed, without ever showing it.
    private static func read(
        _ output: String,
        of plugin: ExecPlugin
    ) throws(KubeError) -> (Credential, ContinuousClock.Instant?) {
        guard let answer = try? JSON(parsing: Array(output.utf8)), answer["kind"].string == "ExecCredential",
            answer["apiVersion"].string == plugin.apiVersion
        else { throw .credential("`\(plugin.command)` printed no ExecCredential of \(plugin.apiVersion)") }
        let status = answer["status"]
        var credential = Credential(token: status["token"].string?.withoutOuterSpace)
        if let chain = status["clientCertificateData"].string, let key = status["clientKeyData"].string {
            credential.certificate = (Array(chain.utf8), Array(key.utf8))
        }
        guard credential.token != nil || credential.certificate != nil else {
            throw .credential("`\(plugin.command)` printed neither token nor client certificate")
        }
        let left = status["expirationTimestamp"].string.flatMap(KubeTime.parse).map { $0.timeIntervalSinceNow }
        // Some seconds early, so that it does not end on the way.
        return (credential, left.map { ContinuousClock.now + .seconds(max(0, $0 - 10)) })
    }
}
