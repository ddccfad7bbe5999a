// Files that survive a power cut once a call returns.

import Glibc

/// What is done to files where it matters that they stay.
package enum Files {
    /// Makes a folder for its owner only, with those that it lies in, and makes sure that they stay.
    package static func makeFolder(_ path: String) throws(FileFailure) {
        let parent = self.parent(of: path)
        do throws(FileFailure) { try self.makeOneFolder(path) } catch {
            guard error.isAbsence, !path.isEmpty, parent != path else { throw error }
            try self.makeFolder(parent)
            // Once: what is still not there then cannot be made.
            try self.makeOneFolder(path)
        }
    }

    private static func makeOneFolder(_ path: String) throws(FileFailure) {
        if mkdir(path, 0o700) == 0 { return try self.syncFolder(self.parent(of: path)) }
        guard errno == EEXIST else { throw FileFailure("make the folder", path, code: errno) }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw FileFailure("make the folder", path, code: ENOTDIR)
        }
    }

    /// Writes a file as a whole, for its owner only: after a power cut there is all of it or what was there before.
    ///
    /// - Parameters:
    ///   - path: The file; one next to it is made for the moment.
    ///   - bytes: What it is to hold.
    /// - Throws: What could not be done.
    package static func replace(_ path: String, with bytes: some Collection<UInt8>) throws(FileFailure) {
        let new = "\(path).new"
        _ = unlink(new)
        let descriptor = try self.open(new, O_WRONLY | O_CREAT | O_EXCL)
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return try self.fail("write", new, closing: descriptor) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { return try self.fail("sync", new, closing: descriptor) }
        _ = close(descriptor)
        guard rename(new, path) == 0 else { throw FileFailure("rename", new, code: errno) }
        try self.syncFolder(self.parent(of: path))
    }

    /// Makes sure that a power cut neither takes back a folder's new files nor brings back those that were removed.
    package static func syncFolder(_ path: String) throws(FileFailure) {
        let descriptor = try self.open(path, O_RDONLY | O_DIRECTORY)
        defer { _ = close(descriptor) }
        try self.syncFolder(descriptor, path)
    }

    static func syncFolder(_ descriptor: CInt, _ path: String) throws(FileFailure) {
        // Some file systems cannot sync a folder and need not.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileFailure("sync", path, code: errno) }
    }

    /// Opens a file that no child of this process inherits; what is made is for its owner only.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - flags: As for the system's call.
    ///   - name: What it is called in a folder that is open; nil for its path.
    ///   - folder: That folder's descriptor.
    /// - Returns: The file's descriptor.
    /// - Throws: What could not be done.
    static func open(
        _ path: String,
        _ flags: CInt,
        as name: String? = nil,
        in folder: CInt = AT_FDCWD
    ) throws(FileFailure) -> CInt {
        while true {
            let descriptor = openat(folder, name ?? path, flags | O_CLOEXEC, 0o600)
            if descriptor >= 0 { return descriptor }
            guard errno == EINTR else { throw FileFailure("open", path, code: errno) }
        }
    }

    private static func fail(_ operation: String, _ path: String, closing descriptor: CInt) throws(FileFailure) {
        let failure = FileFailure(operation, path, code: errno)
        _ = close(descriptor)
        throw failure
    }

    static func parent(of path: String) -> String {
        var trimmed = path[...]
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }
}
