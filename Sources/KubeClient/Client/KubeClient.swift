// One server, one identity, every verb. There is no client-side rate limit: the server has its own (API priority and
// fairness) and says 429, which is honoured here; what bounds the requests in flight is who calls.

import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Speaks to a Kubernetes API server.
///
/// Objects are open (``KubeObject``), so one client serves all kinds. Errors keep the server's own reason and message.
package final class KubeClient: Sendable {
    /// A request that was made, for metrics: verb, resource, HTTP status (0 if there was no answer).
    package typealias Observer = @Sendable (_ verb: String, _ resource: KubeResource?, _ code: Int) -> Void

    /// How long a call may take, connecting and repeating included.
    package static let callTimeout: Duration = .seconds(30)
    /// The largest answer that is read: far above what the server takes for one object or sends as one page.
    private static let answerBytes = 64 << 20
    /// How often a request is sent again after the server asked to wait.
    private static let repeats = 4

    package let configuration: KubeConfiguration
    let http: HTTPClient
    let logger: Logger
    let credentials: Credentials
    private let observer: Observer
    private let userAgent: String
    /// The server's URL, with the name in it that its certificate is checked for.
    private let base: String

    /// Prepares a client; nothing is sent yet.
    ///
    /// - Parameters:
    ///   - configuration: Which server, and who we are.
    ///   - userAgent: What the server's audit log shows.
    ///   - logger: Hears of answers to wait, never of credentials.
    ///   - observer: Hears of every request.
    /// - Throws: ``KubeError/configuration(_:)`` if the authority's certificates cannot be used.
    package init(
        _ configuration: KubeConfiguration,
        userAgent: String,
        logger: Logger,
        observer: @escaping Observer = { _, _, _ in }
    ) throws(KubeError) {
        self.configuration = configuration
        self.userAgent = userAgent
        self.logger = logger
        self.observer = observer
        self.credentials = Credentials(configuration)
        var settings = HTTPClient.Configuration(
            tlsConfiguration: try Self.tls(configuration, certificate: nil),
            redirectConfiguration: .disallow,
            // A watch that says nothing for so long, bookmarks included, may be dead: it is begun again.
            timeout: .init(connect: .seconds(10), read: .seconds(150))
        )
        // The URL names whom the certificate must be for; the address is looked up under the name that was given.
        let (base, host) = Self.named(configuration.serverName, in: configuration.server)
        self.base = base
        if let host, let name = configuration.serverName { settings.dnsOverride = [name: host] }
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        // Broken connections are told at once; whether to try again is for who calls.
        settings.connectionPool.retryConnectionEstablishment = false
        // With HTTP/2 all share one connection, and one that is silently dead would be used again and again.
        settings.httpVersion = .http1Only
        self.http = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: settings)
    }

    /// Ends all connections.
    package func shutdown() async { try? await self.http.shutdown() }

    // MARK: Sending

    /// Sends a request and reads its answer whole.
    ///
    /// A server that asks to wait (429, or 503 with `Retry-After`) has done nothing yet: such a request is sent again in time.
    func send(
        _ verb: String,
        _ method: HTTPMethod,
        _ path: String,
        resource: KubeResource?,
        query: [(String, String)] = [],
        body: JSON? = nil,
        contentType: String = "application/json"
    ) async throws(KubeError) -> JSON {
        let deadline = ContinuousClock.now + Self.callTimeout
        var attempt = 0
        while true {
            var used: Credential?
            do throws(KubeError) {
                let credential = try await self.credentials.current()
                used = credential
                let request = try self.request(method, path, query, body, contentType, credential)
                return try await self.once(verb, request, resource: resource, deadline: deadline)
            } catch {
                attempt += 1
                // A certificate that the server does not take is said by no status; another may be there by now.
                if case .unreachable = error, let used, used.certificate != nil {
                    await self.credentials.refused(used)
                }
                // The server may have closed a kept connection just as it was used; what does no harm twice is sent again.
                if case .unreachable = error, attempt == 1, method == .GET || contentType.contains("apply-patch") {
                    continue
                }
                guard let status = error.status else { throw error }
                // A token that was replaced meanwhile: once with a fresh one.
                if status.code == 401, attempt == 1, let used {
                    await self.credentials.refused(used)
                    continue
                }
                guard status.code == 429 || status.code == 503, let wait = status.retryAfter, attempt <= Self.repeats
                else { throw error }
                // Spread, so that those who were told together do not come back together.
                let delay = wait + .milliseconds(Int.random(in: 0...500))
                guard ContinuousClock.now + delay < deadline else { throw error }
                self.logger.debug(
                    "the API server asks to wait",
                    metadata: ["verb": "\(verb)", "path": "\(path)", "delay": "\(delay.words)"]
                )
                do { try await TimeSource.continuous.sleep(delay) } catch { throw .timedOut }
            }
        }
    }

    private func once(
        _ verb: String,
        _ request: HTTPClientRequest,
        resource: KubeResource?,
        deadline: ContinuousClock.Instant
    ) async throws(KubeError) -> JSON {
        let left = deadline - .now
        guard left > .zero else { throw .timedOut }
        var bytes: ByteBuffer
        let response: HTTPClientResponse
        do {
            (response, bytes) = try await Self.within(left) { [http] in
                let response = try await http.execute(request, deadline: .now() + TimeAmount(left))
                return (response, try await response.body.collect(upTo: Self.answerBytes))
            }
        } catch {
            self.observer(verb, resource, 0)
            throw Self.failure(error)
        }
        let code = Int(response.status.code)
        self.observer(verb, resource, code)
        let json = try? JSON(parsing: bytes.readableBytesView)
        guard (200..<300).contains(code) else { throw Self.refusal(json, response, &bytes) }
        guard let json else { throw .invalidAnswer("\(verb) got no JSON") }
        return json
    }

    /// The request with who we are on it.
    func request(
        _ method: HTTPMethod,
        _ path: String,
        _ query: [(String, String)],
        _ body: JSON?,
        _ contentType: String,
        _ credential: Credential
    ) throws(KubeError) -> HTTPClientRequest {
        var url = self.base + path
        if !query.isEmpty {
            let parts = query.map { "\($0.0)=\(KubeResource.escaped($0.1))" }
            url += "?" + parts.joined(separator: "&")
        }
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: self.userAgent)
        if let token = credential.token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let certificate = credential.certificate {
            request.tlsConfiguration = try Self.tls(self.configuration, certificate: certificate)
        }
        if let body {
            request.headers.add(name: "Content-Type", value: contentType)
            request.body = .bytes(ByteBuffer(bytes: body.data))
        }
        return request
    }

    func observe(_ verb: String, _ resource: KubeResource, _ code: Int) { self.observer(verb, resource, code) }

    static func refusal(_ json: JSON?, _ response: HTTPClientResponse, _ bytes: inout ByteBuffer) -> KubeError {
        let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
        let text = bytes.readString(length: min(bytes.readableBytes, 1000)) ?? ""
        return .status(
            KubeStatus(
                json?["kind"].string == "Status" ? json : nil,
                code: Int(response.status.code),
                retryAfter: seconds.map { .seconds(min(max($0, 0), 300)) },
                body: text
            )
        )
    }

    /// Does something within a time; it is cancelled when that is over.
    ///
    /// The library's own deadline ends with an answer's head.
    static func within<Value: Sendable>(
        _ limit: Duration,
        of time: TimeSource = .continuous,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await time.sleep(limit)
                throw KubeError.timedOut
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw CancellationError() }
            return value
        }
    }

    static func failure(_ error: any Error) -> KubeError {
        switch error {
        case let error as KubeError: error
        case is NIOTooManyBytesError: .tooLarge
        case let error as HTTPClientError where [.readTimeout, .deadlineExceeded, .connectTimeout].contains(error):
            .timedOut
        case is CancellationError: .timedOut
        // Its long form would show the headers that it does not like, credentials among them.
        case let error as HTTPClientError: .unreachable(error.shortDescription)
        case let error as NIOSSLError: .unreachable(Self.words(of: error))
        case let error as BoringSSLError: .unreachable(Self.words(of: error))
        default: .unreachable("\(error)")
        }
    }

    /// What the server said to our certificate (RFC 8446, section 6.2) is hidden deep in the library's words.
    private static func words(of error: any Error) -> String {
        let words = "\(error)"
        if words.contains("ALERT_CERTIFICATE_REQUIRED") { return "it wants a client certificate (\(words))" }
        let refusals = ["UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_EXPIRED", "CERTIFICATE_REVOKED", "ACCESS_DENIED"]
        guard refusals.contains(where: { words.contains("ALERT_\($0)") }) else { return words }
        return "it does not take the client certificate (\(words))"
    }

    /// Puts another host name into a URL.
    ///
    /// - Returns: the URL, and the host that was in it before; nil if it is the same URL.
    private static func named(_ name: String?, in server: String) -> (url: String, host: String?) {
        guard let name, !name.isEmpty, let start = server.firstRange(of: "://")?.upperBound else {
            return (server, nil)
        }
        let authority = server[start...].prefix { $0 != "/" }
        let rest = server[authority.endIndex...]
        let colon = authority.lastIndex(of: ":").flatMap { authority[$0...].contains("]") ? nil : $0 }
        let port = colon.map { authority[$0...] } ?? ""
        var host = String(authority[..<(colon ?? authority.endIndex)])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return ("\(server[..<start])\(name)\(port)\(rest)", host)
    }

    private static func tls(
        _ configuration: KubeConfiguration,
        certificate: (chain: [UInt8], key: [UInt8])?
    ) throws(KubeError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if configuration.skipsVerification { tls.certificateVerification = .none }
        do {
            if let authority = configuration.authority {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
            }
        } catch { throw .configuration("the cluster's certificate-authority holds no certificate in PEM form") }
        if let certificate {
            let own = try Self.tls(certificate)
            tls.certificateChain = own.certificateChain
            tls.privateKey = own.privateKey
        }
        return tls
    }

    /// A client's side with a certificate.
    static func tls(_ certificate: (chain: [UInt8], key: [UInt8])) throws(KubeError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        do {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(certificate.chain).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: certificate.key, format: .pem))
        } catch { throw .configuration("the client certificate or its key cannot be read as PEM") }
        return tls
    }
}
