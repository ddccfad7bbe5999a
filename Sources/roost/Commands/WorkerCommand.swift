import ArgumentParser
import CoreMetrics
import Crypto
import Edge
import Foundation
import Logging
import NIOCore
import NIOPosix
import Observability
import StateStore
import Tenant
import WebPush

/// `roost worker`: one of any number of processes that do a cell's work, so that its edges need not.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Do what a cell wants done beside its clients: history, pushes, mail, what is too old."
    )

    @Option(help: "YAML; every key may also come from the environment as ROOST_….") var config: String?

    /// What is known before the stores are there.
    private struct Parts {
        let durable: DurableStore
        let push: PushServices?
        let mail: MailServices?
        let archive: ArchivePlace?
        let tenants: WorkerRunner.TenantSource
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        var format = environment["ROOST_LOG_FORMAT"].flatMap(LineLogHandler.Format.init) ?? .text
        let configuration: WorkerConfiguration
        let address: SocketAddress?
        do {
            configuration = try WorkerConfiguration(file: self.config, environment: environment)
            address = try configuration.listenMetrics.flatMap {
                try ListenAddress.parse($0, option: "listen.metrics")
            }
        } catch { throw CommandFailure.exit(CommandFailure.configuration, "\(error)", as: format) }
        format = LineLogHandler.Format(rawValue: configuration.logFormat) ?? .text
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        LoggingSystem.bootstrap { [format] in LineLogHandler(label: $0, format: format, level: level) }
        let logger = Logger(label: "roost")
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(MetricsBackend(registry))
        let parts = try CommandFailure.configuration(as: format) { try self.parts(configuration, logger) }
        do {
            let operations = try await EdgeRunner.Operations(
                at: address,
                registry,
                waitingFor: WorkerRunner.conditions,
                logger: logger
            )
            // Told to end before there was anything to work with.
            try await self.runner(configuration, parts, registry, operations, logger, format)?.run()
        } catch let error as CannotListen {
            throw CommandFailure.exit(CommandFailure.unavailable, "listen.\(error)", as: format)
        }
    }

    private func parts(_ configuration: WorkerConfiguration, _ logger: Logger) throws -> Parts {
        let push = try PushSettings(
            contact: configuration.pushContact,
            networks: configuration.pushNetworks,
            authorities: configuration.pushAuthorities,
            named: "push."
        )
        let mail = try MailSettings(
            server: configuration.mailServer,
            from: configuration.mailFrom,
            username: configuration.mailUsername,
            passwordFile: configuration.mailPasswordFile,
            authorities: configuration.mailAuthorities,
            tls: configuration.mailTLS,
            named: "mail."
        )
        // Read only where something is derived from it.
        let secret = push == nil && mail == nil ? nil : try InstallationSecret.load(configuration.secretFile)
        let durable = try DurableStore.open(configuration.databaseURL, logger: logger)
        return Parts(
            durable: durable,
            push: try secret.flatMap { secret in
                try push.map {
                    try PushServices($0, keys: VapidKeys(from: secret), durable: durable, logger: logger)
                }
            },
            mail: secret.flatMap { secret in mail.map { MailServices($0, secret: secret) } },
            archive: try ArchivePlace(
                url: configuration.archiveURL,
                keys: configuration.archiveKeys,
                credentials: configuration.archiveCredentials,
                authorities: configuration.archiveAuthorities,
                named: "archive."
            ),
            tenants: configuration.projection
                ? .projection : .folder(try FolderWatcher(folder: configuration.tenants))
        )
    }

    private func runner(
        _ configuration: WorkerConfiguration,
        _ parts: Parts,
        _ registry: MetricsRegistry,
        _ operations: EdgeRunner.Operations,
        _ logger: Logger,
        _ format: LineLogHandler.Format
    ) async throws -> WorkerRunner? {
        // A loop for each feed, as far as there are cores.
        let loops = min(configuration.redisURLs.count, System.coreCount)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        var redis = RedisConfiguration()
        // Who reads nothing has nothing kept for it.
        if parts.push != nil { redis.consumers = FeedConsumer.withPush }
        guard
            let live = try await StoresAtStart.open(
                parts.durable,
                configuration.redisURLs[0],
                redis,
                on: group,
                operations.readiness,
                logger: logger,
                format
            )
        else {
            await parts.durable.close()
            try await group.shutdownGracefully()
            return nil
        }
        let places = configuration.furtherRedis.map { [redis] name, url in
            FurtherStores.Place(name: name) {
                try await RedisLiveStore.connect(url: url, group: group, logger: logger, configuration: redis)
            }
        }
        let term = Duration.seconds(configuration.leaseSeconds)
        return WorkerRunner(
            live: live,
            further: places.isEmpty
                ? nil : FurtherStores(places, term: term, clock: ContinuousClock(), logger: logger),
            durable: parts.durable,
            tenants: parts.tenants,
            group: group,
            push: parts.push,
            mail: parts.mail,
            archive: try await OpenArchives.open(parts.archive, as: format, logger: logger),
            term: term,
            pod: configuration.podName,
            registry: registry,
            operations: operations,
            logger: logger,
            announce: {
                switch format {
                case .text: FileHandle.standardOutput.write(Data("ready\n".utf8))
                case .json: logger.notice("ready")
                }
            }
        )
    }
}
