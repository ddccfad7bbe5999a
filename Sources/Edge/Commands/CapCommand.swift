import Chat
import IRC
import NIOCore
import Numbers
import Realm
import Tenant

/// CAP (IRCv3 capability negotiation).
enum CapCommand {
    static func run(_ call: Call) {
        let connection = call.connection
        switch call[0].uppercased() {
        case "LS":
            if connection.session == nil { connection.registration.negotiationBegan() }
            let isCurrent = (Int(saturating: call[1]) ?? 301) >= 302
            if isCurrent {
                connection.understandsCapVersion302 = true
                connection.set(connection.capabilities.union(.capNotify))
            }
            let values = self.values(for: connection)
            var words = self.offered(to: connection).words(values: isCurrent ? values : nil)
            // Without its value it would say nothing.
            if isCurrent, let word = connection.transportWord(on: call.network.tenant) { words.append(word) }
            self.list(call, "LS", words)
        case "LIST": self.list(call, "LIST", connection.capabilities.words(values: nil))
        case "REQ":
            if connection.session == nil { connection.registration.negotiationBegan() }
            self.request(call)
        case "END":
            guard connection.session == nil else { return }
            AuthenticateCommand.abandon(call)
            Registration.follow(connection.registration.negotiationEnded(), call)
        default: call.reply(.errInvalidCapCmd, call[0].asWord)
        }
    }

    /// What there is to know of capabilities, by name.
    private static func values(for connection: Connection) -> [String: String] {
        let network = connection.network
        return [
            "sasl": self.mechanisms(on: network.tenant, to: connection),
            Capabilities.multilineBatch: MultilineBatch.Limits().value,
            ChatMessage.relayTag: String(RelayedName.separator),
            "draft/metadata-2": MetadataCommand.capabilityValue,
            "draft/metadata-3": MetadataCommand.capabilityValue,
            AccountCommands.capability: AccountCommands.capabilityValue(on: network.tenant),
            LanguageCommand.capability: LanguageCommand.capabilityValue(on: network.tenant),
        ]
    }

    private static func mechanisms(on tenant: HostedTenant, to connection: Connection) -> String {
        SASLExchange.offered(on: tenant, to: connection).joined(separator: ",")
    }

    /// Those that depend on what a tenant says of accounts: each with its word in the list, nil where there is none.
    static let accountOffers: [(Capabilities, offer: @Sendable (HostedTenant, Connection) -> String?)] = [
        (
            .sasl,
            {
                let names = Self.mechanisms(on: $0, to: $1)
                return names.isEmpty ? nil : "sasl=\(names)"
            }
        ),
        (
            .accountRegistration,
            { tenant, connection in
                guard connection.network.mayRegister(under: tenant.accounts) else { return nil }
                let value = AccountCommands.capabilityValue(on: tenant)
                return AccountCommands.capability + (value.isEmpty ? "" : "=\(value)")
            }
        ),
    ]

    /// The capabilities that a client may ask for.
    private static func offered(to connection: Connection) -> Capabilities {
        let network = connection.network
        var useless: Capabilities = []
        for (capability, offer) in self.accountOffers where offer(network.tenant, connection) == nil {
            useless.insert(capability)
        }
        if !network.hasPast { useless.formUnion(.past) }
        if network.pushKey == nil { useless.formUnion([.webPush, .webPushOfSoju]) }
        return Capabilities.all.subtracting(useless)
    }

    /// All or nothing, as the specification has it.
    private static func request(_ call: Call) {
        let connection = call.connection
        let offered = self.offered(to: connection).union(connection.capabilities)
        var request = call.count > 1 ? CapabilityRequest(call[1], offered: offered) : nil
        // Implied by version 302, so it cannot be given up.
        if request?.disabled.contains(.capNotify) == true, connection.understandsCapVersion302 { request = nil }
        call.send { writer in
            writer.message(
                source: call.server,
                command: "CAP",
                parameters: [connection.nick, request == nil ? "NAK" : "ACK", call[1]],
                forcesTrailing: true
            )
        }
        guard let request else { return }
        let wanted = request.applied(to: connection.capabilities)
        if !wanted.contains(.sasl) { AuthenticateCommand.abandon(call) }
        connection.set(wanted)
    }

    private static func list(_ call: Call, _ subcommand: String, _ words: [String]) {
        let lines = Capabilities.lines(
            subcommand,
            words: words,
            target: call.connection.nick,
            source: call.server,
            isContinued: call.connection.understandsCapVersion302
        )
        // A client that does not know of more lines takes the first for all there is, and the next for another answer: so the
        // latest capabilities, which come last, are not for it. It may ask for them all the same.
        let isWhole = call.connection.understandsCapVersion302 || subcommand != "LS"
        for line in isWhole ? lines[...] : lines.prefix(1) { call.connection.write(line, .answer) }
    }
}
