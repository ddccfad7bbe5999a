/// Says who we are.
protocol Authorizer: Sendable {
    /// Adds to a request what shows it.
    ///
    /// - Parameters:
    ///   - request: With everything else in it.
    ///   - payload: The body's digest.
    ///   - region: Where the bucket is.
    ///   - time: What time it is for the store, in milliseconds since 1970.
    /// - Returns: What must not be in any message.
    /// - Throws: ``ObjectStoreError`` if there are no credentials.
    func authorize(
        _ request: inout SignableRequest,
        payload: String,
        region: String,
        at time: Int64
    ) async throws(ObjectStoreError) -> [Secret]

    /// Adds to a request's query what shows it for a while.
    func presign(
        _ request: inout SignableRequest,
        region: String,
        at time: Int64,
        for seconds: Int
    ) async throws(ObjectStoreError)

    /// Hears that the store takes what was shown no more.
    func renew() async
}

/// Signs requests.
struct SignatureAuthorizer: Authorizer {
    let credentials: CachedCredentials
    let scheme: SigningScheme
    let service: String

    init(_ credentials: CachedCredentials, service: String = "s3", scheme: SigningScheme = .aws) {
        self.credentials = credentials
        self.service = service
        self.scheme = scheme
    }

    func authorize(
        _ request: inout SignableRequest,
        payload: String,
        region: String,
        at time: Int64
    ) async throws(ObjectStoreError) -> [Secret] {
        let credentials = try await self.credentials.current()
        request.add("\(self.scheme.headerPrefix)content-sha256", payload)
        let signer = S3Signer(credentials, region: region, service: self.service, scheme: self.scheme)
        signer.sign(&request, payload: payload, at: time)
        return [credentials.accessKey, credentials.secretKey] + (credentials.sessionToken.map { [$0] } ?? [])
    }

    func presign(
        _ request: inout SignableRequest,
        region: String,
        at time: Int64,
        for seconds: Int
    ) async throws(ObjectStoreError) {
        let credentials = try await self.credentials.current()
        S3Signer(credentials, region: region, service: self.service, scheme: self.scheme)
            .presign(&request, at: time, for: seconds)
    }

    func renew() async { await self.credentials.renew() }
}
