import ObjectStore
import Testing

@Suite struct ObjectKeyTests {
    @Test(arguments: ["a", "a/b", "tenants/acme/2026/11/30/1.seg", "ä/…", String(repeating: "k", count: 1024)])
    func `what every store takes is a key`(text: String) throws {
        #expect(try #require(ObjectKey(text)).text == text)
    }

    @Test(arguments: [
        "", "/a", "a/", "a//b", "../a", "a/./b", "a/..", "a\nb", "a\u{7F}", String(repeating: "k", count: 1025),
    ])
    func `what one of the stores would take for something else is none`(text: String) {
        #expect(ObjectKey(text) == nil)
    }
}
