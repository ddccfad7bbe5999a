import Glibc

/// Which file it is, by whatever path.
package struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}

/// What tells that a file is not what it was, without reading it.
package struct FileVersion: Hashable, Sendable {
    /// Which file it is a version of.
    package let identity: FileIdentity
    private let size: Int64
    /// When its contents, and when anything of it changed, in nanoseconds.
    private let times: [Int64]

    /// Looks at a file, or at the one that a link leads to; nil if there is none to be seen.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        self.size = Int64(status.st_size)
        self.times = [status.st_mtim, status.st_ctim].map { Int64($0.tv_sec) &* 1_000_000_000 &+ Int64($0.tv_nsec) }
    }
}
