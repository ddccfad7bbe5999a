import Logging
import Observability
import Synchronization
import Testing

/// What a log's lines look like.
@Suite struct LineLogTests {
    /// Logs something, and tells the lines.
    private func lines(_ format: LineLogHandler.Format, _ body: (Logger) -> Void) -> [String] {
        let sink = Sink()
        var logger = Logger(label: "roost") { label in
            LineLogHandler(
                label: label,
                format: format,
                level: .info,
                now: { 1_769_862_896_789 },
                write: { line in sink.lines.withLock { $0.append(line) } }
            )
        }
        logger[metadataKey: "tenant"] = "acme"
        body(logger)
        return sink.lines.withLock { $0 }
    }

    private final class Sink: Sendable {
        let lines = Mutex<[String]>([])
    }

    @Test func `people get a line with time, level, name, message and what belongs to it, in order`() {
        let lines = self.lines(.text) {
            $0.info("connected", metadata: ["peer": "192.0.2.1", "words": "two \"words\"", "none": ""])
            $0.debug("not this")
        }
        #expect(
            lines == [
                "2026-01-31T12:34:56.789Z info roost: connected none=\"\" peer=192.0.2.1 tenant=acme words=\"two 'words'\"\n"
            ]
        )
    }

    @Test func `machines get an object`() {
        let lines = self.lines(.json) { $0.warning("a/b \"c\"", metadata: ["tenant": "beta", "line": "a\nb"]) }
        #expect(
            lines == [
                #"{"label":"roost","level":"warning","line":"a\nb","message":"a/b \"c\"","tenant":"beta","#
                    + #""time":"2026-01-31T12:34:56.789Z"}"# + "\n"
            ]
        )
    }

    @Test(arguments: LineLogHandler.Format.allCases)
    func `nothing that is logged breaks the line`(format: LineLogHandler.Format) {
        let lines = self.lines(format) { $0.error("one\ntwo\r\nthree\u{2028}four", metadata: ["x": "1\n2"]) }
        #expect(lines.count == 1)
        #expect(lines[0].filter { $0 == "\n" || $0 == "\r\n" } == "\n")
        #expect(lines[0].hasSuffix("\n"))
    }
}
