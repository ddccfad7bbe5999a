// The write-ahead journal's folder as the operating system has it.

import Glibc
import NIOCore
import Synchronization

/// A folder on a disk.
package final class SystemFolder: JournalFolder {
    private let path: String
    /// Held, so that a process without descriptors can still sync it, and so that it stays one and the same folder.
    private let descriptor: CInt
    /// A file that is open and empty, for when there is no descriptor for a new one.
    ///
    /// A descriptor that is freed for that would be taken by the next connection.
    private let spare = Mutex<CInt?>(nil)
    private static let spareName = "spare"

    /// Takes a folder, which is made if it is not there.
    package init(path: String) throws(FileFailure) {
        self.path = path
        try Files.makeFolder(path)
        self.descriptor = try Files.open(path, O_RDONLY | O_DIRECTORY)
    }

    deinit {
        if let spare = self.spare.withLock({ $0 }) {
            _ = unlinkat(self.descriptor, Self.spareName, 0)
            _ = Glibc.close(spare)
        }
        _ = Glibc.close(self.descriptor)
    }

    package func names() throws(FileFailure) -> [String] {
        guard let folder = opendir(self.path) else { throw FileFailure("open", self.path, code: errno) }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            // The only way to tell the end from a failure.
            errno = 0
            guard let entry = readdir(folder) else {
                guard errno == 0 else { throw FileFailure("list", self.path, code: errno) }
                return names
            }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != "..", name != Self.spareName { names.append(name) }
        }
    }

    package func read(_ name: String) throws(FileFailure) -> JournalFileContents {
        let file = self.place(of: name)
        let descriptor = try Files.open(file, O_RDONLY, as: name, in: self.descriptor)
        defer { _ = Glibc.close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure("look at", file, code: errno) }
        return JournalFileContents(length: Int(status.st_size)) { target, offset in
            let count = pread(descriptor, target.baseAddress, target.count, off_t(offset))
            return (count, count < 0 ? errno : 0)
        }
    }

    package func create(_ name: String) throws(FileFailure) -> any JournalFile {
        let file = self.place(of: name)
        do throws(FileFailure) {
            let descriptor = try Files.open(file, O_RDWR | O_CREAT | O_EXCL, as: name, in: self.descriptor)
            self.keepSpare()
            return SystemFile(descriptor: descriptor, path: file)
        } catch {
            guard error.code == EMFILE || error.code == ENFILE, let spare = self.takeSpare(as: name)
            else { throw error }
            return SystemFile(descriptor: spare, path: file)
        }
    }

    private func keepSpare() {
        self.spare.withLock { spare in
            if spare != nil { return }
            do throws(FileFailure) {
                let flags = O_RDWR | O_CREAT | O_TRUNC
                spare = try Files.open(self.place(of: Self.spareName), flags, as: Self.spareName, in: self.descriptor)
            } catch {
                // Tried again with the next file.
            }
        }
    }

    private func takeSpare(as name: String) -> CInt? {
        self.spare.withLock { spare in
            guard spare != nil, renameat(self.descriptor, Self.spareName, self.descriptor, name) == 0
            else { return nil }
            return spare.take()
        }
    }

    package func remove(_ name: String) throws(FileFailure) {
        let file = self.place(of: name)
        guard unlinkat(self.descriptor, name, 0) == 0 else { throw FileFailure("remove", file, code: errno) }
    }

    package func rename(_ name: String, to other: String) throws(FileFailure) {
        guard renameat(self.descriptor, name, self.descriptor, other) == 0 else {
            throw FileFailure("rename", self.place(of: name), code: errno)
        }
    }

    package func sync() throws(FileFailure) { try Files.syncFolder(self.descriptor, self.path) }

    private func place(of name: String) -> String { "\(self.path)/\(name)" }
}

/// A file on a disk.
private final class SystemFile: JournalFile {
    private let descriptor: CInt
    private let path: String

    init(descriptor: CInt, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    func write(_ bytes: ByteBuffer, at offset: Int) throws(FileFailure) {
        var rest = bytes
        var offset = offset
        while rest.readableBytes > 0 {
            let count = rest.withUnsafeReadableBytes {
                pwrite(self.descriptor, $0.baseAddress, $0.count, off_t(offset))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileFailure("write", self.path, code: count < 0 ? errno : EIO) }
            rest.moveReaderIndex(forwardBy: count)
            offset += count
        }
    }

    func sync() throws(FileFailure) {
        // Never again after a failure, not even after EINTR.
        guard fdatasync(self.descriptor) == 0 else { throw FileFailure("sync", self.path, code: errno) }
    }

    func close() { _ = Glibc.close(self.descriptor) }
}
