import Crypto
import CryptoExtras
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import OAuth
import SwiftASN1
import Synchronization
import Tenant
import WebPush
import X509

/// An issuer of tokens on a real socket: what it says is the test's, and it counts who asks.
final class Issuer: Sendable {
    static let host = "id.example"
    let port: Int
    private let channel: any Channel
    private let certificate: NIOSSLCertificate
    private let documents = Mutex<[String: Document]>([:])
    private let asked = Mutex<[String: Int]>([:])
    /// What time it is for who keeps keys.
    let time = Mutex(ContinuousClock.now)

    struct Document: Sendable {
        var status = HTTPResponseStatus.ok
        var body: String
        var location: String?
    }

    init() async throws {
        let key = P256.Signing.PrivateKey()
        let certificateKey = Certificate.PrivateKey(key)
        let name = try DistinguishedName { CommonName("issuer") }
        let now = Date()
        let made = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: certificateKey.publicKey,
            notValidBefore: now.addingTimeInterval(-3600),
            notValidAfter: now.addingTimeInterval(86_400),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                SubjectAlternativeNames([.dnsName(Self.host)])
            },
            issuerPrivateKey: certificateKey
        )
        let pem = try made.serializeAsPEM().pemString
        self.certificate = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(self.certificate)],
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pemRepresentation.utf8), format: .pem))
            )
        )
        let answers = Answers()
        self.channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let operations = channel.pipeline.syncOperations
                    try operations.addHandler(NIOSSLServerHandler(context: context))
                    try operations.configureHTTPServerPipeline()
                    try operations.addHandler(Answering(answers))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.port = self.channel.localAddress?.port ?? 0
        answers.issuer.withLock { $0 = self }
    }

    var url: String { "https://\(Self.host):\(self.port)/realms/chat" }

    var settings: OAuthSettings {
        var settings = OAuthSettings()
        (settings.issuer, settings.audience) = (self.url, "chat")
        return settings
    }

    func says(_ path: String, _ document: Document) { self.documents.withLock { $0[path] = document } }

    /// Its keys are these from now on.
    func publishes(_ keys: [SigningKey]) {
        self.says(
            "/realms/chat/.well-known/openid-configuration",
            Document(body: #"{"issuer":"\#(self.url)","jwks_uri":"https://\#(Self.host):\#(self.port)/keys"}"#)
        )
        self.says("/keys", Document(body: #"{"keys":[\#(keys.map(\.published).joined(separator: ","))]}"#))
    }

    /// How often somebody asked for something.
    func count(_ path: String) -> Int { self.asked.withLock { $0[path] ?? 0 } }

    fileprivate func answer(_ path: String) -> Document {
        self.asked.withLock { $0[path, default: 0] += 1 }
        return self.documents.withLock { $0[path] } ?? Document(status: .notFound, body: "")
    }

    /// Who looks at its tokens, and may connect to this machine or not.
    func checker(mayConnect: Bool = true, wallClock: @escaping @Sendable () -> Int64 = { 1_700_000_000_000 }) throws
        -> TokenChecker
    {
        try TokenChecker(
            group: MultiThreadedEventLoopGroup.singleton,
            policy: AddressPolicy(trusted: mayConnect ? ["127.0.0.1"].compactMap { IPNetwork($0) } : []),
            authorities: [self.certificate],
            resolver: PushResolver { _ in ["127.0.0.1"] },
            now: { self.time.withLock { $0 } },
            wallClock: wallClock
        )
    }

    func close() async { try? await self.channel.close() }
}

/// Whose requests these are.
private final class Answers: Sendable {
    let issuer = Mutex<Issuer?>(nil)
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answers: Answers

    init(_ answers: Answers) { self.answers = answers }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = self.unwrapInboundIn(data) else { return }
        let issuer = self.answers.issuer.withLock { $0 }
        let document = issuer?.answer(head.uri) ?? Issuer.Document(status: .notFound, body: "")
        var headers: HTTPHeaders = ["Content-Length": String(document.body.utf8.count)]
        if let location = document.location { headers.add(name: "Location", value: location) }
        context.write(
            self.wrapOutboundOut(.head(.init(version: .http1_1, status: document.status, headers: headers))),
            promise: nil
        )
        context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: document.body)))), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }
}

/// A key of an issuer, by which a test signs by itself.
struct SigningKey: Sendable {
    enum Kind: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case elliptic(P256.Signing.PrivateKey)
        case edwards(Curve25519.Signing.PrivateKey)
    }

    let id: String
    let kind: Kind

    static func rsa(_ id: String) throws -> SigningKey {
        SigningKey(id: id, kind: .rsa(try _RSA.Signing.PrivateKey(keySize: .bits2048)))
    }

    static func elliptic(_ id: String) -> SigningKey { SigningKey(id: id, kind: .elliptic(P256.Signing.PrivateKey())) }

    static func edwards(_ id: String) -> SigningKey {
        SigningKey(id: id, kind: .edwards(Curve25519.Signing.PrivateKey()))
    }

    var algorithm: String {
        switch self.kind {
        case .rsa: "RS256"
        case .elliptic: "ES256"
        case .edwards: "EdDSA"
        }
    }

    /// As an issuer publishes it (RFC 7517).
    var published: String {
        switch self.kind {
        case .rsa(let key):
            guard let numbers = try? key.publicKey.getKeyPrimitives() else { return "" }
            let (n, e) = (Base64URL.encode(Array(numbers.modulus)), Base64URL.encode(Array(numbers.publicExponent)))
            return #"{"kty":"RSA","use":"sig","kid":"\#(self.id)","n":"\#(n)","e":"\#(e)"}"#
        case .elliptic(let key):
            let raw = Array(key.publicKey.rawRepresentation)
            let (x, y) = (Base64URL.encode(Array(raw[..<32])), Base64URL.encode(Array(raw[32...])))
            return #"{"kty":"EC","crv":"P-256","kid":"\#(self.id)","alg":"ES256","x":"\#(x)","y":"\#(y)"}"#
        case .edwards(let key):
            let x = Base64URL.encode(Array(key.publicKey.rawRepresentation))
            return #"{"kty":"OKP","crv":"Ed25519","kid":"\#(self.id)","x":"\#(x)"}"#
        }
    }

    /// A token (RFC 7515 section 3.1).
    func token(_ claims: String, header: String? = nil) throws -> Redacted<String> {
        let header = header ?? #"{"alg":"\#(self.algorithm)","kid":"\#(self.id)"}"#
        let signed = "\(Base64URL.encode(Array(header.utf8))).\(Base64URL.encode(Array(claims.utf8)))"
        let signature: [UInt8]
        switch self.kind {
        case .rsa(let key):
            let digest = SHA256.hash(data: Array(signed.utf8))
            signature = Array(try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation)
        case .elliptic(let key): signature = Array(try key.signature(for: Array(signed.utf8)).rawRepresentation)
        case .edwards(let key): signature = Array(try key.signature(for: Array(signed.utf8)))
        }
        return Redacted("\(signed).\(Base64URL.encode(signature))")
    }
}
