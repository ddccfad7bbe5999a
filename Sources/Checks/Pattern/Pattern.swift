import CPCRE2

/// A regular expression, compiled once, that is searched for in bounded time and memory.
///
/// Each step of a search is counted, so that a search ends on any machine after as many of them; a text on which one does not end
/// before is taken for one that does not match.
package final class Pattern: Sendable {
    /// How many bytes of a text are searched.
    package static let searched = 1_024
    /// The longest expression, in characters.
    package static let longest = 256
    /// How many bytes one may take once it is compiled.
    private static let largest = 16_384
    /// How deep parentheses may be nested.
    private static let nesting: UInt32 = 20
    /// How often one search may go back to try something else, from each place where it begins.
    private static let calls: UInt32 = 100_000
    /// How many KiB one search may take.
    private static let heap: UInt32 = 1024

    /// PCRE2 changes nothing of a compiled expression, so any thread may search with it.
    private struct Code: @unchecked Sendable { let pointer: OpaquePointer }

    private let code: Code
    /// Whether one item may walk far and fail.
    private let walks: Bool

    /// Why a text is no expression that can be used.
    package struct Problem: Error, Hashable, Sendable {
        /// What is wrong, in words.
        package let text: String
        /// Before which byte.
        package let place: Int
    }

    /// How a search ended.
    package enum Outcome: Hashable, Sendable {
        case found
        case notFound
        /// A limit was reached first.
        case tooLong
    }

    /// Steps that are left for all searches in one text.
    package struct Budget {
        /// How many a text's searches have.
        ///
        /// So many take about five milliseconds at most.
        package static let standard = 20_000
        private let whole: Int
        var left: Int

        package init(_ steps: Int = Self.standard) {
            self.whole = max(steps, 0)
            self.left = self.whole
        }

        /// How many were taken.
        package var used: Int { self.whole - self.left }
    }

    /// Compiles an expression as PCRE2 reads it, over Unicode; capitals count unless it says otherwise (`(?i)`).
    ///
    /// - Parameter text: The expression.
    /// - Throws: What is wrong with it.
    package init(_ text: String) throws(Problem) {
        guard !text.isEmpty else { throw Problem(text: "it is empty", place: 0) }
        let length = text.unicodeScalars.count
        guard length <= Self.longest else {
            throw Problem(text: "it has \(length) characters, more than \(Self.longest)", place: 0)
        }
        var (error, place) = (Int32(0), 0)
        let context = pattern_context(Self.nesting)
        defer { pattern_context_free(context) }
        let bytes = Array(text.utf8)
        guard let code = pattern_compile(bytes, bytes.count, context, &error, &place) else {
            throw Problem(text: Self.message(error), place: place)
        }
        guard pattern_size(code) <= Self.largest else {
            pattern_free(code)
            throw Problem(text: "it is too large once its repetitions are written out", place: 0)
        }
        self.code = Code(pointer: code)
        self.walks = Self.walks(bytes)
    }

    deinit { pattern_free(self.code.pointer) }

    /// Whether an expression repeats something ten times or more, or asks for a group's text again.
    private static func walks(_ bytes: [UInt8]) -> Bool {
        func isCount(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        }
        for (index, byte) in bytes.enumerated() {
            let next = bytes[(index + 1)...].prefix(2)
            switch byte {
            case UInt8(ascii: "{"): if next.count == 2, next.allSatisfy(isCount) { return true }
            case UInt8(ascii: "\\"):
                if let first = next.first, isCount(first) || first == UInt8(ascii: "g") || first == UInt8(ascii: "k") {
                    return true
                }
            case UInt8(ascii: "P"): if next.first == UInt8(ascii: "=") { return true }
            default: break
            }
        }
        return false
    }

    /// How much of a text is searched, which does not end amid a character.
    private static func beginning(of bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var count = min(bytes.count, Self.searched)
        while count > 0, count < bytes.count, bytes[count] & 0xC0 == 0x80 { count -= 1 }
        return count
    }

    private static func message(_ error: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = pattern_message(error, &bytes, bytes.count)
        return String(decoding: bytes.prefix(Int(max(count, 0))), as: UTF8.self)
    }

    /// Searches the beginning of a text, of ``searched`` bytes.
    ///
    /// - Parameters:
    ///   - text: Where to.
    ///   - budget: What this search and those after it may take.
    /// - Returns: How it ended.
    package func search(_ text: String, _ budget: inout Budget) -> Outcome {
        var steps = pattern_budget(left: UInt(clamping: budget.left), walks: self.walks ? 1 : 0, last: 0)
        var text = text
        let code = self.code.pointer
        let result = text.withUTF8 { bytes in
            // No text has no address, of which PCRE2 wants one.
            let empty: [UInt8] = [0]
            let count = Self.beginning(of: bytes)
            return empty.withUnsafeBufferPointer { empty in
                pattern_search(
                    code,
                    bytes.baseAddress ?? empty.baseAddress,
                    count,
                    &steps,
                    Self.calls,
                    Self.heap
                )
            }
        }
        budget.left = Int(clamping: steps.left)
        switch result {
        case 1: return .found
        case 0: return .notFound
        default: return .tooLong
        }
    }
}
