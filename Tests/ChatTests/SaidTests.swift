// What is told of a text by looking at it.

import Chat
import Testing

@Suite struct SaidTests {
    @Test(
        arguments: [
            ("http://a", true), ("see gopher://b now", true), ("a://b", true), ("a://", false), ("://", false),
            (":/", false),
            ("www.a", true), ("WWW.A", true), ("(www.a)", true), ("1www.a", true), ("www.", false), ("awww.a", false),
            ("www a", false), ("example.org", false), ("", false), ("http: //", false),
        ]
    )
    func `a link is what has a scheme, or begins as hosts of the web do`(text: String, isLink: Bool) {
        #expect(Said.hasLink(text.utf8) == isLink)
    }
}
