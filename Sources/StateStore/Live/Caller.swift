/// Who waits for the end of a call: told once, in time, whatever is found out later.
final class Caller<Value> {
    private var completion: ((Result<Value, LiveStoreError>) -> Void)?

    init(_ completion: @escaping (Result<Value, LiveStoreError>) -> Void) { self.completion = completion }

    var waits: Bool { self.completion != nil }

    /// Tells how it ended.
    ///
    /// - Returns: false if nobody waits any more.
    @discardableResult
    func tell(_ result: Result<Value, LiveStoreError>) -> Bool {
        guard let completion = self.completion else { return false }
        self.completion = nil
        completion(result)
        return true
    }
}
