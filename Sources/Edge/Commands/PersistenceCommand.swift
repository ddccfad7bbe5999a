import Chat
import IRC
import Realm

/// PERSISTENCE (draft/persistence): whether the session of an account stays without a client.
enum PersistenceCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "PERSISTENCE",
            parameters: 1,
            of: .persistence,
            help: ["PERSISTENCE GET | SET ON|OFF|DEFAULT", "Whether you stay on the network while no client is there."]
        ) { Self.run($0, $1) }
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        switch (call[0].uppercased(), call[1].uppercased()) {
        case ("GET", _):
            do throws(Refusal) {
                self.tell(try call.network.persistence(of: actor), to: call.connection, .answer)
            } catch { call.refuse(error) }
        case ("SET", "ON"): self.set(true, call, actor)
        case ("SET", "OFF"): self.set(false, call, actor)
        case ("SET", "DEFAULT"): self.set(nil, call, actor)
        default: call.fail("INVALID_PARAMS", text: "PERSISTENCE takes GET, or SET with ON, OFF or DEFAULT")
        }
    }

    private static func set(_ isAlwaysOn: Bool?, _ call: Call, _ actor: Actor) {
        call.network.setPersistence(
            isAlwaysOn,
            by: actor,
            call.awaiting { self.tell($0, to: call.connection, .answer) }
        )
    }

    /// What was asked for, and what holds.
    static func tell(_ persistence: Persistence, to connection: Connection, _ told: Told) {
        let asked = persistence.asked.map { $0 ? "ON" : "OFF" } ?? "DEFAULT"
        connection.write(told) {
            $0.message(
                source: connection.network.serverName,
                command: "PERSISTENCE",
                parameters: ["STATUS", asked, persistence.isAlwaysOn ? "ON" : "OFF"]
            )
        }
    }

    /// On registration, for those who know it.
    static func tellAtFirst(_ connection: Connection, _ session: Session) {
        guard connection.capabilities.contains(.persistence), session.user.account != nil else { return }
        let actor = Actor(session, through: connection)
        if let persistence = try? connection.network.persistence(of: actor) {
            self.tell(persistence, to: connection, .answer)
        }
    }
}
