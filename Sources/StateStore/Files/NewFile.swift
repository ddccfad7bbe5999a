// A large file that is written bit by bit: under its name there is all of it or what was there before.

import Glibc

/// A file for its owner only that appears under its name once it is complete.
///
/// What is not finished goes with this object; of a process that was killed a file ending in `.partial` is left, which the next one replaces.
package final class NewFile {
    package let path: String
    private let partial: String
    private var descriptor: CInt

    /// - Parameter path: Its name.
    /// - Throws: What could not be done.
    package init(_ path: String) throws(FileFailure) {
        self.path = path
        self.partial = path + ".partial"
        _ = unlink(self.partial)
        self.descriptor = try Files.open(self.partial, O_WRONLY | O_CREAT | O_EXCL)
    }

    /// Adds bytes.
    package func write(_ bytes: [UInt8]) throws(FileFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(self.descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileFailure("write", self.partial, code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Has it appear, on the disk.
    package func finish() throws(FileFailure) {
        guard fsync(self.descriptor) == 0 else { throw FileFailure("sync", self.partial, code: errno) }
        _ = close(self.descriptor)
        self.descriptor = -1
        guard rename(self.partial, self.path) == 0 else { throw FileFailure("rename", self.partial, code: errno) }
        try Files.syncFolder(Files.parent(of: self.path))
    }

    deinit {
        guard self.descriptor >= 0 else { return }
        _ = close(self.descriptor)
        _ = unlink(self.partial)
    }
}
