/// Where credentials come from.
package protocol CredentialSource: Sendable {
    /// Gets them anew.
    ///
    /// - Returns: nil if nothing here says that this source is meant.
    /// - Throws: ``ObjectStoreError`` that says what is wrong with them.
    func fetch() async throws(ObjectStoreError) -> S3Credentials?
}

/// Credentials that stay as they are.
package struct StaticCredentials: CredentialSource {
    private let credentials: S3Credentials

    package init(_ credentials: S3Credentials) { self.credentials = credentials }

    package func fetch() async throws(ObjectStoreError) -> S3Credentials? { self.credentials }
}

/// The first of several sources that is meant.
package struct CredentialChain: CredentialSource {
    private let sources: [any CredentialSource]

    package init(_ sources: [any CredentialSource]) { self.sources = sources }

    /// What AWS's own tools look for, in their order: the environment, a web identity, an agent beside the container.
    ///
    /// - Parameters:
    ///   - environment: The process's variables.
    ///   - region: Whose token service is asked, where the environment says none.
    ///   - time: The clocks.
    package init(environment: [String: String], region: String, time: StoreTime = .system) {
        self.init([
            EnvironmentCredentials(environment),
            WebIdentityCredentials(environment, region: region, time: time),
            ContainerCredentials(environment, time: time),
        ])
    }

    package func fetch() async throws(ObjectStoreError) -> S3Credentials? {
        for source in self.sources {
            if let credentials = try await source.fetch() { return credentials }
        }
        return nil
    }
}
