// Message tags.

import IRC
import NIOCore
import Testing

@Suite struct TagsTests {
    @Test(arguments: [
        ("+typing=active;label=x;+x", "+typing=active;+x"),
        ("label=x", ""),
        ("", ""),
        ("+example.com/a=b\\sc", "+example.com/a=b\\sc"),
        ("+a=1;+a=2", "+a=1;+a=2"),
        ("+;+=x;+/;+a/=y;+b", "+b"),
        ("+bad_key=1;+good-key=2", "+good-key=2"),
        ("+az.AZ-09/z=1;+Z", "+az.AZ-09/z=1;+Z"),
        ("+a@;+a[;+a`;+a{;+a:;+é;+9", "+9"),
        ("a+b=1", ""),
        ("x=+typing", ""),
    ])
    func `only client-only tags are relayed`(raw: String, relayed: String) {
        let tags = Tags(bytes(raw))
        #expect(tags.clientOnly == relayed)
        #expect(tags.raw == raw)
        #expect(tags.isEmpty == raw.isEmpty)
    }

    @Test(arguments: [
        ("a;b", "a\\:b"), ("a b", "a\\sb"), ("a\\b", "a\\\\b"), ("a\rb\nc", "a\\rb\\nc"), ("", ""), ("é=", "é="),
    ])
    func `values are escaped and come back`(value: String, wire: String) {
        #expect(TagValue.escape(value) == wire)
        #expect(TagValue.unescape(wire) == value)
    }

    @Test(arguments: [("a\\bc", "abc"), ("a\\", "a"), ("\\\\s", "\\s"), ("\\\\\\s", "\\ ")])
    func `an escape that means nothing loses its backslash`(wire: String, value: String) {
        #expect(TagValue.unescape(wire) == value)
    }

    @Test func `every value survives the wire`() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let value = random.text(
                from: [";", " ", "\\", "\r", "\n", ":", "s", "r", "n", "é", "\u{1F600}", "="],
                upTo: 12
            )
            let line = written { writer in
                writer.tag("k", value)
                writer.command("CMD")
                writer.end()
            }
            let tag = try message(String(line.unicodeScalars.dropLast(2))).tags["k"]
            // A CR LF in the value is one Character; compare scalars.
            #expect(tag.map { Array($0.utf8) } == Array(value.utf8))
        }
    }
}
