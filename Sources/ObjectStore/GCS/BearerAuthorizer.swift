/// Shows a token with every request.
struct BearerAuthorizer: Authorizer {
    let tokens: ExpiringCache<GCSToken>

    func authorize(
        _ request: inout SignableRequest,
        payload: String,
        region: String,
        at time: Int64
    ) async throws(ObjectStoreError) -> [Secret] {
        let token = try await self.tokens.current().token
        request.add("authorization", "Bearer \(token.revealed)")
        return [token]
    }

    func presign(
        _ request: inout SignableRequest,
        region: String,
        at time: Int64,
        for seconds: Int
    ) async throws(ObjectStoreError) {
        throw .unsupported("URLs are signed with an HMAC key, not with a token")
    }

    func renew() async { await self.tokens.renew() }
}
