import ArgumentParser
import Crypto
import Edge
import Foundation
import Glibc
import Logging
import Metering
import NIOCore
import NIOPosix
import StateStore
import Tenant

/// `roost dev`: one process with everything in it, serving the tenants of a folder.
struct DevCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dev", abstract: "Serve the tenants of a folder, all in one process."
    )

    @Option(help: "The folder with Tenant, Plan and Secret files.") var tenants = "k8s/examples"
    @Option(help: "The folder for accounts, history, usage and certificates.") var data = "./roost-data"
    @Flag(help: "Keep everything in memory.") var ephemeral = false
    @Option(help: "Event loops, each with its own shard.") var shards = 1
    @Option(help: "Address for IRC without TLS, or `off`.") var irc = "127.0.0.1:6667"
    @Option(help: "The tenant that plain connections belong to; else the first by name.") var plainTenant: String?
    @Flag(inversion: .prefixedNo, help: "Slow down clients that send too fast.") var floodControl = true

    func run() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let logger = Logger(label: "roost")
        let watcher = try FolderWatcher(folder: self.tenants)
        let durable = try DurableStore.open(ephemeral ? "sqlite::memory:" : "sqlite:\(data)/roost.sqlite", logger: logger)
        _ = try await durable.migrator.up(now: InProcessLiveStore.systemTime())
        let live = InProcessLiveStore()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: self.shards)
        var limits = ConnectionLimits()
        if !self.floodControl { limits.floodBurst = 0 }
        let server = await EdgeServer.start(
            on: group, catalog: watcher.initial.catalog, live: live, durable: durable, limits: limits,
            secret: SymmetricKey(size: .bits256), usage: NoUsage(), logger: logger, rehash: { watcher.reload() }
        )
        let parts = self.irc.split(separator: ":")
        let listener = PlainListener(directory: server.directory, tenantName: self.plainTenant, shards: server.shards)
        let channel = try await listener.bind(to: try SocketAddress(ipAddress: String(parts[0]), port: Int(parts[1]) ?? 6667))
        let history = HistoryWriter(live: live, history: durable.history, logger: logger)
        Task { try? await history.run() }
        FileHandle.standardOutput.write(Data("ready\n".utf8))
        for await update in watcher.updates { await server.apply(update) }
        try await channel.closeFuture.get()
    }
}

struct NoUsage: UsageSink {
    func report(_ delta: UsageDelta, of tenant: TenantID, shard: Int, at now: Int64) {}
}
