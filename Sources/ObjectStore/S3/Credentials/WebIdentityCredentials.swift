// A pod's own identity, as its cluster signs it, for a role of AWS's (IRSA): no key is kept anywhere.
// docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Credentials that the token service gives for a signed identity in a file.
package struct WebIdentityCredentials: CredentialSource {
    private let environment: [String: String]
    private let region: String
    private let client: CredentialClient

    /// Reads which role and which file from the environment.
    ///
    /// - Parameters:
    ///   - environment: With `AWS_ROLE_ARN` and `AWS_WEB_IDENTITY_TOKEN_FILE`, if this is meant.
    ///   - region: Whose token service is asked, where `AWS_REGION` says none.
    ///   - time: The clocks.
    package init(_ environment: [String: String], region: String, time: StoreTime = .system) {
        self.environment = environment
        self.region = environment["AWS_REGION"] ?? region
        self.client = CredentialClient(time: time)
    }

    package func fetch() async throws(ObjectStoreError) -> S3Credentials? {
        guard let role = self.environment["AWS_ROLE_ARN"], !role.isEmpty,
            let file = self.environment["AWS_WEB_IDENTITY_TOKEN_FILE"], !file.isEmpty
        else { return nil }
        guard let token = try await SecretFile.read(file) else {
            throw .configuration("\(file), which AWS_WEB_IDENTITY_TOKEN_FILE names, is not there")
        }
        let suffix = self.region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        let service = self.environment["AWS_ENDPOINT_URL_STS"] ?? "https://sts.\(self.region).\(suffix)"
        var request = HTTPClientRequest(url: service.hasSuffix("/") ? service : "\(service)/")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8")
        let fields = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", self.environment["AWS_ROLE_SESSION_NAME"] ?? "roost"),
            ("WebIdentityToken", token.revealed),
        ]
        request.body = .bytes(ByteBuffer(string: PercentEncoding.query(fields)))
        let (status, body) = try await self.client.send("the token service", request)
        guard status == 200 else {
            let fault = S3Fault(status: status, [:], body, hiding: [token])
            throw .accessDenied("the token service does not give the role \(role): \(fault.code) \(fault.message)")
        }
        let root = XMLReader.read(body.readableBytesView)
        guard let node = root?["AssumeRoleWithWebIdentityResult"]?["Credentials"], let key = node.text("AccessKeyId"),
            let secret = node.text("SecretAccessKey"), let session = node.text("SessionToken")
        else { throw .unavailable("the token service gives no credentials that can be read") }
        return S3Credentials(
            accessKey: Secret(key),
            secretKey: Secret(secret),
            sessionToken: Secret(session),
            expires: node.text("Expiration").flatMap(HTTPDate.readISO)
        )
    }
}
