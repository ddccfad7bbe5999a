import NIOCore
import Testing

@testable import ObjectStore

/// Signatures as the published examples have them.
@Suite struct SignatureTests {
    /// 2015-08-30T12:36:00Z.
    private static let suiteTime: Int64 = 1_440_938_160_000
    /// 2013-05-24T00:00:00Z.
    private static let documentTime: Int64 = 1_369_353_600_000

    private static func signer(_ key: String, _ secret: String, service: String = "s3") -> S3Signer {
        let credentials = S3Credentials(accessKey: Secret(key), secretKey: Secret(secret))
        return S3Signer(credentials, region: "us-east-1", service: service)
    }

    private let suite = Self.signer("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", service: "service")
    private let document = Self.signer("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")

    private func request(_ vector: Vector) -> SignableRequest {
        var request = SignableRequest(vector.method, vector.path)
        request.query = vector.query.map { .init(name: $0.0, value: $0.1) }
        request.add("Host", "example.amazonaws.com")
        for (name, value) in vector.headers { request.add(name, value) }
        return request
    }

    @Test(arguments: Vector.all)
    func `every vector of the suite has its signature, in a header and in a URL`(vector: Vector) {
        var inHeader = self.request(vector)
        let signature = self.suite.sign(&inHeader, payload: S3Signer.digest([]), at: Self.suiteTime)
        #expect(signature == vector.inHeader, "\(inHeader.canonical(payload: S3Signer.digest([])))")
        var inQuery = self.request(vector)
        self.suite.presign(&inQuery, payload: S3Signer.digest([]), at: Self.suiteTime, for: 3600)
        #expect(inQuery.query.last == .init(name: "X-Amz-Signature", value: vector.inQuery))
    }

    @Test func `a session's token is signed too`() {
        let credentials = S3Credentials(
            accessKey: Secret("AKIDEXAMPLE"),
            secretKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            sessionToken: Secret("6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267")
        )
        let signer = S3Signer(credentials, region: "us-east-1", service: "service")
        var request = SignableRequest("GET", "/")
        request.add("host", "example.amazonaws.com")
        var other = request
        let signature = signer.sign(&request, payload: S3Signer.digest([]), at: Self.suiteTime)
        #expect(signature == "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8")
        signer.presign(&other, payload: S3Signer.digest([]), at: Self.suiteTime, for: 3600)
        #expect(other.query.last?.value == "7ff2b50b376cb4d151970630573d6291dc128cc5c2a12ffb237f73cc53f67b6c")
    }

    /// The examples of S3's documentation (sig-v4-header-based-auth.html).
    @Test func `a range is read, and an object put, as the documentation has it`() {
        var get = SignableRequest("GET", "/test.txt")
        get.add("Host", "examplebucket.s3.amazonaws.com")
        get.add("Range", "bytes=0-9")
        get.add("x-amz-content-sha256", S3Signer.digest([]))
        let got = self.document.sign(&get, payload: S3Signer.digest([]), at: Self.documentTime)
        #expect(got == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")

        var put = SignableRequest("PUT", "/test$file.text")
        let digest = S3Signer.digest("Welcome to Amazon S3.".utf8)
        put.add("Host", "examplebucket.s3.amazonaws.com")
        put.add("Date", "Fri, 24 May 2013 00:00:00 GMT")
        put.add("x-amz-storage-class", "REDUCED_REDUNDANCY")
        put.add("x-amz-content-sha256", digest)
        let sent = self.document.sign(&put, payload: digest, at: Self.documentTime)
        #expect(sent == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func `a bucket's settings and its objects are asked for as the documentation has it`() {
        for (query, signature) in [
            ([("lifecycle", "")], "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
            (
                [("max-keys", "2"), ("prefix", "J")],
                "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
            ),
        ] {
            var request = SignableRequest("GET", "/")
            request.query = query.map { .init(name: $0.0, value: $0.1) }
            request.add("Host", "examplebucket.s3.amazonaws.com")
            request.add("x-amz-content-sha256", S3Signer.digest([]))
            let own = self.document.sign(&request, payload: S3Signer.digest([]), at: Self.documentTime)
            #expect(own == signature)
        }
    }

    /// sigv4-query-string-auth.html.
    @Test func `a URL is signed as the documentation has it`() {
        var request = SignableRequest("GET", "/test.txt")
        request.add("host", "examplebucket.s3.amazonaws.com")
        self.document.presign(&request, at: Self.documentTime, for: 86400)
        let signature = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        #expect(request.query.last?.value == signature)
        #expect(request.canonicalQuery.contains("X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"))
    }

    private func chunked(_ payload: String, _ headers: [(String, String)]) -> ChunkSigner {
        var request = SignableRequest("PUT", "/examplebucket/chunkObject.txt")
        request.add("Host", "s3.amazonaws.com")
        request.add("x-amz-storage-class", "REDUCED_REDUNDANCY")
        request.add("x-amz-content-sha256", payload)
        request.add("Content-Encoding", "aws-chunked")
        request.add("x-amz-decoded-content-length", "66560")
        for (name, value) in headers { request.add(name, value) }
        let seed = self.document.sign(&request, payload: payload, at: Self.documentTime)
        return ChunkSigner(self.document, seed: seed, at: Self.documentTime)
    }

    private let pieces = [65_536, 1024].map { ByteBuffer(repeating: UInt8(ascii: "a"), count: $0) }

    /// sigv4-streaming.html.
    @Test func `a body is signed piece by piece as the documentation has it`() {
        var signer = self.chunked(ChunkSigner.payload, [("Content-Length", "66824")])
        #expect(signer.signature == "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9")
        var body = signer.frame(self.pieces[0])
        #expect(signer.signature == "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648")
        body.writeImmutableBuffer(signer.frame(self.pieces[1]))
        #expect(signer.signature == "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497")
        body.writeImmutableBuffer(signer.end())
        #expect(signer.signature == "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9")
        #expect(body.readableBytes == 66824)
    }

    /// sigv4-streaming-trailers.html.
    @Test func `a body with headers behind it is signed as the documentation has it`() {
        var signer = self.chunked(ChunkSigner.payloadWithTrailer, [("x-amz-trailer", "x-amz-checksum-crc32c")])
        #expect(signer.signature == "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e")
        var body = signer.frame(self.pieces[0])
        #expect(signer.signature == "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2")
        body.writeImmutableBuffer(signer.frame(self.pieces[1]))
        #expect(signer.signature == "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7")
        var checksum = CRC32C()
        for piece in self.pieces { checksum.update(piece) }
        #expect(checksum.bytes.base64 == "sOO8/Q==")
        body.writeImmutableBuffer(signer.end([("x-amz-checksum-crc32c", checksum.bytes.base64)]))
        #expect(signer.signature == "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435")
        let text = String(buffer: body)
        #expect(text.contains("0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n"))
        #expect(text.hasSuffix("x-amz-trailer-signature:\(signer.signature)\r\n\r\n"))
    }
}
