// What an agent on the same machine gives out: ECS's, and the pod identity of EKS.
// docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Credentials of an agent beside the container.
package struct ContainerCredentials: CredentialSource {
    private let environment: [String: String]
    private let client: CredentialClient

    /// Reads where the agent is from the environment.
    ///
    /// - Parameters:
    ///   - environment: With `AWS_CONTAINER_CREDENTIALS_FULL_URI` or `…_RELATIVE_URI`, if this is meant.
    ///   - time: The clocks.
    package init(_ environment: [String: String], time: StoreTime = .system) {
        self.environment = environment
        self.client = CredentialClient(time: time)
    }

    package func fetch() async throws(ObjectStoreError) -> S3Credentials? {
        guard let url = try self.url() else { return nil }
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "Accept", value: "application/json")
        var secrets: [Secret] = []
        if let token = try await self.token() {
            guard !token.revealed.contains(where: \.isNewline) else {
                throw .configuration("the token for the container's credentials has more than one line")
            }
            secrets.append(token)
            request.headers.add(name: "Authorization", value: token.revealed)
        }
        let (status, body) = try await self.client.send("the container's agent", request)
        guard status == 200 else {
            throw .accessDenied("the container's agent answers \(status) instead of credentials")
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView)) else {
            throw .unavailable("the container's agent gives no credentials that can be read")
        }
        return S3Credentials(
            accessKey: Secret(answer.accessKeyID),
            secretKey: Secret(answer.secretAccessKey),
            sessionToken: answer.token.map { Secret($0) },
            expires: answer.expiration.flatMap(HTTPDate.readISO)
        )
    }

    private struct Answer: Decodable {
        let accessKeyID: String
        let secretAccessKey: String
        let token: String?
        let expiration: String?

        private enum CodingKeys: String, CodingKey {
            case accessKeyID = "AccessKeyId"
            case secretAccessKey = "SecretAccessKey"
            case token = "Token"
            case expiration = "Expiration"
        }
    }

    private func token() async throws(ObjectStoreError) -> Secret? {
        if let file = self.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"], !file.isEmpty {
            guard let token = try await SecretFile.read(file) else {
                throw .configuration("\(file), which AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names, is not there")
            }
            return token
        }
        return self.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"].flatMap { $0.isEmpty ? nil : Secret($0) }
    }

    private func url() throws(ObjectStoreError) -> String? {
        if let path = self.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"], !path.isEmpty {
            guard path.hasPrefix("/") else {
                throw .configuration("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must begin with a slash")
            }
            return "http://169.254.170.2\(path)"
        }
        guard let url = self.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"], !url.isEmpty else { return nil }
        guard Self.isTrustworthy(url) else {
            throw .configuration("AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or of this machine itself")
        }
        return url
    }

    /// Whether a token may be sent there: nobody else may listen on the way.
    static func isTrustworthy(_ url: String) -> Bool {
        if url.hasPrefix("https://") { return true }
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst(7).prefix { !"/?#".contains($0) }
        // Whatever stands before an @ is no host.
        guard !authority.contains("@") else { return false }
        if authority.hasPrefix("[") {
            let host = authority.dropFirst().prefix { $0 != "]" }
            return ["::1", "fd00:ec2::23"].contains(host)
        }
        let host = authority.prefix { $0 != ":" }
        if ["localhost", "169.254.170.2", "169.254.170.23"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
