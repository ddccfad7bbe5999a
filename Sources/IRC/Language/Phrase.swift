// What the server says to a person. It is written where it is said, in English, as any string: what stands between the words
// is kept apart, so that the sentence can be said in another language when it is known who reads it.

/// A text of the server's own, in whatever language.
///
/// A literal is a sentence that is translated: `"A limit is a number from \(low) to \(high)"` has the ``template``
/// `A limit is a number from {1} to {2}`, by which catalogues know it. ``verbatim(_:)`` is what others wrote or programs read.
package struct Phrase: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// What stands before the first thing that is put in; all of it if nothing is.
    private let head: String
    private let rest: [Part]
    /// Whether it is the same in all languages.
    package let isVerbatim: Bool

    /// What is put in, and what stands behind it.
    fileprivate struct Part: Sendable, Hashable {
        let argument: Phrase
        var words: String
    }

    private init(_ head: String, _ rest: [Part] = [], isVerbatim: Bool = false) {
        self.head = head
        self.rest = rest
        self.isVerbatim = isVerbatim
    }

    package init(stringLiteral: String) { self.init(stringLiteral) }

    package init(stringInterpolation: StringInterpolation) {
        self.init(stringInterpolation.head, stringInterpolation.rest)
    }

    /// A text that is the same in all languages.
    package static func verbatim(_ text: String) -> Phrase { Phrase(text, isVerbatim: true) }

    /// The sentence in English, with `{1}`, `{2}` and so on for what is put in; or the text that is not translated.
    package var template: String {
        self.rest.enumerated().reduce(into: self.head) { $0 += "{\($1.offset + 1)}\($1.element.words)" }
    }

    /// The text in English.
    package var english: String {
        self.rest.reduce(into: self.head) {
            $0 += $1.argument.english
            $0 += $1.words
        }
    }

    /// The text in some language.
    ///
    /// - Parameter translate: Gets a template, and says it in that language.
    /// - Returns: The text with all that is put in.
    package func text(_ translate: (String) -> String) -> String {
        if self.isVerbatim { return self.head }
        let sentence = translate(self.template)
        if self.rest.isEmpty { return sentence }
        var text = ""
        for piece in Self.pieces(of: sentence) {
            switch piece {
            case .words(let words): text += words
            case .place(let number):
                guard self.rest.indices.contains(number) else { continue }
                text += self.rest[number].argument.text(translate)
            }
        }
        return text
    }

    // MARK: Templates

    /// A part of a template.
    package enum Piece: Hashable, Sendable {
        case words(Substring)
        /// Where an argument stands, counted from 0.
        case place(Int)
    }

    /// A template taken apart; `{` that begins no place is a word.
    package static func pieces(of template: String) -> [Piece] {
        var pieces: [Piece] = []
        var (rest, start) = (template[...], template.startIndex)
        while let open = rest.firstIndex(of: "{") {
            rest = rest[open...].dropFirst()
            guard let digit = rest.first?.wholeNumberValue, digit > 0, rest.dropFirst().first == "}" else { continue }
            if start < open { pieces.append(.words(template[start..<open])) }
            pieces.append(.place(digit - 1))
            rest = rest.dropFirst(2)
            start = rest.startIndex
        }
        if start < template.endIndex { pieces.append(.words(template[start...])) }
        return pieces
    }

    /// Keeps what is put in apart from what stands around it.
    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var head = ""
        fileprivate var rest: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) { self.rest.reserveCapacity(interpolationCount) }

        package mutating func appendLiteral(_ literal: String) {
            if self.rest.isEmpty { self.head += literal } else { self.rest[self.rest.count - 1].words += literal }
        }

        /// Puts in what is translated, too.
        package mutating func appendInterpolation(_ phrase: Phrase) {
            self.rest.append(Part(argument: phrase, words: ""))
        }

        /// Puts in what is the same in all languages.
        package mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            self.appendInterpolation(.verbatim(value.description))
        }
    }
}
