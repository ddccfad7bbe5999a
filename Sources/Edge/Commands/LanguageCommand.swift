import Chat
import IRC
import Realm
import Tenant

/// LANGUAGE: in which language the server speaks to a client (draft/languages).
enum LanguageCommand {
    static let capability = "draft/languages"

    static let rows: [CommandRow] = [
        CommandRow(
            "LANGUAGE",
            of: .languages,
            help: [
                "LANGUAGE [<code> …]",
                "In which language this server speaks to you: en, de, es, fr; * for the language of the network.",
            ],
            .always { Self.run($0) }
        )
    ]

    /// How many languages a client may ask for, and which there are.
    static func capabilityValue(on tenant: HostedTenant) -> String {
        let languages = Language.all(first: tenant.settings.language)
        return ([String(languages.count)] + languages.map(\.rawValue)).joined(separator: ",")
    }

    private static func run(_ call: Call) {
        let (connection, most) = (call.connection, Language.allCases.count)
        let words = call.parameters.filter { !$0.isEmpty }
        guard words.count <= most else { return call.reply(.errTooManyLanguages, String(most)) }
        let usual = call.network.language
        let unknown = words.filter { $0 != "*" && Language(code: $0) == nil }
        guard unknown.isEmpty else { return connection.reply(.errNoLanguage, unknown.map(\.asWord)) }
        var languages: [Language] = []
        for language in words.map({ Language(code: $0) ?? usual }) where !languages.contains(language) {
            languages.append(language)
        }
        // Who wants what is usual gets it, whatever that will be.
        let asksForUsual = words.allSatisfy { $0 == "*" }
        connection.languages = asksForUsual ? [] : languages
        connection.reply(.rplYourLanguagesAre, (asksForUsual ? [usual] : languages).map(\.rawValue))
    }
}

extension ShardClients {
    /// Another language is the usual one (IRCv3 capability negotiation, cap-notify).
    func tellLanguages(of network: Network, _ before: HostedTenant) {
        let value = LanguageCommand.capabilityValue(on: network.tenant)
        guard value != LanguageCommand.capabilityValue(on: before) else { return }
        for connection in self.connections.all
        where connection.network === network && connection.capabilities.contains(.capNotify) {
            connection.write(.news) {
                $0.message(
                    source: network.serverName,
                    command: "CAP",
                    parameters: [connection.nick, "NEW", "\(LanguageCommand.capability)=\(value)"],
                    forcesTrailing: true
                )
            }
        }
    }
}
