// A large file that is read bit by bit.

import Glibc

/// A file that is read from its beginning to its end.
package final class ReadFile {
    private let path: String
    private let descriptor: CInt

    /// - Throws: What could not be done: a folder or a pipe, which cannot be read twice, is none.
    package init(_ path: String) throws(FileFailure) {
        self.path = path
        self.descriptor = try Files.open(path, O_RDONLY | O_NONBLOCK)
        var status = stat()
        guard fstat(self.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            _ = close(self.descriptor)
            throw FileFailure("read as a file", path, code: EINVAL)
        }
    }

    /// The next bytes; none at the end.
    package func read(_ limit: Int) throws(FileFailure) -> [UInt8] {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { target, size in
                count = Glibc.read(self.descriptor, target.baseAddress, limit)
                size = max(0, count)
            }
            if count >= 0 { return bytes }
            guard errno == EINTR else { throw FileFailure("read", self.path, code: errno) }
        }
    }

    deinit { _ = close(self.descriptor) }
}
