import Foundation
import Logging
import Observability

/// What `roost worker --config FILE` reads: of an edge's keys those that the cell's work needs.
struct WorkerConfiguration: KeyedConfiguration {
    /// The live stores: the first, and further ones as `NAME=URL`.
    var redisURLs: [String] = []
    private(set) var furtherRedis: [(name: String, url: String)] = []
    var databaseURL = ""
    /// A folder with Tenant and Plan files.
    var tenants = ""
    /// Whether tenants come from the live store instead, where an operator projects them.
    var projection = false
    /// A file with the installation's secret, the edges' own.
    ///
    /// Keys that sign pushes are derived from it, and codes in mail. Who does neither needs none.
    var secretFile = ""
    var listenMetrics: String? = "[::]:9090"
    /// How the ledger's clock and the log call this process.
    var podName = ProcessInfo.processInfo.hostName
    /// Whom push services may turn to, and how they are reached, as for edges.
    var pushContact = ""
    var pushNetworks: [String] = []
    var pushAuthorities = ""
    /// By which server mail is sent, as for edges.
    var mailServer = ""
    var mailFrom = ""
    var mailUsername = ""
    var mailPasswordFile = ""
    var mailAuthorities = ""
    var mailTLS = ""
    /// Where archives are (``ArchivePlace``), without which nothing is archived; folders with the cell's keys and with what proves to the
    /// store who this is; certificates that prove the store.
    var archiveURL = ""
    var archiveKeys = ""
    var archiveCredentials = ""
    var archiveAuthorities = ""
    var logFormat = "text"
    var logLevel = "info"
    /// How long others wait for what this process has in hand, once nothing is heard of it.
    var leaseSeconds = 15

    static var keys: [ConfigurationKey<Self>] {
        [
            self.list("redis.url", \.redisURLs), self.text("database.url", \.databaseURL),
            self.text("tenants", \.tenants), self.flag("projection", \.projection),
            self.text("secretFile", \.secretFile), self.address("listen.metrics", \.listenMetrics),
            self.text("push.contact", \.pushContact), self.list("push.networks", \.pushNetworks),
            self.text("push.authorities", \.pushAuthorities),
            self.text("mail.server", \.mailServer), self.text("mail.from", \.mailFrom),
            self.text("mail.username", \.mailUsername), self.text("mail.passwordFile", \.mailPasswordFile),
            self.text("mail.authorities", \.mailAuthorities), self.text("mail.tls", \.mailTLS),
            self.text("archive.url", \.archiveURL), self.text("archive.keys", \.archiveKeys),
            self.text("archive.credentials", \.archiveCredentials),
            self.text("archive.authorities", \.archiveAuthorities),
            self.text("log.format", \.logFormat), self.text("log.level", \.logLevel),
            self.number("lease.seconds", 3...3_600, \.leaseSeconds), self.text("podName", \.podName),
        ]
    }

    /// Reads a file and the environment.
    ///
    /// - Throws: ``EdgeConfiguration/Problem`` with a line for each thing that is wrong.
    init(file: String?, environment: [String: String]) throws {
        var problems: [String] = []
        try self.read(file, environment, &problems)
        self.redisURLs.removeAll(where: \.isEmpty)
        self.furtherRedis = Self.furtherStores(self.redisURLs, &problems)
        if self.redisURLs.isEmpty { problems.append("redis.url: is missing: set it or ROOST_REDIS_URL") }
        if self.databaseURL.isEmpty { problems.append("database.url: is missing: set it or ROOST_DATABASE_URL") }
        if self.projection, !self.tenants.isEmpty {
            problems.append(
                "tenants: is set beside projection: remove one: with projection: true tenants come from the live store"
            )
        }
        if !self.projection, self.tenants.isEmpty {
            problems.append("tenants: is missing: name the folder with the tenants' files, or set projection to true")
        }
        if self.secretFile.isEmpty, !self.pushContact.isEmpty || !self.mailServer.isEmpty {
            problems.append(
                "secretFile: is missing: pushes and codes by mail need the edges' secret: name the file that it is in"
            )
        }
        if self.podName.isEmpty { problems.append("podName: is empty: write the pod's name, or remove it") }
        if Logger.Level(rawValue: self.logLevel) == nil {
            problems.append("log.level: is trace, debug, info, notice, warning, error or critical")
        }
        if LineLogHandler.Format(rawValue: self.logFormat) == nil { problems.append("log.format: is text or json") }
        guard problems.isEmpty else { throw EdgeConfiguration.Problem(description: problems.joined(separator: "\n")) }
    }
}
