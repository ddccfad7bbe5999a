// Bodies that are signed piece by piece (docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and
// sigv4-streaming-trailers.html): for what is longer than memory and goes out in one request.

import NIOCore

/// Frames and signs the pieces of one body, each with the signature of the one before.
struct ChunkSigner: Sendable {
    /// What stands for the body's digest in the request; the last part only where headers follow the body.
    static let payload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    static let payloadWithTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"

    private let signer: S3Signer
    private let stamp: String
    /// The signature of what was signed last.
    private(set) var signature: String

    /// Begins behind a request.
    ///
    /// - Parameters:
    ///   - signer: What signed it.
    ///   - seed: Its signature.
    ///   - time: The time that it was signed for.
    init(_ signer: S3Signer, seed: String, at time: Int64) {
        self.signer = signer
        self.signature = seed
        self.stamp = S3Signer.stamp(time)
    }

    /// Frames the next piece; one of no bytes ends the body.
    mutating func frame(_ piece: ByteBuffer) -> ByteBuffer {
        self.signature = self.signer.signature(
            of: [
                "AWS4-HMAC-SHA256-PAYLOAD", self.stamp, self.signer.scope(self.stamp), self.signature,
                S3Signer.digest([]), S3Signer.digest(piece.readableBytesView),
            ],
            self.stamp
        )
        var framed = ByteBuffer()
        framed.writeString("\(String(piece.readableBytes, radix: 16));chunk-signature=\(self.signature)\r\n")
        framed.writeImmutableBuffer(piece)
        // Where headers follow, they stand directly behind the last piece's line.
        if piece.readableBytes > 0 { framed.writeString("\r\n") }
        return framed
    }

    /// The end of a body without headers behind it.
    mutating func end() -> ByteBuffer {
        var end = self.frame(ByteBuffer())
        end.writeString("\r\n")
        return end
    }

    /// The end of a body with headers behind it.
    ///
    /// - Parameter headers: In the order of their names, which are in small letters.
    /// - Returns: What is sent behind the last piece.
    mutating func end(_ headers: [(name: String, value: String)]) -> ByteBuffer {
        var end = self.frame(ByteBuffer())
        let text = headers.map { "\($0.name):\($0.value)\n" }.joined()
        self.signature = self.signer.signature(
            of: [
                "AWS4-HMAC-SHA256-TRAILER", self.stamp, self.signer.scope(self.stamp), self.signature,
                S3Signer.digest(text.utf8),
            ],
            self.stamp
        )
        for header in headers { end.writeString("\(header.name):\(header.value)\r\n") }
        end.writeString("x-amz-trailer-signature:\(self.signature)\r\n\r\n")
        return end
    }
}
