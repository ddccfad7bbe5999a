// Regular expressions in bounded time.

import Checks
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("a+b", "xaab", Pattern.Outcome.found), ("^a", "ba", .notFound), ("ä", "ÄÄ", .notFound),
        ("(?i)ä", "ÄÄ", .found),
        (#"\x{1F600}"#, "😀", .found), ("a", "", .notFound), ("^$", "", .found), (".*(x)?", "y", .found),
    ])
    func `what PCRE2 finds is found`(pattern: String, text: String, outcome: Pattern.Outcome) throws {
        var budget = Pattern.Budget()
        #expect(try Pattern(pattern).search(text, &budget) == outcome)
    }

    @Test(arguments: [
        ("(a", "missing", 2), ("a{2,1}", "out of order", 5), ("[z-a]", "out of order", 3), ("", "empty", 0),
        (#"\C"#, "disabled", 2), (String(repeating: "(", count: 22), "nested", 21),
        (String(repeating: "a", count: 300), "300 characters", 0), ("(((a{200}){50}){20})", "large", 0),
    ])
    func `what is none is refused with what is wrong and where`(pattern: String, text: String, place: Int) {
        let problem = #expect(throws: Pattern.Problem.self) { try Pattern(pattern) }
        #expect(problem?.text.contains(text) == true && problem?.place == place, "\(String(describing: problem))")
    }

    @Test(arguments: ["(a+)+$", "(a|aa)+$", "(.*)(.*)(.*)(.*)(.*)x", #"^(\w+\s?)*$"#, "(?:a?){30}a{30}z"])
    func `a search that would not end ends, as not found, after as many steps each time`(pattern: String) throws {
        let text = String(repeating: "a", count: Pattern.searched - 1) + "!"
        let compiled = try Pattern(pattern)
        let left = (0..<2).map { _ in
            var budget = Pattern.Budget()
            let outcome = compiled.search(text, &budget)
            #expect(outcome != .found)
            return budget.used
        }
        #expect(left[0] == left[1] && left[0] <= Pattern.Budget.standard)
    }

    @Test(arguments: [#"\w+@\w+\.com"#, "[a-z]++Z", #"(?i)\p{L}+Z"#, #"\X*+z"#])
    func `an item that walks a whole text by itself takes steps for the way`(pattern: String) throws {
        var budget = Pattern.Budget()
        let text = String(repeating: "a", count: 1000) + " @ Z.com z b"
        _ = try Pattern(pattern).search(text, &budget)
        #expect(budget.used > 100)
    }

    @Test func `the beginning of a text is searched, and no half of a character`() throws {
        var budget = Pattern.Budget()
        let text = String(repeating: "a", count: Pattern.searched - 1) + "äb"
        #expect(try Pattern("a$").search(text, &budget) == .found)
        #expect(try Pattern("b").search(text, &budget) == .notFound)
    }

    @Test func `what one search has used the next one lacks`() throws {
        let slow = try Pattern("(a+)+$")
        var budget = Pattern.Budget()
        #expect(slow.search(String(repeating: "a", count: 200) + "!", &budget) == .tooLong)
        #expect(try Pattern("b").search("ab", &budget) == .tooLong)
    }
}
