import IRC
import Realm

/// RESUME TOKEN, which only the server sends: what a client shows as SASL `ROOST-RESUME` on its next connection to take its
/// place in the session again, for those who asked for `roost.chat/resume`.
enum ResumeCommand {
    /// How old a client's token gets before it is told another, in seconds.
    private static let renewal: UInt32 = 1800

    static func giveToken(to connection: Connection) {
        guard connection.capabilities.contains(.resume), connection.isRegistered else { return }
        connection.tokenGiven = connection.clients.realm.seconds
        connection.network.giveToken(to: connection) { token in
            guard let token, connection.isOpen else { return }
            connection.write(.news) {
                $0.message(source: connection.network.serverName, command: "RESUME", parameters: ["TOKEN", token.text])
            }
        }
    }

    /// Another token in time.
    static func renewToken(of connection: Connection) {
        guard let given = connection.tokenGiven else { return }
        if connection.clients.realm.seconds &- given >= Self.renewal { self.giveToken(to: connection) }
    }
}
