/// How a call ended that did not go well.
struct S3Failure: Error, Hashable, Sendable {
    let failure: AttemptFailure
    /// Whether the store may have done it at an earlier attempt.
    let isAmbiguous: Bool

    /// In the words of the contract.
    func error(_ key: ObjectKey?, bucket: String) -> ObjectStoreError {
        switch self.failure {
        case .fault(let fault): fault.error(key, bucket: bucket)
        case .broken(let reason): .unavailable(reason)
        case .timedOut: .timedOut
        case .final(let error): error
        }
    }
}
