/// Credentials in the environment, under the names that AWS's own tools read.
package struct EnvironmentCredentials: CredentialSource {
    private let environment: [String: String]

    package init(_ environment: [String: String]) { self.environment = environment }

    package func fetch() async throws(ObjectStoreError) -> S3Credentials? {
        let value = { (name: String) in self.environment[name].flatMap { $0.isEmpty ? nil : Secret($0) } }
        let (accessKey, secretKey) = (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"))
        if accessKey == nil, secretKey == nil { return nil }
        guard let accessKey, let secretKey else {
            throw .configuration("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together, and one is not set")
        }
        return S3Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: value("AWS_SESSION_TOKEN"))
    }
}
