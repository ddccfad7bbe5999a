/// Credentials in files of a folder, as a Secret of Kubernetes is mounted; they are read again and again, since they
/// may change.
package struct FileCredentials: CredentialSource {
    private let accessKey: String
    private let secretKey: String
    private let sessionToken: String

    /// Names the files.
    ///
    /// - Parameters:
    ///   - folder: Where they are.
    ///   - accessKey: The file with the key's name.
    ///   - secretKey: The file with the key.
    ///   - sessionToken: The file with a session's token, which need not be there.
    package init(
        _ folder: String,
        accessKey: String = "accessKey",
        secretKey: String = "secretKey",
        sessionToken: String = "sessionToken"
    ) {
        self.accessKey = "\(folder)/\(accessKey)"
        self.secretKey = "\(folder)/\(secretKey)"
        self.sessionToken = "\(folder)/\(sessionToken)"
    }

    package func fetch() async throws(ObjectStoreError) -> S3Credentials? {
        // They change together, but not while both are open: twice the same is no mixture of old and new.
        var before = try await self.read()
        for _ in 0..<5 {
            let now = try await self.read()
            if now == before { return now }
            before = now
        }
        throw .unavailable("\(self.accessKey) and \(self.secretKey) change all the time")
    }

    private func read() async throws(ObjectStoreError) -> S3Credentials? {
        let accessKey = try await SecretFile.read(self.accessKey)
        let secretKey = try await SecretFile.read(self.secretKey)
        if accessKey == nil, secretKey == nil { return nil }
        guard let accessKey else { throw .configuration("\(self.accessKey) is not there") }
        guard let secretKey else { throw .configuration("\(self.secretKey) is not there") }
        let token = try await SecretFile.read(self.sessionToken)
        return S3Credentials(accessKey: accessKey, secretKey: secretKey, sessionToken: token)
    }
}
