import Chat
import IRC
import Logging
import Tenant

/// WEBIRC (ircv3.net/specs/extensions/webirc): a gateway says for whom it speaks, before anything else is said.
enum GatewayCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "WEBIRC",
            parameters: 4,
            secret: true,
            help: [
                "WEBIRC <password> <gateway> <host> <address> [<options>]",
                "By which a gateway says for whom it speaks, before anything else.",
            ],
            .registering { Self.run($0) }
        )
    ]

    private static func run(_ call: Call) {
        let connection = call.connection
        let gateways = connection.clients.environment.gateways
        guard gateways.contains(connection.address) else {
            return Self.refuse(call, "WEBIRC is for gateways of this network")
        }
        guard gateways.accepts(call[0]) else { return Self.refuse(call, "Invalid WEBIRC password") }
        guard connection.registration.isUntouched else { return Self.refuse(call, "WEBIRC comes first") }
        guard let address = IPAddress(call[3]) else { return Self.refuse(call, "WEBIRC needs the client's address") }
        // Names of options alone say all that is of use here; values may come with any.
        let words = call.parameters.dropFirst(4).joined(separator: " ").split(separator: " ")
        let options = words.map { word in String(word.prefix { $0 != "=" }) }
        connection.speaks(for: address.description, isSecure: options.contains("secure"))
    }

    private static func refuse(_ call: Call, _ reason: Phrase) {
        call.connection.log(.notice, "gateway refused", ["reason": "\(reason.english)"])
        call.connection.close(reason, .answer)
    }
}
