/// What the server says, in each language but English: each sentence by how it is in English, where it is written.
///
/// `{1}`, `{2}` and so on are what is put in, in the order of the English sentence. What programs read stays as it is: names of
/// commands, modes and codes. Of nobody it is said that they are he or she, and nobody is spoken to by a title.
enum Catalogue {
    static let german = Self.all(
        germanAnswers,
        germanHelp,
        germanServices,
        germanMail,
        germanAccounts,
        germanModeration,
        germanAdmission,
        germanChecks,
        germanChannels,
        germanClients
    )
    static let spanish = Self.all(
        spanishAnswers,
        spanishHelp,
        spanishServices,
        spanishMail,
        spanishAccounts,
        spanishModeration,
        spanishAdmission,
        spanishChecks,
        spanishChannels,
        spanishClients
    )
    static let french = Self.all(
        frenchAnswers,
        frenchHelp,
        frenchServices,
        frenchMail,
        frenchAccounts,
        frenchModeration,
        frenchAdmission,
        frenchChecks,
        frenchChannels,
        frenchClients
    )

    private static func all(_ parts: [String: String]...) -> [String: String] {
        parts.reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }
    }
}
