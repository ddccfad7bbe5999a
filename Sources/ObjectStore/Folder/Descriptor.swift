// What is open is closed when nobody holds it any more, also where a reading is thrown away half-way.

import Glibc

/// A file or a folder that is open.
final class Descriptor: Sendable {
    let number: CInt

    init(_ number: CInt) { self.number = number }

    deinit { _ = close(self.number) }

    /// Opens something in a folder; no child of this process inherits it, and it is no link.
    ///
    /// - Parameters:
    ///   - name: What it is called in the folder.
    ///   - flags: As for the system's call.
    /// - Returns: nil if there is nothing of that name.
    /// - Throws: ``ObjectStoreError``
    func open(_ name: String, _ flags: CInt) throws(ObjectStoreError) -> Descriptor? {
        while true {
            let number = openat(self.number, name, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
            if number >= 0 { return Descriptor(number) }
            let code = errno
            if code == ENOENT { return nil }
            if code != EINTR { throw .system("open \(name)", code) }
        }
    }

    /// Makes sure that a power cut does not take back what was written to it, or named in it.
    func sync(_ what: String) throws(ObjectStoreError) {
        while fsync(self.number) != 0 {
            let code = errno
            if code == EINTR { continue }
            // Some file systems cannot sync a folder and need not.
            if code == EINVAL { return }
            throw .system("sync \(what)", code)
        }
    }

    /// What the system knows of it.
    func status(_ what: String) throws(ObjectStoreError) -> stat {
        var status = stat()
        let number = self.number
        _ = try ObjectStoreError.checked("look at \(what)") { fstat(number, &status) }
        return status
    }

    /// Reads from one place on, as much as there is room for.
    ///
    /// - Returns: Fewer bytes only where the file ends.
    func read(_ count: Int, at offset: Int, _ what: String) throws(ObjectStoreError) -> [UInt8] {
        var failure: CInt?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let result = pread(self.number, base + filled, count - filled, off_t(offset + filled))
                if result < 0, errno == EINTR { continue }
                if result < 0 { failure = errno }
                if result <= 0 { break }
                filled += result
            }
        }
        if let failure { throw .system("read \(what)", failure) }
        return bytes
    }

    /// Writes all bytes to one place.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int, _ what: String) throws(ObjectStoreError) {
        var written = 0
        while written < bytes.count, let base = bytes.baseAddress {
            let result = pwrite(self.number, base + written, bytes.count - written, off_t(offset + written))
            let code = errno
            if result < 0, code == EINTR { continue }
            guard result > 0 else { throw .system("write \(what)", result == 0 ? ENOSPC : code) }
            written += result
        }
    }
}
