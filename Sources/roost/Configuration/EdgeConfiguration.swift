import Foundation
import Logging
import Observability

/// What `roost edge --config FILE` reads: YAML, in which every key may also come from the environment.
///
/// `redis.url` is `ROOST_REDIS_URL`, `trustedProxies` is `ROOST_TRUSTED_PROXIES`; the environment wins. Unknown keys
/// are errors, as are values that do not fit; all are told at once.
struct EdgeConfiguration: KeyedConfiguration {
    /// The live stores: the first, which has what all tenants share, and further ones as `NAME=URL`.
    var redisURLs: [String] = []
    private(set) var furtherRedis: [(name: String, url: String)] = []
    var databaseURL = ""
    /// A folder with Tenant and Plan files, as for `roost dev`.
    var tenants = ""
    /// Whether tenants and certificates come from the live store instead, where an operator projects them.
    var projection = false
    /// A file with the key that the operator seals certificates with: 32 bytes, or their hexadecimal or base64 digits.
    var sealingKeyFile = ""
    /// How figures and the ledger call this process, also when it begins anew: no two at a time may have one name.
    var podName = ProcessInfo.processInfo.hostName
    /// How many connections this process is meant for: a figure for the operator, nothing is refused because of it.
    var capacityConnections = 20_000
    /// A file with the installation's secret, at least 32 bytes: cloaks are derived from it, so that they are the same
    /// on every edge.
    var secretFile = ""
    var shards = 1
    var listenIRC: String?
    var listenIRCS: String? = "[::]:6697"
    /// The port at which clients reach IRC over TLS from outside, whatever this process listens at.
    var publicTLSPort = 6_697
    /// The port at which browsers reach tenants by HTTPS from outside, likewise.
    var publicWebPort = 443
    var listenHTTP: String? = "[::]:8080"
    var listenHTTPS: String?
    var listenMetrics: String? = "[::]:9090"
    var plainTenant: String?
    /// Pairs of files: `certificate.pem,key.pem`.
    var certificates: [String] = []
    /// Networks whose PROXY headers and X-Forwarded-For are believed.
    var trustedProxies: [String] = []
    /// Whether those networks begin HTTP connections with a PROXY header, as they always do those of IRC.
    var httpProxyProtocol = false
    /// Networks of gateways that may say for whom they speak (WEBIRC), and the file with their password.
    var webircNetworks: [String] = []
    var webircPasswordFile = ""
    /// Whom push services may turn to, without which nothing is pushed; networks of push services of one's own, and a file with
    /// the certificates that prove those.
    var pushContact = ""
    var pushNetworks: [String] = []
    var pushAuthorities = ""
    /// Which name servers are asked for lists of addresses; none for the system's.
    var nameServers: [String] = []
    /// Networks of issuers of tokens of one's own, and a file with the certificates that prove those.
    var oauthNetworks: [String] = []
    var oauthAuthorities = ""
    /// By which server mail is sent, without which none is; whom it comes from, who this process is to the server, and whether and by
    /// which certificates the server proves who it is.
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
    /// Whether clients read on in archives where the history ends.
    var archiveReadByClients = false
    var logFormat = "text"
    var logLevel = "info"
    var drainSeconds = 30
    /// How long a drain takes at most, however many edges are drained together; less than the above is the above.
    var longestDrainSeconds = 0
    var leaseSeconds = 15
    var floodControl = true
    /// Who does the cell's work: `Edge`, which is every edge beside its clients, or `Worker`.
    var work = CellWork.Doer.edge.rawValue

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    static var keys: [ConfigurationKey<Self>] {
        [
            self.list("redis.url", \.redisURLs), self.text("database.url", \.databaseURL),
            self.text("tenants", \.tenants), self.flag("projection", \.projection),
            self.text("sealingKeyFile", \.sealingKeyFile), self.text("secretFile", \.secretFile),
            self.number("shards", 1...1024, \.shards),
            self.address("listen.irc", \.listenIRC), self.address("listen.ircs", \.listenIRCS),
            self.number("listen.stsPort", 1...65_535, \.publicTLSPort),
            self.number("listen.webPort", 1...65_535, \.publicWebPort),
            self.address("listen.http", \.listenHTTP), self.address("listen.https", \.listenHTTPS),
            self.address("listen.metrics", \.listenMetrics), self.address("plainTenant", \.plainTenant),
            self.list("certificates", \.certificates), self.list("trustedProxies", \.trustedProxies),
            self.list("webirc.networks", \.webircNetworks), self.text("webirc.passwordFile", \.webircPasswordFile),
            self.text("push.contact", \.pushContact), self.list("push.networks", \.pushNetworks),
            self.text("push.authorities", \.pushAuthorities),
            self.list("dns.servers", \.nameServers),
            self.list("oauth.networks", \.oauthNetworks), self.text("oauth.authorities", \.oauthAuthorities),
            self.text("mail.server", \.mailServer), self.text("mail.from", \.mailFrom),
            self.text("mail.username", \.mailUsername), self.text("mail.passwordFile", \.mailPasswordFile),
            self.text("mail.authorities", \.mailAuthorities), self.text("mail.tls", \.mailTLS),
            self.text("archive.url", \.archiveURL), self.text("archive.keys", \.archiveKeys),
            self.text("archive.credentials", \.archiveCredentials),
            self.text("archive.authorities", \.archiveAuthorities),
            self.flag("archive.readByClients", \.archiveReadByClients),
            self.text("log.format", \.logFormat), self.text("log.level", \.logLevel),
            self.number("drain.seconds", 0...86_400, \.drainSeconds),
            self.number("drain.longest", 0...86_400, \.longestDrainSeconds),
            self.number("lease.seconds", 3...3_600, \.leaseSeconds),
            self.flag("floodControl", \.floodControl), self.flag("http.proxyProtocol", \.httpProxyProtocol),
            self.text("podName", \.podName),
            self.text("work", \.work),
            self.number("capacity.connections", 1...10_000_000, \.capacityConnections),
        ]
    }

    /// Reads a file and the environment.
    ///
    /// - Throws: ``Problem`` with a line for each thing that is wrong.
    init(file: String?, environment: [String: String]) throws {
        var problems: [String] = []
        try self.read(file, environment, &problems)
        self.redisURLs.removeAll(where: \.isEmpty)
        self.furtherRedis = Self.furtherStores(self.redisURLs, &problems)
        if self.redisURLs.isEmpty { problems.append("redis.url: is missing: set it or ROOST_REDIS_URL") }
        if self.databaseURL.isEmpty { problems.append("database.url: is missing: set it or ROOST_DATABASE_URL") }
        if self.projection {
            if !self.tenants.isEmpty {
                problems.append(
                    "tenants: is set beside projection: remove one: with projection: true tenants come from the live store"
                )
            }
            if self.sealingKeyFile.isEmpty {
                problems.append(
                    "sealingKeyFile: is missing: name the file with the key that certificates are sealed with"
                )
            }
        } else {
            if self.tenants.isEmpty {
                problems.append(
                    "tenants: is missing: name the folder with the tenants' files, or set projection to true"
                )
            }
            if !self.sealingKeyFile.isEmpty {
                problems.append("sealingKeyFile: is only used with projection: true: set that, or remove it")
            }
        }
        if self.secretFile.isEmpty {
            problems.append("secretFile: is missing: name a file with at least 32 random bytes, the same for all edges")
        }
        if self.webircNetworks.isEmpty != self.webircPasswordFile.isEmpty {
            problems.append("webirc: networks and passwordFile go together: set both, or neither")
        }
        if CellWork.Doer(rawValue: self.work) == nil { problems.append("work: is Edge or Worker") }
        if self.podName.isEmpty { problems.append("podName: is empty: write the pod's name, or remove it") }
        if Logger.Level(rawValue: self.logLevel) == nil {
            problems.append("log.level: is trace, debug, info, notice, warning, error or critical")
        }
        if LineLogHandler.Format(rawValue: self.logFormat) == nil { problems.append("log.format: is text or json") }
        guard problems.isEmpty else { throw Problem(description: problems.joined(separator: "\n")) }
    }
}
