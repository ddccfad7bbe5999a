import Crypto
package import Logging
import Synchronization
import Tenant

/// Gateways that bring clients from the web and say who they are (ircv3.net/specs/extensions/webirc).
package final class WebGateways: Sendable {
    /// Where they are.
    package let networks: TrustedNetworks
    private let file: String?
    private let logger: Logger?
    /// The password's code under a key that only this process has; nil as long as there is no password, when nobody is believed.
    ///
    /// What is compared with it says nothing by how long it takes.
    private let code: Mutex<[UInt8]?>
    private let key = SymmetricKey(size: .bits256)

    /// There are none.
    package static let none = WebGateways(networks: .none, password: nil)

    /// Believes who comes from some networks and knows a password.
    package convenience init(networks: TrustedNetworks, password: String) {
        self.init(networks: networks, password: .some(password))
    }

    /// Believes who comes from some networks and knows the password that a file holds.
    ///
    /// - Parameters:
    ///   - networks: Where they are.
    ///   - passwordFile: The path of a file with one word. As long as it holds none, or is not there, nobody is believed.
    ///   - logger: Told when the file holds no password, and when it holds another.
    package convenience init(networks: TrustedNetworks, passwordFile: String, logger: Logger) {
        self.init(networks: networks, password: nil, file: passwordFile, logger: logger)
        self.reload()
    }

    private init(networks: TrustedNetworks, password: String?, file: String? = nil, logger: Logger? = nil) {
        self.networks = networks
        self.file = file
        self.logger = logger
        self.code = Mutex(nil)
        self.use(password)
    }

    /// Whether a client's address is one of a gateway.
    package func contains(_ address: String) -> Bool { IPAddress(address).map(self.networks.contains) ?? false }

    /// Whether it is the gateways' password.
    package func accepts(_ password: String) -> Bool {
        guard let code = self.code.withLock({ $0 }) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: Array(password.utf8), using: self.key)
    }

    /// Reads the file again whenever it changes, until the task is cancelled.
    ///
    /// - Throws: ``WatchError`` if the kernel refuses to watch.
    package func run() async throws {
        guard let file = self.file else { return }
        let watcher = try FileWatcher(paths: [file])
        // What changed between the reading and the watch.
        self.reload()
        for await _ in watcher.changes { self.reload() }
    }

    private func reload() {
        guard let file = self.file else { return }
        let text = SecretFile.read(file) ?? ""
        let words = text.split(whereSeparator: \.isWhitespace)
        let password = words.count == 1 ? String(words[0]) : nil
        let isNew = self.use(password)
        if password == nil {
            let reason = words.isEmpty ? "it is not there, empty, or cannot be read" : "it holds more than one word"
            self.logger?.warning(
                "webirc: no gateway is believed: its file has no password",
                metadata: ["file": "\(file)", "reason": "\(reason)"]
            )
        } else if isNew {
            self.logger?.info("webirc: gateways are believed by the password in a file", metadata: ["file": "\(file)"])
        }
    }

    /// - Returns: whether it is another than before.
    @discardableResult private func use(_ password: String?) -> Bool {
        let code = password.map { Array(HMAC<SHA256>.authenticationCode(for: Array($0.utf8), using: self.key)) }
        return self.code.withLock { old in
            defer { old = code }
            return old != code
        }
    }
}
