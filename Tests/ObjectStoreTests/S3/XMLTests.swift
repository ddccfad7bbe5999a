import NIOCore
import NIOHTTP1
import Testing

@testable import ObjectStore

@Suite struct XMLTests {
    @Test func `a list is read as it was written`() throws {
        let text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- from a store -->
            <s3:ListBucketResult xmlns:s3="http://s3.amazonaws.com/doc/2006-03-01/" note='a > b'>
              <Contents><Key>a&amp;b&#x20;&#99; &lt;ä&gt;</Key><Size>3</Size></Contents>
              <Contents><Key><![CDATA[<x>&amp;]]></Key><Empty/></Contents>
            </s3:ListBucketResult>

            """
        let root = try #require(XMLReader.read(text.utf8))
        #expect(root.name == "ListBucketResult")
        #expect(root.all("Contents").map { $0.text("Key") } == ["a&b c <ä>", "<x>&amp;"])
        #expect(root.all("Contents").last?["Empty"]?.text == "")
        #expect(root.text("Missing") == nil)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a", "<a><b></a>", "<a/><b/>", "<a>&unknown;</a>", "<a>&#xFFFFFFFF;</a>", "<>",
        "<a>&lt</a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a x='></a>", "<a></a>more",
        String(repeating: "<a>", count: 40) + String(repeating: "</a>", count: 40),
        "<a>" + String(repeating: "<b/>", count: 50_000) + "</a>", "<![CDATA[", "<a><!--</a>",
    ])
    func `what is no document of a store's is none`(text: String) {
        #expect(XMLReader.read(text.utf8) == nil)
    }

    @Test func `no beginning of a document ends the process`() {
        let text = "<?xml version='1.0'?><a b=\"c\"><!--x--><d>&#65;<![CDATA[e]]></d><f/></a>"
        let all = Array(text.utf8)
        for count in 0..<all.count { #expect(XMLReader.read(all[..<count]) == nil) }
        #expect(XMLReader.read(all)?.text("d") == "Ae")
    }

    @Test func `no bytes end the process`() {
        let good = Array("<?xml version='1.0'?><a b=\"c\"><!--x--><d>&#65;&amp;<![CDATA[e]]></d><f/></a>".utf8)
        var random = SplitMix(state: 7)
        for _ in 0..<5000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(good.randomElement(using: &random) ?? 0, at: index)
                }
            }
            _ = XMLReader.read(bytes)
        }
    }

    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (self.state ^ (self.state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test func `a refusal says what it is, and no secret`() throws {
        let body = """
            <Error><Code>SlowDown</Code><Message>key AKIASECRET is
            too fast</Message><BucketRegion>eu-west-1</BucketRegion></Error>
            """
        let headers: HTTPHeaders = ["Retry-After": "7", "Date": "Fri, 24 May 2013 00:00:00 GMT"]
        let fault = S3Fault(status: 503, headers, ByteBuffer(string: body), hiding: [Secret("AKIASECRET")])
        #expect(fault.code == "SlowDown" && fault.region == "eu-west-1" && fault.retryAfter == .seconds(7))
        #expect(fault.serverTime == 1_369_353_600_000)
        #expect(fault.error(nil, bucket: "b") == .throttled("SlowDown: key … is too fast"))
    }

    @Test(arguments: [
        (404, "NoSuchKey", "there is no object a"), (404, "NoSuchBucket", "there is no bucket b"),
        (404, "", "there is no object a"), (412, "PreconditionFailed", "there is an object a already"),
        (403, "AccessDenied", "access denied: AccessDenied"), (403, "", "access denied: status 403"),
        (416, "InvalidRange", "a is shorter than what was asked for"), (400, "BadDigest", "damaged: BadDigest"),
        (501, "NotImplemented", "not possible here: NotImplemented"), (507, "", "there is no room: status 507"),
        (400, "KMS.DisabledException", "the store's key cannot be used: KMS.DisabledException"),
        (500, "InternalError", "the store is away: InternalError"), (400, "MalformedXML", "refused: 400 MalformedXML "),
        (503, "SlowDown", "the store asks for fewer requests: SlowDown"),
    ])
    func `every refusal is told in words that one can act on`(status: Int, code: String, words: String) throws {
        let fault = S3Fault(status: status, code: code)
        let name = try key("a")
        #expect(fault.error(name, bucket: "b").description == words)
    }

    @Test func `dates are read in every form that stores write them`() {
        #expect(HTTPDate.read("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777_000)
        #expect(HTTPDate.readISO("1994-11-06T08:49:37.123Z") == 784_111_777_123)
        #expect(HTTPDate.readISO("1994-11-06T08:49:37.123456Z") == 784_111_777_000)
        for text in ["", "Sun", "Sun, 31 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 28:49:37 GMT"] {
            #expect(HTTPDate.read(text) == nil)
        }
    }
}
