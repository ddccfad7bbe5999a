import Chat
import IRC
import Realm
import StateStore
import Tenant

/// WEBPUSH (draft/webpush, soju.im/webpush): devices to which is pushed what an account would want to know at once.
enum PushCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "WEBPUSH",
            parameters: 1,
            cost: 3,
            of: [.webPush, .webPushOfSoju],
            help: [
                "WEBPUSH REGISTER <endpoint> <keys> | UNREGISTER <endpoint> | VAPIDPUBKEY",
                "Has what you would want to know at once be pushed to a device of yours.",
            ]
        ) { Self.run($0, $1) }
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        let (network, subcommand) = (call.network, call[0].uppercased())
        switch (subcommand, call.count) {
        case ("REGISTER", 3):
            guard let endpoint = PushEndpoint(call[1]) else {
                let text: Phrase = "An endpoint is an https URL with a host's name, without a user or a fragment"
                return self.fail(call, "INVALID_PARAMS", text)
            }
            guard let keys = PushKeys(call[2]) else {
                return self.fail(call, "INVALID_PARAMS", "Keys are p256dh, a point on P-256, and auth, 16 bytes")
            }
            let capabilities = call.connection.capabilities.intersection(.tagged).sortedNames
            let device = PushRegistration(endpoint: endpoint, keys: keys, capabilities: capabilities)
            network.register(device, by: actor, self.answer(call, subcommand))
        case ("UNREGISTER", 2):
            network.unregister(call[1], by: actor, self.answer(call, subcommand))
        case ("VAPIDPUBKEY", 1):
            guard let key = network.pushKey else { return self.fail(call, "FORBIDDEN", Self.notHere) }
            self.tell(call, subcommand, key)
        default:
            let text: Phrase = "WEBPUSH takes REGISTER with endpoint and keys, UNREGISTER with endpoint, or VAPIDPUBKEY"
            self.fail(call, "INVALID_PARAMS", text)
        }
    }

    private static let notHere: Phrase = "Nothing is pushed on this network"

    private static func answer(_ call: Call, _ subcommand: String) -> (Result<Void, Refusal>) -> Void {
        call.awaitingAny { result in
            guard case .failure(let refusal) = result else { return self.tell(call, subcommand, call[1]) }
            switch refusal.reason {
            case .accountNeeded: self.fail(call, "FORBIDDEN", "Log in first: devices belong to accounts")
            case .noHistory: self.fail(call, "FORBIDDEN", Self.notHere)
            case .tooManyDevices: self.fail(call, "MAX_REGISTRATIONS", refusal.text ?? "You have too many devices")
            default: self.fail(call, "INTERNAL_ERROR", refusal.text ?? "Try again later")
            }
        }
    }

    private static func tell(_ call: Call, _ subcommand: String, _ word: String) {
        call.send { $0.message(source: call.server, command: "WEBPUSH", parameters: [subcommand, word]) }
    }

    /// With subcommand and endpoint, as far as there are any that are words.
    private static func fail(_ call: Call, _ code: String, _ text: Phrase) {
        let words = call.parameters.prefix(2).map { word in
            let isWord = !word.isEmpty && !word.hasPrefix(":") && !word.contains(" ")
            return isWord ? String(word.prefix(PushEndpoint.maximumBytes)) : "*"
        }
        call.connection.standardReply(.fail, command: call.row.name, code: code, context: Array(words), text)
    }
}
