// Requests to one bucket: signed, sent, sent again where that helps, and answered with what the store said.

import AsyncHTTPClient
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

/// An answer that was read whole.
struct S3Answer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: ByteBuffer
}

/// Speaks to one bucket.
final class S3Client: Sendable {
    /// The largest answer that is read whole: a list of a thousand long keys.
    private static let answerBytes = 8 << 20
    /// How much of a refusal is read.
    private static let faultBytes = 64 << 10

    let settings: S3Settings
    let endpoint: S3Endpoint
    let time: StoreTime
    let logger: Logger
    private let authorizer: any Authorizer
    private let http: HTTPClient
    private let gate: Gate
    private let place: Mutex<S3Place>

    init(
        _ settings: S3Settings,
        _ authorizer: any Authorizer,
        logger: Logger,
        time: StoreTime
    ) throws(ObjectStoreError) {
        self.settings = settings
        self.endpoint = try S3Endpoint(settings)
        self.authorizer = authorizer
        self.logger = logger
        self.time = time
        self.http = try HTTPClient.forStores(settings)
        self.gate = Gate(settings.concurrency, queue: settings.queue, longest: settings.callTime, time: time)
        self.place = Mutex(S3Place(region: settings.region))
    }

    /// The library ends the process where nobody has ended its client before.
    deinit { self.http.shutdown { _ in } }

    func shutdown() async { try? await self.http.shutdown() }

    var region: String { self.place.withLock { $0.region } }

    // MARK: Calls

    /// Sends a request and reads its answer whole.
    func send(_ request: S3Request) async throws(S3Failure) -> S3Answer {
        try await self.perform(request) { response, secrets in
            let bytes = try await response.body.collect(upTo: Self.answerBytes)
            if request.mayFailInside, let fault = S3Fault(inside: bytes, hiding: secrets) {
                throw AttemptFailure.fault(fault)
            }
            return S3Answer(status: Int(response.status.code), headers: response.headers, body: bytes)
        }
    }

    /// Sends a request for an object, and leaves its bytes to the caller.
    func open(_ request: S3Request) async throws(S3Failure) -> HTTPClientResponse {
        guard let delay = self.settings.hedgeAfter else {
            return try await self.perform(request) { response, _ in response }
        }
        let time = self.time
        do {
            return try await withThrowingTaskGroup(of: HTTPClientResponse.self) { group in
                group.addTask { try await self.perform(request) { response, _ in response } }
                group.addTask {
                    try await time.sleep(delay)
                    // Who is slow because all are busy is not helped by more.
                    while self.gate.waiting > 0 { try await time.sleep(delay) }
                    return try await self.perform(request) { response, _ in response }
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch let failure as S3Failure { throw failure } catch {
            throw S3Failure(failure: .timedOut, isAmbiguous: false)
        }
    }

    /// A URL of an object that holds for a while.
    func presign(_ method: String, _ key: ObjectKey, for seconds: Int) async throws(ObjectStoreError) -> String {
        let place = self.place.withLock { $0 }
        let target = self.endpoint.target(key, place)
        var signable = SignableRequest(method, target.path)
        signable.add("host", target.host)
        try await self.authorizer.presign(
            &signable,
            region: place.region,
            at: self.time.wall() + place.skew,
            for: seconds
        )
        return target.base + PercentEncoding.encode(target.path, keepsSlashes: true) + "?" + signable.canonicalQuery
    }

    // MARK: Attempts

    private typealias Take<Value> = @Sendable (HTTPClientResponse, [Secret]) async throws -> Value

    private func perform<Value: Sendable>(
        _ request: S3Request,
        _ take: @escaping Take<Value>
    ) async throws(S3Failure) -> Value {
        let start = self.time.now()
        var policy = RetryPolicy(first: self.settings.firstPause)
        var random = SystemRandomNumberGenerator()
        while true {
            let left = self.settings.callTime - (self.time.now() - start)
            guard left > .zero, !Task.isCancelled else {
                throw S3Failure(failure: .timedOut, isAmbiguous: policy.isAmbiguous)
            }
            do throws(AttemptFailure) {
                return try await self.attempt(request, until: start + self.settings.callTime, take)
            } catch {
                let left = self.settings.callTime - (self.time.now() - start)
                let verdict = policy.next(after: error, skew: self.skew(of: error), left: left, using: &random)
                self.tell(error, verdict, request)
                guard await self.prepare(verdict) else {
                    throw S3Failure(failure: error, isAmbiguous: policy.isAmbiguous)
                }
            }
        }
    }

    /// Does what has to be done before another attempt.
    ///
    /// - Returns: Whether there is to be one.
    private func prepare(_ verdict: RetryVerdict) async -> Bool {
        switch verdict {
        case .giveUp: return false
        case .again(let delay):
            do { try await self.time.sleep(delay) } catch { return false }
        case .withNewCredentials: await self.authorizer.renew()
        case .withClock(let serverTime):
            let skew = serverTime - self.time.wall()
            self.place.withLock { $0.skew = skew }
        case .elsewhere(let region, let host):
            return self.place.withLock { place in
                let before = place
                if let region { place.region = region }
                // AWS's hosts follow from the region.
                if let host, region == nil || !self.endpoint.isAWS, self.endpoint.mayLead(to: host) {
                    place.host = host
                }
                return place != before
            }
        }
        return true
    }

    private func skew(of failure: AttemptFailure) -> Int64 {
        guard case .fault(let fault) = failure, let time = fault.serverTime else { return 0 }
        return time - self.time.wall() - self.place.withLock { $0.skew }
    }

    private func tell(_ failure: AttemptFailure, _ verdict: RetryVerdict, _ request: S3Request) {
        guard verdict != .giveUp else { return }
        let error = S3Failure(failure: failure, isAmbiguous: false).error(request.key, bucket: self.settings.bucket)
        self.logger.debug(
            "a request to the object store is sent again",
            metadata: ["method": "\(request.method)", "bucket": "\(self.settings.bucket)", "reason": "\(error)"]
        )
    }

    private func attempt<Value: Sendable>(
        _ request: S3Request,
        until deadline: Duration,
        _ take: @escaping Take<Value>
    ) async throws(AttemptFailure) -> Value {
        do {
            try await self.gate.enter()
            defer { self.gate.leave() }
            // Whoever waited for long has that much less.
            let limit = min(deadline - self.time.now(), self.settings.attemptTime)
            guard limit > .zero else { throw ObjectStoreError.timedOut }
            let (prepared, hidden) = try await self.prepared(request)
            let http = self.http
            return try await self.time.within(limit) {
                let response = try await http.execute(prepared, deadline: .now() + TimeAmount(limit))
                guard (200..<300).contains(response.status.code) else {
                    let body = try? await response.body.collect(upTo: Self.faultBytes)
                    let status = Int(response.status.code)
                    throw AttemptFailure.fault(
                        S3Fault(status: status, response.headers, body ?? .init(), hiding: hidden)
                    )
                }
                return try await take(response, hidden)
            }
        } catch { throw Self.failure(error) }
    }

    private func prepared(_ request: S3Request) async throws(ObjectStoreError) -> (HTTPClientRequest, [Secret]) {
        let place = self.place.withLock { $0 }
        let target = self.endpoint.target(request.key, place)
        var signable = SignableRequest(request.method, target.path)
        signable.query = request.query
        signable.headers = request.headers
        signable.add("host", target.host)
        let digest = S3Signer.digest(request.body?.readableBytesView ?? ByteBuffer().readableBytesView)
        let secrets = try await self.authorizer.authorize(
            &signable,
            payload: digest,
            region: place.region,
            at: self.time.wall() + place.skew
        )
        let query = signable.canonicalQuery
        let path = PercentEncoding.encode(target.path, keepsSlashes: true)
        var prepared = HTTPClientRequest(url: target.base + path + (query.isEmpty ? "" : "?\(query)"))
        prepared.method = HTTPMethod(rawValue: request.method)
        for header in signable.headers { prepared.headers.add(name: header.name, value: header.value) }
        if let body = request.body { prepared.body = .bytes(body) }
        return (prepared, secrets)
    }

    /// What an error of the library's is for us; nothing of a request is in it.
    static func failure(_ error: any Error) -> AttemptFailure {
        switch error {
        case let error as AttemptFailure: error
        case ObjectStoreError.timedOut: .timedOut
        case let error as ObjectStoreError: .final(error)
        case is CancellationError: .timedOut
        case is NIOTooManyBytesError: .final(.rejected(status: 200, code: "TooLong", message: "the answer is too long"))
        case let error as HTTPClientError
        where [.readTimeout, .deadlineExceeded, .connectTimeout, .cancelled].contains(error):
            .timedOut
        case let error as HTTPClientError: .broken(error.shortDescription)
        case let error as IOError: .broken("\(error)")
        case let error as ChannelError: .broken("\(error)")
        case let error as NIOSSLError: .broken("TLS: \(error)")
        case let error as BoringSSLError: .broken("TLS: \(error)")
        default: .broken("\(type(of: error))")
        }
    }
}
