import ArgumentParser
import Edge
import Foundation
import Logging
import NIOCore
import NIOPosix
import NameLookup
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
        // Told to end before there was anything to serve with.
        do { try await runner?.run() } catch let error as CannotListen {
            throw CommandFailure.exit(CommandFailure.unavailable, "listen.\(error)", as: format)
        }
    }

    private func runner(
        _ configuration: EdgeConfiguration,
        _ addresses: EdgeRunner.Addresses,
        _ metrics: EdgeRunner.Metrics,
        _ logger: Logger,
        _ format: LineLogHandler.Format
    ) async throws -> EdgeRunner? {
        let certificates: CertificateStore
        let proxies: TrustedNetworks
        let gateways: WebGateways
        let push: PushSettings?
        let issuers: IssuerSettings
        let mail: MailSettings?
        let archive: ArchivePlace?
        let nameServers: NameServers?
        let durable: DurableStore
        let tenants: EdgeRunner.TenantSource
        do {
            certificates = try CertificateStore(files: Self.certificates(configuration.certificates), logger: logger)
            proxies = try TrustedNetworks(configuration.trustedProxies)
            gateways =
                configuration.webircNetworks.isEmpty
                ? .none
                : WebGateways(
                    networks: try TrustedNetworks(configuration.webircNetworks),
                    passwordFile: configuration.webircPasswordFile,
                    logger: logger
                )
            push = try PushSettings(
                contact: configuration.pushContact,
                networks: configuration.pushNetworks,
                authorities: configuration.pushAuthorities,
                named: "push."
            )
            nameServers = try NameServers.read(configuration.nameServers, named: "dns.servers")
            issuers = try IssuerSettings(
                networks: configuration.oauthNetworks,
                authorities: configuration.oauthAuthorities,
                named: "oauth."
            )
            mail = try MailSettings(
                server: configuration.mailServer,
                from: configuration.mailFrom,
                username: configuration.mailUsername,
                passwordFile: configuration.mailPasswordFile,
                authorities: configuration.mailAuthorities,
                tls: configuration.mailTLS,
                named: "mail."
            )
            archive = try ArchivePlace(
                url: configuration.archiveURL,
                keys: configuration.archiveKeys,
                credentials: configuration.archiveCredentials,
                authorities: configuration.archiveAuthorities,
                named: "archive."
            )
            if archive == nil, configuration.archiveReadByClients {
                throw EdgeConfiguration.Problem(
                    description: "archive.readByClients: there is no archive: name it in archive.url, or leave this out"
                )
            }
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
        let redis = Self.redis(configuration, metrics)
        let operations = try await EdgeRunner.Operations(at: addresses.metrics, metrics.registry, logger: logger)
        guard
            let live = try await StoresAtStart.open(
                durable,
                configuration.redisURLs[0],
                redis,
                on: group,
                operations.readiness,
                logger: logger,
                format
            )
        else {
            await durable.close()
            try await group.shutdownGracefully()
            return nil
        }
        let places = configuration.furtherRedis.map { name, url in
            FurtherStores.Place(name: name) {
                try await RedisLiveStore.connect(url: url, group: group, logger: logger, configuration: redis)
            }
        }
        let term = Duration.seconds(configuration.leaseSeconds)
        var limits = ConnectionLimits()
        if !configuration.floodControl { limits.floodBurst = 0 }
        return EdgeRunner(
            live: live,
            further: places.isEmpty
                ? nil
                : FurtherStores(places, term: term, clock: ContinuousClock(), logger: logger),
            durable: durable,
            tenants: tenants,
            group: group,
            addresses: addresses,
            tlsPort: configuration.publicTLSPort,
            gateways: gateways,
            push: push,
            webPort: configuration.publicWebPort,
            nameServers: nameServers,
            issuers: issuers,
            mail: mail,
            archive: configuration.work == CellWork.Doer.edge.rawValue || configuration.archiveReadByClients
                ? try await OpenArchives.open(archive, as: format, logger: logger) : nil,
            readsArchive: configuration.archiveReadByClients,
            worker: CellWork.Doer(rawValue: configuration.work) ?? .edge,
            certificates: certificates,
            trustedProxies: proxies,
            expectsProxyProtocolForHTTP: configuration.httpProxyProtocol,
            nameless: configuration.plainTenant.map { .belong(to: $0) } ?? .refused,
            limits: limits,
            secret: secret,
            drain: DrainPace(
                period: .seconds(configuration.drainSeconds),
                longest: .seconds(configuration.longestDrainSeconds)
            ),
            life: .lease(term),
            pod: (configuration.podName, configuration.capacityConnections),
            metrics: metrics,
            operations: operations,
            logger: logger,
            announce: { _, _ in
                switch format {
                case .text: FileHandle.standardOutput.write(Data("ready\n".utf8))
                case .json: logger.notice("ready")
                }
            }
        )
    }

    private static func redis(_ configuration: EdgeConfiguration, _ metrics: EdgeRunner.Metrics) -> RedisConfiguration {
        var redis = RedisConfiguration()
        redis.appendTimes = metrics.latencies.append
        // Who reads nothing has nothing kept for it.
        if !configuration.pushContact.isEmpty { redis.consumers = FeedConsumer.withPush }
        return redis
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
