import ArgumentParser
import Crypto
import Edge
import Foundation
import Logging
import NIOCore
import NIOPosix
import NameLookup
import Observability
import StateStore
import Tenant

/// `roost dev`: one process with everything in it, serving the tenants of a folder.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev",
        abstract: "Serve the tenants of a folder, all in one process."
    )

    @Option(help: "The folder with Tenant, Plan and Secret files.") var tenants = "k8s/examples"
    @Option(help: "The folder for accounts, history, usage and certificates.") var data = "./roost-data"
    @Flag(help: "Keep everything in memory.") var ephemeral = false
    @Option(
        help: ArgumentHelp(
            "Where acknowledged messages are until the history has them: disk or memory.",
            discussion: "On the disk nothing acknowledged is lost when the process is killed or the power is cut. "
                + "Default: disk, and memory with --ephemeral."
        )
    )
    var durability: Durability?
    @Option(help: "Event loops, each with its own shard.") var shards = 1
    @Option(help: "Address for IRC without TLS, or off.") var irc = "127.0.0.1:6667"
    @Option(help: "Address for IRC over TLS, or off.") var ircs = "127.0.0.1:6697"
    @Option(help: "Address for HTTP with the WebSocket at /irc, or off.") var http = "127.0.0.1:8080"
    @Option(help: "Address for the same over TLS, or off.") var https = "127.0.0.1:8443"
    @Option(help: "Address for /metrics, /livez and /readyz, or off.") var metrics = "127.0.0.1:9090"
    @Option(help: "The tenant that plain connections belong to; else the first by name.") var plainTenant: String?
    @Option(help: "Whom push services may turn to, a mailto: or https: URL; without it nothing is pushed to devices.")
    var pushContact = ""
    @Option(help: "A network that pushes may go to although it is private, such as 127.0.0.0/8.")
    var pushNetworks: [String] = []
    @Option(help: "A network in which issuers of tokens may be although it is private, such as 127.0.0.0/8.")
    var oauthNetworks: [String] = []
    @Option(help: "Certificates in PEM that prove issuers of tokens, beside the system's.") var oauthAuthorities = ""
    @Option(help: "Certificates in PEM that prove push services, beside the system's.") var pushAuthorities = ""
    @Option(
        help: "A name server that is asked for lists of addresses, such as 127.0.0.1:5353; else those of the system."
    )
    var dnsServers: [String] = []
    @Option(help: "The server that mail is sent by, smtp://HOST:587 or smtps://HOST:465; without it none is sent.")
    var mailServer = ""
    @Option(help: "The address that mail comes from.") var mailFrom = ""
    @Option(help: "Who this process is to the mail server.") var mailUsername = ""
    @Option(help: "A file with the password for the mail server.") var mailPasswordFile = ""
    @Option(help: "Certificates in PEM that prove the mail server.") var mailAuthorities = ""
    @Option(help: "Required, or None for a mail server in the same network. Default: Required.") var mailTLS = ""
    @Option(
        help: ArgumentHelp(
            "Where archives go: folder:PATH, s3://BUCKET/PREFIX?region=…&endpoint=…&style=path, gs://BUCKET/PREFIX, or off.",
            discussion: "Default: the folder archive beside the other data, and off with --ephemeral."
        )
    )
    var archive: String?
    @Option(
        help:
            "The folder with the keys of archives. Default: archive-keys beside the other data, made if it is missing."
    )
    var archiveKeys: String?
    @Option(help: "text or json.") var logFormat = LineLogHandler.Format.text
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel = "notice"
    @Flag(inversion: .prefixedNo, help: "Slow down clients that send too fast.") var floodControl = true

    func validate() throws {
        guard (1...1024).contains(self.shards) else { throw ValidationError("--shards: write 1 to 1024") }
        guard self.ephemeral || !self.data.isEmpty else {
            throw ValidationError("--data: write the path of a folder, or keep nothing with --ephemeral")
        }
        guard !self.ephemeral || self.durability != .disk else {
            throw ValidationError("--durability disk: there is no disk with --ephemeral, which keeps nothing")
        }
    }

    func run() async throws {
        guard let level = Logger.Level(rawValue: self.logLevel) else {
            throw ValidationError(
                "--log-level: `\(self.logLevel)` is none of trace, debug, info, notice, warning, error, critical"
            )
        }
        let format = self.logFormat
        LoggingSystem.bootstrap { LineLogHandler(label: $0, format: format, level: level) }
        let logger = Logger(label: "roost")
        var addresses = EdgeRunner.Addresses()
        do {
            addresses.irc = try ListenAddress.parse(self.irc, option: "--irc")
            addresses.ircs = try ListenAddress.parse(self.ircs, option: "--ircs")
            addresses.http = try ListenAddress.parse(self.http, option: "--http")
            addresses.https = try ListenAddress.parse(self.https, option: "--https")
            addresses.metrics = try ListenAddress.parse(self.metrics, option: "--metrics")
        } catch { throw ValidationError("\(error)") }
        guard FileManager.default.fileExists(atPath: self.tenants) else {
            throw ValidationError("--tenants: there is no folder \(self.tenants)")
        }
        let push = try CommandFailure.configuration {
            try PushSettings(
                contact: self.pushContact,
                networks: self.pushNetworks,
                authorities: self.pushAuthorities,
                named: "--push-"
            )
        }
        let nameServers = try CommandFailure.configuration {
            try NameServers.read(self.dnsServers, named: "--dns-servers")
        }
        let issuers = try CommandFailure.configuration {
            try IssuerSettings(
                networks: self.oauthNetworks,
                authorities: self.oauthAuthorities,
                named: "--oauth-"
            )
        }
        let mail = try CommandFailure.configuration {
            try MailSettings(
                server: self.mailServer,
                from: self.mailFrom,
                username: self.mailUsername,
                passwordFile: self.mailPasswordFile,
                authorities: self.mailAuthorities,
                tls: self.mailTLS,
                named: "--mail-"
            )
        }
        let watcher = try FolderWatcher(folder: self.tenants)
        try self.checkPlainTenant(in: watcher.initial.catalog)
        // Before anything in it is looked at; held to the end.
        let folder = self.ephemeral ? nil : try Self.take(self.data)
        defer { withExtendedLifetime(folder) {} }
        let durable = try DurableStore.open(
            self.ephemeral ? "sqlite::memory:" : "sqlite:\(self.data)/roost.sqlite",
            logger: logger
        )
        _ = try await durable.migrator.up(now: WallClock.system())
        try folder?.sync()
        let durability = self.durability ?? (self.ephemeral ? .memory : .disk)
        if durability == .memory, !self.ephemeral { Self.warnOfMessages(in: "\(self.data)/journal", logger) }
        let metrics = EdgeRunner.Metrics()
        var configuration = InProcessLiveStore.Configuration()
        // Who reads nothing has nothing kept for it.
        if push != nil { configuration.consumers = FeedConsumer.withPush }
        let live =
            self.ephemeral
            ? InProcessLiveStore(configuration: configuration)
            : try Self.openLiveStore(durability, self.data, configuration, metrics, logger)
        var limits = ConnectionLimits()
        if !self.floodControl { limits.floodBurst = 0 }
        let data = self.data
        let secret =
            self.ephemeral
            ? SymmetricKey(size: .bits256)
            : try CommandFailure.configuration { try InstallationSecret.loadOrMake("\(data)/secret") }
        let archive = try CommandFailure.configuration { try self.archivePlace() }
        let authority =
            self.ephemeral
            ? try DevelopmentAuthority.ephemeral() : try DevelopmentAuthority(folder: self.data)
        let runner = EdgeRunner(
            live: live,
            durable: durable,
            tenants: .folder(watcher),
            group: MultiThreadedEventLoopGroup(numberOfThreads: self.shards),
            addresses: addresses,
            // One that the system chooses is not known yet.
            tlsPort: addresses.ircs?.port.flatMap { $0 == 0 ? nil : $0 },
            push: push,
            webPort: addresses.https?.port ?? 443,
            nameServers: nameServers,
            issuers: issuers,
            mail: mail,
            archive: try await OpenArchives.open(archive, as: format, logger: logger),
            readsArchive: true,
            certificates: try CertificateStore(authority: authority, logger: logger),
            trustedProxies: .none,
            expectsProxyProtocolForHTTP: false,
            nameless: self.plainTenant.map { .belong(to: $0) } ?? .firstByName,
            limits: limits,
            secret: secret,
            drain: DrainPace(period: .zero),
            life: .alone(after: live.lastSeen),
            pod: ("dev", 1),
            metrics: metrics,
            logger: logger,
            announce: { [plainTenant, ephemeral, tenants] catalog, bound in
                let authority = ephemeral ? nil : "\(data)/dev-ca.pem"
                if catalog.tenants.isEmpty {
                    let text = "No file in \(tenants) describes a tenant yet: write one, it is served a second later.\n"
                    FileHandle.standardOutput.write(Data(text.utf8))
                }
                Self.announce(catalog, bound, plainTenant: plainTenant, authority: authority, durability: durability)
            }
        )
        do { try await runner.run() } catch let error as CannotListen {
            throw CommandFailure.exit(CommandFailure.unavailable, "--\(error)", as: format)
        }
    }

    /// Where archives go; nil if nowhere.
    private func archivePlace() throws -> ArchivePlace? {
        let url = self.archive ?? (self.ephemeral ? "off" : DevelopmentArchive.url(self.data))
        guard url != "off" else { return nil }
        guard self.archiveKeys != nil || !self.ephemeral else {
            throw EdgeConfiguration.Problem(
                description: "--archive-keys: is missing: nothing else is kept with --ephemeral"
            )
        }
        if self.archiveKeys == nil { try DevelopmentArchive.makeKeys(self.data) }
        return try ArchivePlace(
            url: url,
            keys: self.archiveKeys ?? DevelopmentArchive.keys(self.data),
            named: "--archive-"
        )
    }

    /// A name that nobody has would lead every plain connection nowhere.
    private func checkPlainTenant(in catalog: TenantCatalog) throws {
        guard let plainTenant, TenantID(plainTenant).flatMap({ catalog.tenants[$0] }) == nil else { return }
        let names = catalog.sorted.map(\.id.text).joined(separator: ", ")
        throw CommandFailure.exit(
            CommandFailure.configuration,
            "--plain-tenant: no file in \(self.tenants) describes a tenant `\(plainTenant)`"
                + (names.isEmpty ? ", or any" : "; there are \(names)"),
            as: self.logFormat
        )
    }

    /// Takes the data's folder for this process.
    private static func take(_ path: String) throws -> DataFolder {
        do throws(DataFolder.Problem) { return try DataFolder(path: path) } catch {
            throw CommandFailure.exit(CommandFailure.unavailable, error.description)
        }
    }

    private static func openLiveStore(
        _ durability: Durability,
        _ data: String,
        _ configuration: InProcessLiveStore.Configuration,
        _ metrics: EdgeRunner.Metrics,
        _ logger: Logger
    ) throws -> InProcessLiveStore {
        do {
            let journal: (any JournalFolder)? = durability == .disk ? try SystemFolder(path: "\(data)/journal") : nil
            return try InProcessLiveStore.open(
                journal,
                images: ImagePlace(SystemFolder(path: "\(data)/live")),
                configuration: configuration,
                writeTimes: metrics.latencies.append,
                logger: logger
            )
        } catch {
            throw CommandFailure.exit(CommandFailure.unavailable, "\(error)")
        }
    }

    /// Warns of what a run with its journal on the disk left there, which this one does not read.
    private static func warnOfMessages(in folder: String, _ logger: Logger) {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        do { try InProcessLiveStore.warnOfMessages(in: SystemFolder(path: folder), logger: logger) } catch {
            logger.warning(
                "the journal on the disk may have messages that are not in the history, and cannot be looked at",
                metadata: ["reason": "\(error)"]
            )
        }
    }

    /// Says for each tenant how to connect, in lines to paste.
    private static func announce(
        _ catalog: TenantCatalog,
        _ bound: EdgeRunner.Addresses,
        plainTenant: String?,
        authority: String?,
        durability: Durability
    ) {
        var lines: [String] = []
        for tenant in catalog.sorted {
            lines.append("\(tenant.displayName) (\(tenant.id)):")
            if let port = bound.ircs?.port {
                lines.append(
                    "  IRC with TLS     openssl s_client -quiet -servername \(tenant.serverName) -connect 127.0.0.1:\(port)"
                )
            }
            if let address = bound.irc, tenant.id.text == plainTenant ?? catalog.sorted.first?.id.text {
                lines.append("  IRC without TLS  irssi -c 127.0.0.1 -p \(address.port ?? 0)")
            }
            if let port = bound.http?.port, tenant.features.contains(.webSocket) {
                lines.append("  WebSocket        ws://\(tenant.serverName):\(port)/irc")
            }
            if let port = bound.https?.port, tenant.features.contains(.webSocket) {
                lines.append("  and with TLS     wss://\(tenant.serverName):\(port)/irc")
            }
        }
        if bound.ircs != nil || bound.https != nil, let authority {
            lines.append("Certificates are signed by \(authority).")
        }
        lines.append(durability.promise)
        lines.append("ready")
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}

extension LineLogHandler.Format: ExpressibleByArgument {}
