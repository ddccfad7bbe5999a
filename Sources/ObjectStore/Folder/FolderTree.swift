// The folder as the system sees it. Every name is opened in the folder before it, and none through a link: nothing that
// lies in the folder leads out of it.

import Glibc

/// The files of a folder's objects; all of this keeps the thread for as long as the disk takes.
struct FolderTree: Sendable {
    /// Where it is, for whoever reads an error.
    let path: String
    private let objects: Descriptor
    /// What is being written.
    let partial: Descriptor

    /// Opens a folder, and makes it where there is none.
    ///
    /// - Throws: ``ObjectStoreError``
    init(_ path: String) throws(ObjectStoreError) {
        self.path = path
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .system("make the folder \(path)", errno) }
        let number = try ObjectStoreError.checked("open the folder \(path)") {
            Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
        let root = Descriptor(number)
        self.objects = try Self.part("objects", of: root, path)
        self.partial = try Self.part("partial", of: root, path)
    }

    /// Opens a folder in another one, and makes it where there is none.
    ///
    /// - Returns: nil if the outer one was taken away meanwhile, or this one again and again: it was empty.
    private static func folder(_ name: String, in outer: Descriptor) throws(ObjectStoreError) -> Descriptor? {
        for _ in 0..<10 {
            if let inner = try outer.open(name, O_RDONLY | O_DIRECTORY) { return inner }
            if mkdirat(outer.number, name, 0o700) == 0 {
                try outer.sync(name)
                continue
            }
            let code = errno
            if code == ENOENT { return nil }
            guard code == EEXIST || code == EINTR else { throw .system("make the folder \(name)", code) }
        }
        return nil
    }

    /// Opens one of the two folders that everything is in.
    private static func part(_ name: String, of root: Descriptor, _ path: String) throws(ObjectStoreError) -> Descriptor
    {
        guard let part = try Self.folder(name, in: root) else { throw .noBucket("\(path) was taken away") }
        return part
    }

    /// Opens the folder that some names lead to.
    ///
    /// - Returns: nil if it is not there.
    func folder(_ names: some Sequence<String>) throws(ObjectStoreError) -> Descriptor? {
        var folder = self.objects
        for name in names {
            guard let inner = try folder.open(name, O_RDONLY | O_DIRECTORY) else { return nil }
            folder = inner
        }
        return folder
    }

    /// Opens the folder that some names lead to, and makes those that are not there.
    ///
    /// - Returns: nil if one of them was taken away meanwhile.
    private func madeFolder(_ names: [String]) throws(ObjectStoreError) -> Descriptor? {
        var folder = self.objects
        for name in names {
            guard let inner = try Self.folder(name, in: folder) else { return nil }
            folder = inner
        }
        return folder
    }

    /// Opens an object, with what is known of it.
    ///
    /// - Returns: nil if there is none.
    func object(_ key: ObjectKey) throws(ObjectStoreError) -> (file: Descriptor, ObjectHeader, ObjectAttributes)? {
        let path = FolderPath(key)
        guard let folder = try self.folder(path.folders),
            // What is no file, such as a pipe that somebody put there, must keep nobody waiting.
            let file = try folder.open(path.file, O_RDONLY | O_NONBLOCK)
        else { return nil }
        let status = try file.status(key.text)
        guard status.st_mode & S_IFMT == S_IFREG,
            let header = ObjectHeader(try file.read(ObjectHeader.length, at: 0, key.text)),
            Int(status.st_size) - ObjectHeader.length == header.size
        else { throw .corrupt("the file of \(key) does not begin as it should, or is cut") }
        let attributes = ObjectAttributes(
            size: header.size,
            etag: header.sha256,
            modified: Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
        )
        return (file, header, attributes)
    }

    /// Gives a file that is written its place.
    ///
    /// - Parameters:
    ///   - name: In the folder of what is being written.
    ///   - key: What it is called from now on.
    ///   - ifAbsent: Whether nothing may be there.
    /// - Throws: ``ObjectStoreError/exists(_:)``
    func place(_ name: String, as key: ObjectKey, ifAbsent: Bool) throws(ObjectStoreError) {
        let path = FolderPath(key)
        for _ in 0..<100 {
            guard let folder = try self.madeFolder(path.folders) else { continue }
            let result =
                ifAbsent
                ? linkat(self.partial.number, name, folder.number, path.file, 0)
                : renameat(self.partial.number, name, folder.number, path.file)
            let code = errno
            if result == 0 {
                if ifAbsent { _ = unlinkat(self.partial.number, name, 0) }
                return try folder.sync(key.text)
            }
            if code == EEXIST { throw .exists(key) }
            // The folder was taken away meanwhile, since it was empty.
            guard code == ENOENT || code == EINTR else { throw .system("name the file of \(key)", code) }
        }
        throw .unavailable("the folder of \(key) is taken away all the time")
    }

    /// Deletes an object, and the folders that are empty then.
    func delete(_ key: ObjectKey) throws(ObjectStoreError) {
        let path = FolderPath(key)
        guard var folder = try self.folder(path.folders) else { return }
        if unlinkat(folder.number, path.file, 0) != 0 {
            guard errno != ENOENT else { return }
            throw .system("delete \(key)", errno)
        }
        try folder.sync(key.text)
        var names = path.folders[...]
        while let name = names.popLast() {
            // Not empty is the common case; whatever else it is, an empty folder does no harm.
            guard let outer = try self.folder(names), unlinkat(outer.number, name, AT_REMOVEDIR) == 0 else { return }
            folder = outer
        }
    }

    /// Looks whether the folder is still where it was.
    ///
    /// - Throws: ``ObjectStoreError/noBucket(_:)``
    func check() throws(ObjectStoreError) {
        var status = stat()
        let path = "\(self.path)/objects"
        _ = try ObjectStoreError.checked("look at \(path)") { lstat(path, &status) }
        let own = try self.objects.status(path)
        guard own.st_ino == status.st_ino, own.st_dev == status.st_dev else {
            throw .noBucket("\(path) is another folder than the one that was opened")
        }
    }

    /// Deletes what was being written when a process ended.
    ///
    /// Whoever writes holds a lock on its file, which the kernel takes back when the process ends.
    func sweep() throws(ObjectStoreError) {
        for name in try self.partial.names(of: "partial") {
            let text = String(decoding: name, as: UTF8.self)
            guard let file = try self.partial.open(text, O_RDWR | O_NONBLOCK) else { continue }
            if flock(file.number, LOCK_EX | LOCK_NB) == 0 { _ = unlinkat(self.partial.number, text, 0) }
        }
    }
}
