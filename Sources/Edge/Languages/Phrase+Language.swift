// Which language is whose, and how a phrase is said in it.

import IRC
import Realm

extension Phrase {
    /// The text in a language; in English where its catalogue lacks it.
    func text(in language: Language) -> String {
        guard let catalogue = language.catalogue else { return self.english }
        return self.text { catalogue[$0] ?? $0 }
    }
}

extension Language {
    /// Each sentence in this language, by how it is in English, where it is written; nil for English.
    package var catalogue: [String: String]? {
        switch self {
        case .english: nil
        case .german: Catalogue.german
        case .spanish: Catalogue.spanish
        case .french: Catalogue.french
        }
    }
}

extension Connection {
    /// In which language the server speaks to this client.
    var language: Language { self.languages.first ?? self.network.language }
}
