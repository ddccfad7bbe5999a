// An object on its way: nobody sees it before it is whole.

import Crypto
import Glibc
import NIOCore
import Synchronization

/// A file that is being written, beside the objects.
final class PartialFile: Sendable {
    private struct State {
        var size = 0
        var digest = SHA256()
        var isOver = false
        /// What went wrong first; there will be no object then.
        var failure: ObjectStoreError?
    }

    private let tree: FolderTree
    private let file: Descriptor
    private let name: String
    private let state = Mutex(State())

    /// Makes one, locked as long as it is open.
    ///
    /// - Throws: ``ObjectStoreError``
    init(in tree: FolderTree) throws(ObjectStoreError) {
        self.tree = tree
        while true {
            let name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
            let number = openat(tree.partial.number, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard number >= 0 else {
                if errno == EINTR || errno == EEXIST { continue }
                throw .system("make a file in \(tree.path)", errno)
            }
            let file = Descriptor(number)
            // Whoever sweeps may have been faster, and have taken it for a leftover.
            guard flock(number, LOCK_EX | LOCK_NB) == 0, try file.status(name).st_nlink > 0 else { continue }
            self.file = file
            self.name = name
            return
        }
    }

    deinit { self.discard() }

    /// Adds bytes.
    ///
    /// - Throws: ``ObjectStoreError``
    func write(_ bytes: ByteBuffer) throws(ObjectStoreError) {
        let failure = self.state.withLock { state -> ObjectStoreError? in
            if let failure = state.failure { return failure }
            if state.isOver { return .bodyFailed("a piece came behind the end") }
            do throws(ObjectStoreError) {
                let offset = ObjectHeader.length + state.size
                var problem: ObjectStoreError?
                bytes.withUnsafeReadableBytes { raw in
                    do throws(ObjectStoreError) { try self.file.write(raw, at: offset, "a piece") } catch {
                        problem = error
                    }
                    state.digest.update(bufferPointer: raw)
                }
                if let problem { throw problem }
                state.size += bytes.readableBytes
                return nil
            } catch {
                state.failure = error
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Makes an object of it.
    ///
    /// - Throws: ``ObjectStoreError/exists(_:)``, ``ObjectStoreError/corrupt(_:)`` if it is not what its checksum says.
    func finish(as key: ObjectKey, _ options: PutOptions) throws(ObjectStoreError) -> ObjectAttributes {
        let (size, digest, failure) = self.state.withLock { state in
            state.isOver = true
            return (state.size, Array(state.digest.finalize()), state.failure)
        }
        if let failure { throw failure }
        if let wanted = options.sha256, wanted != digest { throw .corrupt("\(key) has another SHA-256 than was said") }
        let header = ObjectHeader(size: size, sha256: digest.hex, contentType: options.contentType)
        var problem: ObjectStoreError?
        header.bytes.withUnsafeBytes { raw in
            do throws(ObjectStoreError) { try self.file.write(raw, at: 0, key.text) } catch { problem = error }
        }
        if let problem { throw problem }
        try self.file.sync(key.text)
        let status = try self.file.status(key.text)
        try self.tree.place(self.name, as: key, ifAbsent: options.ifAbsent)
        return ObjectAttributes(
            size: size,
            etag: digest.hex,
            modified: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
        )
    }

    /// Takes it away, if it has no place by now.
    func discard() {
        self.state.withLock { $0.isOver = true }
        _ = unlinkat(self.tree.partial.number, self.name, 0)
    }
}
