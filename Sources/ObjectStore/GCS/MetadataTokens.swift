// What a machine of Google's, or a pod with a workload identity, is told of itself.
// cloud.google.com/compute/docs/access/authenticate-workloads

import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Tokens of the metadata server.
struct MetadataTokens: Sendable {
    let host: String
    let client: CredentialClient
    let time: StoreTime

    func fetch() async throws(ObjectStoreError) -> GCSToken {
        let path = "/computeMetadata/v1/instance/service-accounts/default/token"
        var request = HTTPClientRequest(url: "http://\(self.host)\(path)")
        request.headers.add(name: "Metadata-Flavor", value: "Google")
        let now = self.time.wall() / 1000
        let (status, body) = try await self.client.send("the metadata server", request)
        guard status == 200 else {
            throw .accessDenied("the metadata server answers \(status): has this machine a service account?")
        }
        return try ServiceAccountTokens.token(body, at: now)
    }
}
