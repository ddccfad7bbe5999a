/// What a network's checks may be at most, so that all of them together cost a message little and a sender's past is small.
package enum CheckBounds {
    /// How many checks there are.
    package static let checks = 32
    /// How many masks of channels one has.
    package static let channels = 50
    /// How many domains one lists.
    package static let domains = 200
    /// How many all list together.
    package static let allDomains = 1_000
    /// How many words one lists.
    package static let words = 500
    /// How many characters a word or phrase has.
    package static let wordLength = 64
    /// How many regular expressions one has.
    package static let patterns = 20
    /// How many all have together.
    package static let allPatterns = 64
    /// How many words all have together.
    package static let allWords = 2_000
    /// How many of those have a `*`, which are looked for one by one.
    package static let allWild = 200
    /// In how many bytes of a text, each word of it counted once, those are looked for.
    package static let wildText = 4_096
    /// How many messages, repetitions or codes may be let pass.
    package static let limit = 1...200
    /// How many messages of a sender are remembered, so how many a check of a rate or repetition may let pass.
    package static let remembered = 64
    /// In which time messages may be counted.
    package static let within: ClosedRange<Duration> = .seconds(1) ... .seconds(3_600)
    /// For how long somebody may be muted or banned.
    package static let duration: ClosedRange<Duration> = .seconds(10) ... .seconds(30 * 86_400)
    /// A share in percent.
    package static let share = 1...100
    /// How many letters a text may have to have.
    package static let minimumLength = 1...1_000
    /// How many bytes of a text are looked at.
    package static let text = 16_384
}
