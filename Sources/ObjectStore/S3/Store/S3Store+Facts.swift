/// What a bucket can.
extension S3Store {
    package func facts() async throws(ObjectStoreError) -> BucketFacts {
        _ = try await self.send(S3Request("HEAD"))
        var facts = BucketFacts()
        facts.region = self.client.region
        let versioning = try await self.setting("versioning")
        facts.isVersioned = versioning?.text("Status") == "Enabled"
        guard self.dialect.locks else { return facts }
        let lock = try await self.setting("object-lock")
        facts.hasObjectLock = lock?.text("ObjectLockEnabled") == "Enabled"
        if let rule = lock?["Rule"]?["DefaultRetention"] {
            let years = rule.text("Years").flatMap { Int($0) }.map { min(max($0, 0), 1000) * 365 }
            facts.defaultLockDays = rule.text("Days").flatMap { Int($0) } ?? years
        }
        let rule = try await self.setting("encryption")?["Rule"]?["ApplyServerSideEncryptionByDefault"]
        switch rule?.text("SSEAlgorithm") {
        case "AES256": facts.encryption = .store
        case .some: facts.encryption = .keyService(key: rule?.text("KMSMasterKeyID"))
        case nil: break
        }
        return facts
    }

    /// One of a bucket's settings.
    ///
    /// - Returns: nil where there is none, where the store does not know such, or where we may not ask.
    private func setting(_ name: String) async throws(ObjectStoreError) -> XMLNode? {
        var request = S3Request("GET")
        request.ask(name)
        do throws(ObjectStoreError) { return try await self.document(request) } catch {
            switch error {
            case .noBucket, .notFound, .accessDenied, .unsupported, .rejected: return nil
            default: throw error
            }
        }
    }
}
