/// What the server says, in each language but English: each sentence by how it is in English, where it is written.
///
/// `{1}`, `{2}` and so on are what is put in, in the order of the English sentence. What programs read stays as it is: names of
/// commands, modes and codes. Of nobody it is said that they are he or she, and nobody is spoken to by a title.
enum Catalogue {
    static let german = Self.germanAnswers.merging(Self.germanHelp) { first, _ in first }
    static let spanish = Self.spanishAnswers.merging(Self.spanishHelp) { first, _ in first }
    static let french = Self.frenchAnswers.merging(Self.frenchHelp) { first, _ in first }
}
