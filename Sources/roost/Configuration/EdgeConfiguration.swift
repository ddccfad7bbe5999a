import Foundation
import Logging
import Observability
import Yams

/// What `roost edge --config FILE` reads: YAML, in which every key may also come from the environment.
///
/// `redis.url` is `ROOST_REDIS_URL`, `trustedProxies` is `ROOST_TRUSTED_PROXIES`; the environment wins. Unknown keys
/// are errors, as are values that do not fit; all are told at once.
struct EdgeConfiguration {
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
    var logFormat = "text"
    var logLevel = "info"
    var drainSeconds = 30
    /// How long a drain takes at most, however many edges are drained together; less than the above is the above.
    var longestDrainSeconds = 0
    var leaseSeconds = 15
    var floodControl = true

    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private struct Key {
        let name: String
        /// What to write, where it is not plain.
        var advice = ""
        let set: (inout EdgeConfiguration, [String]) -> Bool

        var variable: String {
            "ROOST_"
                + self.name.map { $0 == "." ? "_" : $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
        }
    }

    private static func text(_ name: String, _ path: WritableKeyPath<EdgeConfiguration, String>) -> Key {
        Key(name: name) { configuration, values in
            configuration[keyPath: path] = values.first ?? ""
            return values.count == 1
        }
    }

    private static func address(_ name: String, _ path: WritableKeyPath<EdgeConfiguration, String?>) -> Key {
        Key(name: name) { configuration, values in
            guard let value = values.first, values.count == 1 else { return false }
            configuration[keyPath: path] = value == "off" || value.isEmpty ? nil : value
            return true
        }
    }

    private static func number(
        _ name: String,
        _ bounds: ClosedRange<Int>,
        _ path: WritableKeyPath<EdgeConfiguration, Int>
    ) -> Key {
        let advice = ": write a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        return Key(name: name, advice: advice) { configuration, values in
            guard let value = values.first.flatMap({ Int($0) }), bounds.contains(value), values.count == 1
            else { return false }
            configuration[keyPath: path] = value
            return true
        }
    }

    private static func flag(_ name: String, _ path: WritableKeyPath<EdgeConfiguration, Bool>) -> Key {
        Key(name: name) { configuration, values in
            guard let value = values.first, let flag = Bool(value), values.count == 1 else { return false }
            configuration[keyPath: path] = flag
            return true
        }
    }

    private static func list(_ name: String, _ path: WritableKeyPath<EdgeConfiguration, [String]>) -> Key {
        Key(name: name) { configuration, values in
            configuration[keyPath: path] = values
            return true
        }
    }

    private static var keys: [Key] {
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
            self.text("log.format", \.logFormat), self.text("log.level", \.logLevel),
            self.number("drain.seconds", 0...86_400, \.drainSeconds),
            self.number("drain.longest", 0...86_400, \.longestDrainSeconds),
            self.number("lease.seconds", 3...3_600, \.leaseSeconds),
            self.flag("floodControl", \.floodControl), self.flag("http.proxyProtocol", \.httpProxyProtocol),
            self.text("podName", \.podName),
            self.number("capacity.connections", 1...10_000_000, \.capacityConnections),
        ]
    }

    /// Reads a file and the environment.
    ///
    /// - Throws: ``Problem`` with a line for each thing that is wrong.
    init(file: String?, environment: [String: String]) throws {
        var problems: [String] = []
        if let file {
            guard let yaml = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw Problem(description: "\(file): cannot be read: check that it exists and is UTF-8")
            }
            do {
                try self.read(yaml, from: file, &problems)
            } catch let error as YamlError {
                throw Problem(description: "\(file): is not YAML: \(error)")
            }
        }
        for key in Self.keys {
            guard let value = environment[key.variable] else { continue }
            let values = value.split(separator: " ").map(String.init)
            if !key.set(&self, values.isEmpty ? [""] : values) {
                problems.append(
                    "\(key.variable): `\(key.name.hasSuffix("url") ? "…" : value)` does not fit \(key.name)\(key.advice)"
                )
            }
        }
        self.redisURLs.removeAll(where: \.isEmpty)
        self.readStores(&problems)
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
        if self.podName.isEmpty { problems.append("podName: is empty: write the pod's name, or remove it") }
        if Logger.Level(rawValue: self.logLevel) == nil {
            problems.append("log.level: is trace, debug, info, notice, warning, error or critical")
        }
        if LineLogHandler.Format(rawValue: self.logFormat) == nil { problems.append("log.format: is text or json") }
        guard problems.isEmpty else { throw Problem(description: problems.joined(separator: "\n")) }
    }

    /// Takes the further live stores apart.
    private mutating func readStores(_ problems: inout [String]) {
        self.furtherRedis = self.redisURLs.dropFirst().map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            // A URL that has no name before it may have that sign anywhere.
            return parts.count == 2 && !parts[0].contains("://") ? (parts[0], parts[1]) : ("", text)
        }
        let names = self.furtherRedis.map(\.name)
        if names.contains("") || Set(names).count != names.count {
            problems.append("redis.url: all but the first are NAME=URL, each with another name")
        }
    }

    private mutating func read(_ yaml: String, from file: String, _ problems: inout [String]) throws {
        guard let root = try Yams.compose(yaml: yaml) else { return }
        guard root.mapping != nil else { throw Problem(description: "\(file):1: must be a mapping of keys") }
        for (path, node) in Self.leaves(of: root, path: "") {
            let place = "\(file):\(node.mark?.line ?? 1): \(path):"
            guard let key = Self.keys.first(where: { $0.name == path }) else {
                problems.append(
                    "\(place) there is no such key; the keys are \(Self.keys.map(\.name).joined(separator: ", "))"
                )
                continue
            }
            let values = node.sequence.map { $0.compactMap { $0.scalar?.string } } ?? [node.scalar?.string ?? ""]
            if !key.set(&self, values) { problems.append("\(place) the value does not fit\(key.advice)") }
        }
    }

    private static func leaves(of node: Node, path: String) -> [(String, Node)] {
        guard let mapping = node.mapping else { return [(path, node)] }
        return mapping.flatMap { key, value in
            self.leaves(of: value, path: (path.isEmpty ? "" : path + ".") + (key.string ?? "?"))
        }
    }
}
