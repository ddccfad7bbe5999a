// In which language the server speaks (draft/languages).

import Edge
import IRC
import Simulation
import Tenant
import Testing

@Suite struct LanguageTests {
    /// What a language's server says first, and when something is not there.
    private typealias Speech = (code: String, welcome: String, noChannel: String, end: String, set: String)

    private static let speeches: [Speech] = [
        (
            "en", "Welcome to the acme Network, ", "No such channel", "End of WHOIS list",
            "Language preferences have been set"
        ),
        (
            "de", "Willkommen im Netzwerk acme, ", "Diesen Kanal gibt es nicht", "Ende der WHOIS-Liste",
            "Die Spracheinstellungen sind übernommen"
        ),
        (
            "es", "Te damos la bienvenida a la red acme, ", "No existe ese canal", "Fin de la lista WHOIS",
            "Se han guardado los idiomas preferidos"
        ),
        (
            "fr", "Bienvenue sur le réseau acme, ", "Salon inexistant", "Fin de la liste WHOIS",
            "Les préférences de langue sont prises en compte"
        ),
    ]

    @Test(arguments: speeches)
    private func `who asks before registration is welcomed in its language`(expected: Speech) async throws {
        let harness = try CommandHarness(motd: ["Hello"])
        let client = harness.stranger()
        #expect(await client.send("LANGUAGE \(expected.code)").shorts == ["687 \(expected.code) \(expected.set)"])
        let welcome = await client.send("NICK ann", "USER ann 0 * :Ann")
        let first = try #require(welcome.with("001").first?.text)
        #expect(first.hasPrefix(expected.welcome + "ann!") && first.contains("@"))
        // What others wrote stays, and what programs read.
        #expect(welcome.with("372").map(\.text) == ["- Hello"])
        #expect(welcome.with("005").allSatisfy { $0.text == "are supported by this server" })
        #expect(await client.send("PART nowhere").shorts == ["403 nowhere \(expected.noChannel)"])
        #expect(await client.send("WHOIS ann").last?.text == expected.end)
    }

    @Test(arguments: speeches)
    private func `a session in each language says the same, in the same commands`(expected: Speech) async throws {
        let lines = [
            "MOTD", "LUSERS", "ADMIN", "INFO", "LINKS", "MAP", "STATS u", "VERSION", "HELP", "HELP JOIN", "HELP CMODES",
            "HELP EXTBAN", "HELP nothing", "HELP JION", "HELP MS", "HELP CS ACCESS", "HELP KILL", "JOIN #a",
            "MODE #a +b", "MODE #a +k", "MODE #a +l x", "MODE #a +W x",
            "TOPIC #a",
            "NAMES #a", "LIST", "PART #b", "KICK #a bob", "INVITE bob #a", "PRIVMSG bob :hi", "PRIVMSG", "AWAY :out",
            "AWAY",
            "SETNAME :", "MONITOR x", "SILENCE", "KNOCK #a", "OPER a b", "KILL bob :x", "WHOIS bob", "WHOWAS bob",
            "NICK", "USER",
            "METADATA x", "PERSISTENCE x", "RELAYMSG #a b :hi", "BATCH x", "CHATHISTORY x", "nothing", "CAP x",
            "AUTHENTICATE x",
        ]
        let english = await (try CommandHarness()).client("ann", "standard-replies")
        let other = await (try CommandHarness()).client("ann", "standard-replies")
        _ = await other.send("LANGUAGE \(expected.code)")
        for line in lines {
            let (one, two) = (await english.send(line), await other.send(line))
            #expect(one.commands == two.commands, "\(line): \(two)")
            for (english, translated) in zip(one, two) {
                #expect(english.parameters.count == translated.parameters.count, "\(translated)")
                #expect(translated.description.utf8.count <= 510, "\(translated)")
            }
        }
    }

    @Test(arguments: Language.allCases)
    func `HELP names every command, in any language`(language: Language) async throws {
        let ann = await (try CommandHarness()).client("ann")
        _ = await ann.send("LANGUAGE \(language.rawValue)")
        let words = await ann.send("HELP").flatMap { $0.text.split(separator: " ").map(String.init) }
        #expect(Set(CommandTable.standard.names).subtracting(words).sorted() == [])
    }

    @Test func `others are told in theirs, on whatever shard`() async throws {
        let harness = try CommandHarness(shards: 2)
        let ann = await harness.client("ann")
        let bea = await harness.client("bea", shard: 1)
        _ = await bea.send("LANGUAGE fr")
        _ = await ann.send("JOIN #a", "MODE #a +i")
        #expect(await bea.send("JOIN #a").first?.text == "Impossible d'entrer : sur invitation seulement (+i)")
        #expect(await ann.send("INVITE bob #a").first?.text == "No such nick or channel")
        #expect(await bea.send("WHOIS ann").last?.text == "Fin de la liste WHOIS")
        #expect(await ann.send("WHOIS bea").last?.text == "End of WHOIS list")
    }

    @Test func `a labelled answer is in the client's language`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann", "batch labeled-response standard-replies")
        let answer = await ann.ask("l1", "LANGUAGE es")
        #expect(answer.faults == [] && answer.lines.shorts == ["687 es Se han guardado los idiomas preferidos"])
        let failure = await ann.ask("l2", "PERSISTENCE x")
        #expect(failure.faults == [] && failure.lines.first?.text.hasPrefix("PERSISTENCE admite GET") == true)
        #expect(failure.lines.first?.parameters.prefix(2) == ["PERSISTENCE", "INVALID_PARAMS"])
    }

    @Test(arguments: [
        ("LANGUAGE de es", "687 de es Die Spracheinstellungen sind übernommen"),
        ("LANGUAGE es de es", "687 es de Se han guardado los idiomas preferidos"),
        ("LANGUAGE de-AT", "687 de Die Spracheinstellungen sind übernommen"),
        ("LANGUAGE DE", "687 de Die Spracheinstellungen sind übernommen"),
        ("LANGUAGE", "687 en Language preferences have been set"),
        ("LANGUAGE *", "687 en Language preferences have been set"),
        ("LANGUAGE * de", "687 en de Language preferences have been set"),
        ("LANGUAGE de tlh xx", "982 tlh xx Le serveur ne parle pas ces langues"),
        ("LANGUAGE de :", "687 de Die Spracheinstellungen sind übernommen"),
        ("LANGUAGE en de es fr it", "981 4 Vous avez indiqué trop de langues"),
    ])
    func `LANGUAGE takes those that there are, the first before the others`(line: String, answer: String) async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        _ = await ann.send("LANGUAGE fr")
        #expect(await ann.send(line).shorts == [answer])
        // Who asked for what there is not is spoken to as before.
        let isRefused = answer.hasPrefix("98")
        #expect((await ann.send("PART nowhere").first?.text == "Salon inexistant") == isRefused)
    }

    @Test func `what closes a connection is told in its language, and to others in English`() async throws {
        let harness = try CommandHarness(shards: 2)
        let people = await harness.room("#a", "ann", "bea") { $0 }
        _ = await people[1].send("LANGUAGE de")
        var tenant = harness.tenant
        tenant.settings.state = .suspended
        await harness.apply(tenant)
        #expect(await people[0].hears().with("ERROR").first?.text == "Closing Link: ann (acme is suspended)")
        #expect(await people[1].hears().with("ERROR").first?.text == "Closing Link: bea (acme ist gesperrt)")
    }

    // MARK: The network's

    @Test func `a German network speaks German to who asks for nothing, as soon as it is one`() async throws {
        let harness = try CommandHarness()
        let ann = await harness.client("ann")
        let bea = await harness.client("bea", "cap-notify")
        _ = await bea.send("LANGUAGE es")
        var tenant = harness.tenant
        tenant.settings.language = .german
        await harness.apply(tenant)
        #expect(await ann.hears().shorts == [])
        #expect(await bea.hears().shorts == ["CAP bea NEW draft/languages=4,de,en,es,fr"])
        #expect(await ann.send("PART nowhere").first?.text == "Diesen Kanal gibt es nicht")
        #expect(await bea.send("PART nowhere").first?.text == "No existe ese canal")
        #expect(await bea.send("LANGUAGE *").shorts == ["687 de Die Spracheinstellungen sind übernommen"])
        #expect(await ann.send("LANGUAGE en").shorts == ["687 en Language preferences have been set"])
        let cid = harness.stranger()
        let welcome = await cid.send("NICK cid", "USER cid 0 * :Cid")
        #expect(welcome.first?.text.hasPrefix("Willkommen im Netzwerk acme, cid!") == true)
        #expect(welcome.with("422").first?.text == "Es gibt keine Nachricht des Tages")
    }

    @Test func `CAP LS names the languages, that of the network first`() async throws {
        let harness = try CommandHarness()
        let client = harness.stranger()
        let words = await client.send("CAP LS 302").flatMap { $0.text.split(separator: " ") }
        #expect(words.contains("draft/languages=4,en,de,es,fr"))
        #expect(await client.send("CAP REQ draft/languages").shorts == ["CAP * ACK draft/languages"])
    }
}
