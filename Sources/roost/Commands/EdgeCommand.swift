import ArgumentParser
import Edge
import Foundation
import Logging
import NIOCore
import NIOPosix
import Observability
import StateStore
import Tenant

/// `roost edge`: one of any number of edges over a Redis and a PostgreSQL.
struct EdgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edge",
        abstract: "Serve clients over a Redis and a PostgreSQL that several edges share."
    )

    @Option(help: "YAML; every key may also come from the environment as ROOST_….") var config: String?

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var format = environment["ROOST_LOG_FORMAT"].flatMap(LineLogHandler.Format.init) ?? .text
        let configuration: EdgeConfiguration
        var addresses = EdgeRunner.Addresses()
        do {
            configuration = try EdgeConfiguration(file: self.config, environment: environment)
            func address(_ text: String?, _ key: String) throws -> SocketAddress? {
                try text.flatMap { try ListenAddress.parse($0, option: key) }
            }
            addresses.irc = try address(configuration.listenIRC, "listen.irc")
            addresses.ircs = try address(configuration.listenIRCS, "listen.ircs")
            addresses.http = try address(configuration.listenHTTP, "listen.http")
            addresses.https = try address(configuration.listenHTTPS, "listen.https")
            addresses.metrics = try address(configuration.listenMetrics, "listen.metrics")
        } catch { throw CommandFailure.exit(CommandFailure.configuration, "\(error)", as: format) }
        format = LineLogHandler.Format(rawValue: configuration.logFormat) ?? .text
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        LoggingSystem.bootstrap { [format] in LineLogHandler(label: $0, format: format, level: level) }
        let logger = Logger(label: "roost")
        let runner = try await self.runner(configuration, addresses, EdgeRunner.Metrics(), logger, format)
        try await runner.run()
    }

    private func runner(
        _ configuration: EdgeConfiguration,
        _ addresses: EdgeRunner.Addresses,
        _ metrics: EdgeRunner.Metrics,
        _ logger: Logger,
        _ format: LineLogHandler.Format
    ) async throws -> EdgeRunner {
        let certificates: CertificateStore
        let proxies: TrustedNetworks
        let durable: DurableStore
        let tenants: EdgeRunner.TenantSource
        do {
            certificates = try CertificateStore(files: Self.certificates(configuration.certificates), logger: logger)
            proxies = try TrustedNetworks(configuration.trustedProxies)
            durable = try DurableStore.open(configuration.databaseURL, logger: logger)
            tenants =
                configuration.projection
                ? .projection(
                    try CertificateSeal(file: configuration.sealingKeyFile) { logger.warning("sealingKeyFile: \($0)") }
                )
                : .folder(try FolderWatcher(folder: configuration.tenants))
        } catch { throw CommandFailure.exit(CommandFailure.configuration, "\(error)", as: format) }
        let secret = try CommandFailure.configuration(as: format) {
            try InstallationSecret.load(configuration.secretFile)
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.shards)
        let live: any LiveStore
        do {
            try await durable.migrator.requireCurrent()
            var redis = RedisConfiguration()
            redis.appendTimes = metrics.latencies.append
            live = try await RedisLiveStore.connect(
                url: configuration.redisURL,
                group: group,
                logger: logger,
                configuration: redis
            )
        } catch { throw CommandFailure.exit(CommandFailure.unavailable, "\(error)", as: format) }
        var limits = ConnectionLimits()
        if !configuration.floodControl { limits.floodBurst = 0 }
        return EdgeRunner(
            live: live,
            durable: durable,
            tenants: tenants,
            group: group,
            addresses: addresses,
            certificates: certificates,
            trustedProxies: proxies,
            expectsProxyProtocolForHTTP: configuration.httpProxyProtocol,
            plainTenant: configuration.plainTenant,
            limits: limits,
            secret: secret,
            drain: .seconds(configuration.drainSeconds),
            life: .lease(.seconds(configuration.leaseSeconds)),
            pod: (configuration.podName, configuration.capacityConnections),
            metrics: metrics,
            logger: logger,
            announce: { _, _ in
                switch format {
                case .text: FileHandle.standardOutput.write(Data("ready\n".utf8))
                case .json: logger.notice("ready")
                }
            }
        )
    }

    /// - Throws: ``EdgeConfiguration/Problem`` for what is not a pair of files.
    private static func certificates(_ texts: [String]) throws -> [CertificateFiles] {
        try texts.map { text in
            let parts = text.split(separator: ",").map(String.init)
            guard parts.count == 2 else {
                throw EdgeConfiguration.Problem(description: "certificates: `\(text)` is not CERTIFICATE.pem,KEY.pem")
            }
            return CertificateFiles(certificate: parts[0], key: parts[1])
        }
    }
}
