import Glibc

/// Reading a folder.
extension Descriptor {
    /// Shows every name in a folder to somebody, in no order.
    ///
    /// - Parameters:
    ///   - what: Which folder, for the error.
    ///   - body: Gets each name.
    /// - Throws: ``ObjectStoreError``
    func forEachName(of what: String, _ body: ([UInt8]) -> Void) throws(ObjectStoreError) {
        // A descriptor of its own: this one's place in the folder would be shared by all who read it.
        let number = openat(self.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .system("read the folder \(what)", errno) }
        guard let stream = fdopendir(number) else {
            let code = errno
            _ = close(number)
            throw .system("read the folder \(what)", code)
        }
        defer { closedir(stream) }
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw .system("read the folder \(what)", errno) }
                return
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in Array(bytes.prefix { $0 != 0 }) }
            if name != [UInt8(ascii: ".")], name != Array("..".utf8) { body(name) }
        }
    }

    /// All names in a folder that has few.
    func names(of what: String) throws(ObjectStoreError) -> [[UInt8]] {
        var names: [[UInt8]] = []
        try self.forEachName(of: what) { names.append($0) }
        return names
    }
}
