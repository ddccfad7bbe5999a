// What the server says to people, it says in all of its languages.

import Edge
import Foundation
import IRC
import Testing

@Suite struct CatalogueTests {
    private static let translated = Language.allCases.filter { $0 != .english }

    /// What is no text for a client of IRC: logs, metrics, what starts a process, HTTP, what is said before it is known to whom, what
    /// somebody might write.
    private static let elsewhere = [
        "Edge/Commands/CommandExamples.swift", "Edge/Configuration/", "Edge/HTTP/", "Edge/Languages/",
        "Edge/Listeners/", "Edge/Process/", "Edge/Projection/",
        "Edge/Server/",
    ]

    /// What stays in English, and why.
    private static let english: [String: String] = {
        let reasons = [
            "programs look for it": ["are supported by this server", "Closing Link: {1} ({2})"],
            "it is told to many in the same words": [
                "has asked for an invite", "Changing host", "Connection closed", "Connection lost",
                "Connection reset by peer",
                "Read error", "Not connected securely any more", "Not here right now", "Account dropped",
                "Ghosted by {1}", "Cleared by {1}", "Account deleted", "Logged out",
                "This channel is closed to guests until {1}: {2}",
                "This channel is open to guests again",
            ],
            "it is logged": [
                "a session waits for the store", "accounts cannot be read", "an account cannot be changed",
                "an admin's account waits for its store", "connection closed", "line too long", "log-in sweeps",
                "unreadable channel entry", "a registered channel cannot be read, and begins anew",
                "the durable store cannot be asked", "not admitted", "admitted with a mark", "proof sweeps",
                "what a check says was not done", "tokens of an account stay until they end", "a token is not taken",
                "hosts of accounts", "bans of the network", "closed reports", "nicknames of accounts",
            ],
            "it is a mistake of ours": ["there is no such parameter"],
        ]
        return reasons.reduce(into: [:]) { all, reason in for text in reason.value { all[text] = reason.key } }
    }()

    /// The sentences that stand in the sources for clients.
    private static let sentences = SourceText.all.filter { text in
        !text.isNoPhrase && Self.isSentence(text.template) && !Self.isUsage(text.template)
            && !Self.elsewhere.contains { text.file.hasPrefix($0) }
    }

    /// Two words at least, beside what is put in.
    private static func isSentence(_ template: String) -> Bool {
        var words = 0
        for case .words(let piece) in Phrase.pieces(of: template) {
            words += piece.split { !$0.isLetter && $0 != "'" && $0 != "-" }.filter { $0.count > 1 }.count
        }
        return words > 1 && template.contains(" ")
    }

    /// How a command is written: what programs read.
    private static func isUsage(_ template: String) -> Bool {
        guard let name = template.split(separator: " ").first, CommandTable.standard.names.contains(String(name)) else {
            return false
        }
        return !template.hasSuffix(".") && ["<", "[", " | "].contains { template.contains($0) }
    }

    @Test(arguments: translated)
    func `every text for clients has its translation`(language: Language) throws {
        let catalogue = try #require(language.catalogue)
        #expect(Self.sentences.count > 300)
        let missing = Self.sentences.filter { catalogue[$0.template] == nil && Self.english[$0.template] == nil }
            .map { "\($0.file): \($0.template)" }
        #expect(missing == [])
        let numerics = Numeric.allCases.compactMap(\.text).filter { !$0.isVerbatim && catalogue[$0.template] == nil }
        #expect(numerics.allSatisfy { Self.english[$0.template] != nil }, "\(numerics)")
    }

    @Test(arguments: translated)
    func `no translation is of a text that nobody says`(language: Language) throws {
        let catalogue = try #require(language.catalogue)
        let said = Set(SourceText.all.filter { !$0.file.hasPrefix("Edge/Languages/") }.map(\.template))
        #expect(Set(catalogue.keys).subtracting(said).sorted() == [])
    }

    @Test func `what stays in English is there, and nowhere translated`() {
        let said = Set(SourceText.all.map(\.template))
        #expect(Set(Self.english.keys).subtracting(said).sorted() == [])
        for language in Self.translated {
            #expect(Set(Self.english.keys).filter { language.catalogue?[$0] != nil }.sorted() == [])
        }
    }

    @Test(arguments: translated)
    func `a translation has what the sentence has put in, in clean letters`(language: Language) throws {
        for (english, text) in try #require(language.catalogue) {
            #expect(Self.places(english) == Self.places(text), "\(text)")
            #expect(
                Array(text.unicodeScalars) == Array(text.precomposedStringWithCanonicalMapping.unicodeScalars),
                "\(text)"
            )
            #expect(!text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "\(text)")
            #expect(
                text.trimmingCharacters(in: .whitespaces) == text && english.hasSuffix(".") == text.hasSuffix("."),
                "\(text)"
            )
        }
    }

    /// Which places a template has.
    private static func places(_ template: String) -> [Int] {
        Phrase.pieces(of: template).compactMap { if case .place(let number) = $0 { number } else { nil } }.sorted()
    }

    @Test(arguments: Language.allCases)
    func `a text fits in a line, behind the longest names`(language: Language) throws {
        // What is said in German is said in English.
        let catalogue = try #require(language.catalogue ?? Language.german.catalogue)
        for (template, translation) in catalogue {
            let text = language == .english ? template : translation
            let whole = Phrase.pieces(of: text).reduce(into: "") { whole, piece in
                switch piece {
                case .words(let words): whole += words
                case .place: whole += String(repeating: "x", count: Lengths.host)
                }
            }
            var writer = LineWriter()
            writer.source(String(repeating: "s", count: Lengths.host))
            writer.command("FAIL")
            for word in ["CHATHISTORY", "TEMPORARILY_UNAVAILABLE", String(repeating: "c", count: Lengths.channel)] {
                writer.parameter(word)
            }
            #expect(writer.remainingBytes >= 2 + whole.utf8.count, "\(text)")
        }
    }

    @Test func `where a program reads the end of a text, it stands there in each language`() {
        for language in Self.translated {
            for template in ["Welcome to the {1} Network, {2}", "has client certificate fingerprint {1}"] {
                let last = Phrase.pieces(of: template).last
                #expect(Phrase.pieces(of: language.catalogue?[template] ?? "").last == last)
            }
        }
    }
}
