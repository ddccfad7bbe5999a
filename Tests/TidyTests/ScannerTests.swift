// The tidy tests' own lexer: a rule is worth as much as the eye it looks with.

import Testing

@Suite struct ScannerTests {
    @Test(arguments: [
        (#"let a = 1 // try! this"#, "let a = 1 "),
        (#"let a = "try! \(b("c") + ")") d" + e"#, #"let a = "b("") + """ + e"#),
        (##"let a = #"a " \ try! "# + b"##, #"let a = "" + b"#),
        ("func `no try! here`() {", "func ``() {"),
        ("let a = /* one /* two */ */ b", "let a =  b"),
        (#"let a = "\\" + try! b"#, #"let a = "" + try! b"#),
        (#"let a = "" + try! b"#, #"let a = "" + try! b"#),
    ])
    func `code is what is no comment and no string`(line: String, code: String) {
        #expect(SourceFile(path: "a", text: line).lines.map(\.code) == [code])
    }

    @Test func `strings and comments over many lines end where they end`() {
        let text = #"""
            a(""" // no
              "try!" \(b) \
              """) // yes
            /* c
            */ d
            """#
        let file = SourceFile(path: "a", text: text)
        #expect(file.lines.map(\.code) == ["a(\"", "b", "\") ", "", " d"])
        #expect(file.lines.map(\.comment) == ["", "", "yes", " c", ""])
    }

    @Test(arguments: [
        ("try! a", "try!", true), ("retry! a", "try!", false), ("a.fatalError()", "fatalError", true),
        ("fatalErrors()", "fatalError", false), ("fatalErrors() + fatalError()", "fatalError", true), ("", "a", false),
    ])
    func `a word stands alone`(text: String, word: String, isHeld: Bool) {
        #expect(text.holds(word: word) == isHeld)
    }

    @Test func `the repository is found, and this file in it`() {
        #expect(Repository.files.contains("Tests/TidyTests/ScannerTests.swift"))
        #expect(Repository.files.contains("Package.swift"))
        #expect(!Repository.files.contains { $0.hasPrefix(".build") || $0.hasPrefix(".git/") })
    }

    @Test func `a file with an exception exists`() {
        let files = Exceptions.longFiles.union(Exceptions.sleeping.filter { $0.hasSuffix(".swift") })
        #expect(files.subtracting(Repository.files) == [])
    }
}
