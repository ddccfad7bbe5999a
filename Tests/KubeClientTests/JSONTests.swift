import FoundationEssentials
import KubeClient
import Testing

/// JSON and the API's times.
struct JSONTests {
    @Test(
        arguments: [
            #"{"a":[1,2.5,"x",null,true],"b":{"c":-9007199254740993}}"#, #"[]"#, #""\u00e9\n""#, "18446744073709551615",
        ]
    )
    func `what was read is written with the same meaning`(text: String) throws {
        let value = try JSON(parsing: Array(text.utf8))
        #expect(try JSON(parsing: Array(value.data)) == value)
    }

    @Test func `whole numbers stay whole beyond what a float holds`() throws {
        let value = try JSON(parsing: Array(#"{"n":9007199254740993}"#.utf8))
        #expect(value["n"].int == 9_007_199_254_740_993)
        #expect(value.text == #"{"n":9007199254740993}"#)
    }

    @Test func `truth values are no numbers`() throws {
        let value = try JSON(parsing: Array(#"[true,1,0,false]"#.utf8))
        #expect(value == [true, 1, 0, false])
        #expect(value[0].int == nil)
        #expect(value[1].bool == nil)
    }

    @Test func `text that is no JSON is an error`() {
        for text in ["", "{", "nul", "{\"a\":}", "\u{FF}"] {
            #expect(throws: (any Error).self, "\(text)") { try JSON(parsing: Array(text.utf8)) }
        }
    }

    @Test func `a merge patch sets, removes and goes down`() {
        // The examples of RFC 7396, appendix A.
        let cases: [(JSON, JSON, JSON)] = [
            (["a": "b"], ["a": "c"], ["a": "c"]),
            (["a": "b"], ["b": "c"], ["a": "b", "b": "c"]),
            (["a": ["b"]], ["a": "c"], ["a": "c"]),
            (["a": "c"], ["a": ["b"]], ["a": ["b"]]),
            (["a": ["b": "c"]], ["a": ["b": "d", "c": nil]], ["a": ["b": "d"]]),
            (["a": [["b": "c"]]], ["a": [1]], ["a": [1]]),
            (["a", "b"], ["c", "d"], ["c", "d"]),
            (["e": "f"], ["a": 1], ["e": "f", "a": 1]),
        ]
        for (before, patch, after) in cases { #expect(before.merging(patch) == after) }
        #expect((["a": "b", "b": "c"] as JSON).merging(.object(["a": .null])) == ["b": "c"])
    }

    @Test func `setting null removes a key`() {
        var value: JSON = ["a": 1, "b": ["c": 2]]
        value["a"] = .null
        value["b"]["c"] = 3
        value["d"]["e"] = "deep"
        #expect(value == ["b": ["c": 3], "d": ["e": "deep"]])
    }

    @Test(arguments: [0.0, 0.000001, 0.5, 0.999999, 1_795_402_719.123456])
    func `times survive writing and reading`(seconds: Double) throws {
        let date = Date(timeIntervalSince1970: seconds)
        let read = try #require(KubeTime.parse(KubeTime.microText(date)))
        #expect(abs(read.timeIntervalSince(date)) < 0.000_001)
        let whole = try #require(KubeTime.parse(KubeTime.text(date)))
        #expect(whole.timeIntervalSince1970 == seconds.rounded(.down))
    }

    @Test func `a microsecond time has six digits`() {
        let text = KubeTime.microText(Date(timeIntervalSince1970: 1.000002))
        #expect(text == "1970-01-01T00:00:01.000002Z")
    }

    @Test(arguments: [
        (1e300, "9999-12-31T23:59:59"), (9.2e15, "9999-12-31T23:59:59"), (.infinity, "9999-12-31T23:59:59"),
        (-1e300, "0001-01-0"), (-0.5, "1969-12-31T23:59:59"),
    ])
    func `a time that is too far away is written as the nearest`(seconds: Double, text: String) {
        let date = Date(timeIntervalSince1970: seconds)
        #expect(KubeTime.text(date).hasPrefix(text))
        #expect(KubeTime.microText(date).hasPrefix(text))
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01", "99999999999-01-01T00:00:00Z",
        "999999999999999999999999-01-01T00:00:00.5Z", "-99999999999-01-01T00:00:00Z",
    ])
    func `what is no time is none`(text: String) { #expect(KubeTime.parse(text) == nil) }
}
