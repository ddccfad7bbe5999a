import ArgumentParser
import CoreMetrics
import Edge
import Foundation
import KubeClient
import Logging
import NIOCore
import NIOPosix
import Observability
import Operator
import ServiceLifecycle
import UnixSignals

/// `roost-operator run`: works until it is told to stop.
struct OperatorRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Reconcile until told to stop. Options win over the environment."
    )

    @Option(help: "A kubeconfig file; else KUBECONFIG, the pod's service account, ~/.kube/config.")
    var kubeconfig: String?
    @Option(help: "Where edges live and the lease is; else ROOST_NAMESPACE, the configuration's namespace.")
    var namespace: String?
    @Option(help: "Where /metrics, /livez and /readyz are, or off; else ROOST_METRICS, [::]:9090.")
    var metrics: String?
    @Flag(help: "Lead without asking: for a single operator.")
    var noLeaderElection = false

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let format = LineLogHandler.Format(rawValue: environment["ROOST_LOG_FORMAT"] ?? "text") ?? .text
        let level = Logger.Level(rawValue: environment["ROOST_LOG_LEVEL"] ?? "info") ?? .info
        LoggingSystem.bootstrap { LineLogHandler(label: $0, format: format, level: level) }
        let logger = Logger(label: "roost-operator")
        let counts = OperatorMetrics()
        MetricsSystem.bootstrap(MetricsBackend(counts.registry))
        let (client, settings, address) = try self.prepare(environment, counts, logger, format)
        do {
            // Whether there is a server at all, and our kinds, is said at the start and plainly.
            guard try await client.serves(.tenants) else {
                await client.shutdown()
                throw Self.failure(
                    CommandFailure.unavailable,
                    "the cluster does not have Roost's kinds: install the CRDs",
                    format
                )
            }
        } catch let error as KubeError {
            await client.shutdown()
            throw Self.failure(CommandFailure.unavailable, "\(error)", format)
        }
        let service = OperatorService(
            client: client,
            settings: settings,
            connector: ServerConnector(group: MultiThreadedEventLoopGroup.singleton, logger: logger),
            metrics: counts,
            logger: logger
        )
        let readiness = Readiness(["synced"])
        var listener: (any Channel)?
        if let address {
            let operations = OperationsListener(metrics: counts.registry, readiness: readiness, logger: logger)
            do {
                listener = try await operations.bind(to: address)
            } catch {
                await client.shutdown()
                throw Self.failure(CommandFailure.unavailable, "--metrics: cannot listen there: \(error)", format)
            }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [Running(service: service, readiness: readiness)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
        )
        let result: Result<Void, any Error>
        do { result = .success(try await group.run()) } catch { result = .failure(error) }
        try? await listener?.close()
        await client.shutdown()
        try result.get()
    }

    private func prepare(
        _ environment: [String: String],
        _ counts: OperatorMetrics,
        _ logger: Logger,
        _ format: LineLogHandler.Format
    ) throws -> (KubeClient, OperatorSettings, SocketAddress?) {
        do {
            let configuration = try KubeConfiguration.find(file: self.kubeconfig, environment: environment)
            var settings = OperatorSettings(
                namespace: self.namespace ?? environment["ROOST_NAMESPACE"] ?? configuration.namespace,
                image: environment["ROOST_IMAGE"] ?? "ghcr.io/example/roost:\(Product.version)",
                identity: "\(environment["ROOST_POD_NAME"] ?? "roost-operator")_\(UUID().uuidString.lowercased())",
                electsLeader: !self.noLeaderElection
            )
            let namespaces = (environment["ROOST_TENANT_NAMESPACES"] ?? "").split { ", ".contains($0) }.map(String.init)
            settings.tenantNamespaces = Set(namespaces).sorted()
            if let text = environment["ROOST_CERT_ISSUER"], !text.isEmpty {
                guard let issuer = OperatorSettings.Issuer(text) else {
                    throw KubeError.configuration(
                        "ROOST_CERT_ISSUER: `\(text)` is none: write ClusterIssuer/NAME or Issuer/NAME"
                    )
                }
                settings.issuer = issuer
            }
            let address = try ListenAddress.parse(
                self.metrics ?? environment["ROOST_METRICS"] ?? "[::]:9090",
                option: "--metrics"
            )
            let client = try KubeClient(
                configuration,
                userAgent: "roost-operator/\(Product.version)",
                logger: logger,
                observer: { verb, resource, code in counts.requested(verb, resource, code) }
            )
            return (client, settings, address)
        } catch { throw Self.failure(CommandFailure.configuration, "\(error)", format) }
    }

    private static func failure(_ code: Int32, _ message: String, _ format: LineLogHandler.Format) -> ExitCode {
        CommandFailure.exit(code, message, as: format, by: "roost-operator")
    }
}

/// The operator as a service; its readiness follows it.
private struct Running: Service {
    let service: OperatorService
    let readiness: Readiness

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.service.run() }
                group.addTask {
                    await self.service.synced()
                    self.readiness.met("synced")
                    // Until the other one ends.
                    try? await gracefulShutdown()
                }
                _ = try await group.next()
                group.cancelAll()
            }
        }
        self.readiness.failed("synced", "stopping")
    }
}
