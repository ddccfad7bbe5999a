// What the operating system says no to, in the words of the contract.

import Glibc

extension ObjectStoreError {
    /// What a number of the system's means.
    ///
    /// - Parameters:
    ///   - operation: What was tried, such as `write a part of logs/1`.
    ///   - code: `errno`, as it was directly behind the call.
    /// - Returns: The error that says what and why.
    static func system(_ operation: String, _ code: CInt) -> ObjectStoreError {
        let reason = strerror(code).map { String(cString: $0) } ?? "error \(code)"
        let text = "cannot \(operation): \(reason)"
        return switch code {
        case ENOSPC, EDQUOT, EFBIG: .full(text)
        case EACCES, EPERM, EROFS: .accessDenied(text)
        case ELOOP, ENOTDIR: .accessDenied("\(text); links in the folder are not followed")
        case ENOENT: .noBucket(text)
        default: .unavailable(text)
        }
    }

    /// Runs a call of the system's again as long as a signal breaks it off.
    ///
    /// - Parameters:
    ///   - operation: What is tried, for the error.
    ///   - call: Returns -1 where it fails.
    /// - Returns: What the call returns.
    /// - Throws: ``system(_:_:)``
    static func checked<Number: SignedInteger>(
        _ operation: @autoclosure () -> String,
        _ call: () -> Number
    ) throws(ObjectStoreError) -> Number {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = errno
            if code != EINTR { throw .system(operation(), code) }
        }
    }
}
