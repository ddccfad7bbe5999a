import Glibc

/// Small files that may hold keys: written whole or not at all, readable by their owner only.
enum SecretFile {
    /// A file's text; `nil` if it cannot be read or is no UTF-8.
    static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return ferror(file) == 0 ? String(validating: bytes, as: UTF8.self) : nil
    }

    /// Replaces a file; whoever reads it sees the old one or the new one.
    ///
    /// - Throws: ``ListenerError/file(_:reason:)``.
    static func write(_ text: String, to path: String, readableByAll: Bool = false) throws(ListenerError) {
        let draft = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, readableByAll ? 0o644 : 0o600)
        guard descriptor >= 0 else { throw .file(path, reason: Self.reason) }
        var rest = ArraySlice(text.utf8)
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                let reason = Self.reason
                close(descriptor)
                unlink(draft)
                throw .file(path, reason: reason)
            }
            rest = rest.dropFirst(count)
        }
        close(descriptor)
        guard rename(draft, path) == 0 else {
            let reason = Self.reason
            unlink(draft)
            throw .file(path, reason: reason)
        }
    }

    /// Makes a folder and those above it, for their owner only, if they are not there.
    ///
    /// - Throws: ``ListenerError/file(_:reason:)``.
    static func makeFolder(_ path: String) throws(ListenerError) {
        var made = path.hasPrefix("/") ? "" : "."
        for name in path.split(separator: "/") {
            made += "/\(name)"
            guard mkdir(made, 0o700) != 0, errno != EEXIST else { continue }
            throw .file(path, reason: Self.reason)
        }
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
