import Logging

/// What is logged of connections: whose they are and what became of them, never what anybody said, an address or a secret.
extension ShardCore {
    /// Logs something of a connection, with its tenant and its id in this process.
    func log(
        _ level: Logger.Level,
        _ message: @autoclosure () -> Logger.Message,
        of connection: Connection,
        _ metadata: @autoclosure () -> Logger.Metadata = [:]
    ) {
        guard level >= self.logger.logLevel else { return }
        var all: Logger.Metadata = [
            "tenant": "\(connection.scope.id)",
            "connection": "\(self.number)-\(connection.id.index)-\(connection.id.generation)",
        ]
        if let account = connection.login?.account { all["account"] = "\(account)" }
        all.merge(metadata()) { _, new in new }
        self.logger.log(level: level, message(), metadata: all)
    }
}
