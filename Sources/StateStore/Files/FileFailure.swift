import Glibc

/// What the operating system said no to.
package struct FileFailure: Error, Hashable, CustomStringConvertible {
    /// What was tried, such as `write`.
    package let operation: String
    package let file: String
    /// `errno`.
    package let code: CInt

    package init(_ operation: String, _ file: String, code: CInt) {
        self.operation = operation
        self.file = file
        self.code = code
    }

    /// Whether there is no room, or no more of it for this user.
    package var isLackOfRoom: Bool { self.code == ENOSPC || self.code == EDQUOT }

    /// Whether there is no such file.
    package var isAbsence: Bool { self.code == ENOENT }

    package var description: String {
        let reason = strerror(self.code).map { String(cString: $0) } ?? "error \(self.code)"
        return "\(self.operation) \(self.file): \(reason)"
    }
}
