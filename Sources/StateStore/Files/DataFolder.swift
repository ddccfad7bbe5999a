// The folder in which `roost dev` keeps everything: of one process at a time.

import Glibc

/// A folder that belongs to this process for as long as this object lives.
///
/// The lock is the kernel's, so it ends with the process however that ends.
package final class DataFolder: Sendable {
    package let path: String
    private let descriptor: CInt

    /// Why the folder cannot be had.
    package enum Problem: Error, CustomStringConvertible {
        case inUse(path: String)
        case failed(FileFailure)

        package var description: String {
            switch self {
            case .inUse(let path):
                "\(path) is in use by another process: end that one, or name another folder with --data"
            case .failed(let failure): "cannot \(failure)"
            }
        }
    }

    /// Makes the folder if it is not there, for its owner only, and takes it.
    ///
    /// - Throws: ``Problem``
    package init(path: String) throws(Problem) {
        self.path = path
        do throws(FileFailure) {
            try Files.makeFolder(path)
            self.descriptor = try Files.open("\(path)/lock", O_RDWR | O_CREAT)
        } catch { throw .failed(error) }
        while flock(self.descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            _ = close(self.descriptor)
            throw code == EWOULDBLOCK ? .inUse(path: path) : .failed(FileFailure("lock", "\(path)/lock", code: code))
        }
    }

    deinit { _ = close(self.descriptor) }

    /// Makes sure that a power cut does not take back the files that were made in it.
    ///
    /// - Throws: ``Problem``
    package func sync() throws(Problem) {
        do throws(FileFailure) { try Files.syncFolder(self.path) } catch { throw .failed(error) }
    }
}
