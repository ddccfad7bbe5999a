// Which folders to watch so that no change of a path is missed: neither of what is in it, nor of what the path means.
//
// A path is walked component by component. Each folder on the way is watched for the one name that comes next, so a
// component that is replaced, appears, or is a symbolic link that is pointed elsewhere (the `..data` of a Kubernetes
// volume) is noticed wherever it is. Links are followed the same way.

import Glibc

/// Folders to watch, each with the names in it that matter.
struct WatchPlan: Equatable {
    /// Names that matter in a folder; `nil` means every name.
    private(set) var folders: [String: Set<String>?] = [:]

    /// The most links that are followed for one path, as Linux does (`ELOOP`).
    private static let linksAtMost = 40

    /// Plans for absolute or relative paths of files and folders, there or not.
    init(paths: [String]) {
        for path in paths {
            guard let end = self.walk(path), Self.isFolder(end) else { continue }
            self.folders[end] = .some(nil)
            // Files in it may be links that lead out of it.
            for name in Self.links(in: end) { _ = self.walk("\(end)/\(name)") }
        }
    }

    /// Walks a path, watching each step.
    ///
    /// - Returns: The path without links, or `nil` if a component is missing.
    private mutating func walk(_ path: String) -> String? {
        var links = 0
        var current = path.hasPrefix("/") ? "" : Self.workingFolder
        var rest = path.split(separator: "/")[...]
        while let name = rest.popFirst().map(String.init) {
            if name == "." { continue }
            if name == ".." {
                current = String(current[..<(current.lastIndex(of: "/") ?? current.startIndex)])
                continue
            }
            self.watch(current.isEmpty ? "/" : current, for: name)
            let next = "\(current)/\(name)"
            guard let type = Self.type(of: next) else { return nil }
            guard type == S_IFLNK else {
                current = next
                continue
            }
            links += 1
            guard links <= Self.linksAtMost, let target = Self.target(of: next) else { return nil }
            if target.hasPrefix("/") { current = "" }
            rest = (target.split(separator: "/") + rest)[...]
        }
        return current.isEmpty ? "/" : current
    }

    private mutating func watch(_ folder: String, for name: String) {
        guard let names = self.folders[folder, default: []] else { return }
        self.folders[folder] = names.union([name])
    }

    private static var workingFolder: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        let text = String(cString: path)
        return text == "/" ? "" : text
    }

    private static func type(of path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private static func isFolder(_ path: String) -> Bool { Self.type(of: path) == S_IFDIR }

    private static func target(of link: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let length = readlink(link, start, buffer.count)
            guard length > 0 else { return nil }
            return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private static func links(in folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let type = entry.pointee.d_type
            guard type == UInt8(DT_LNK) || type == UInt8(DT_UNKNOWN) else { continue }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            // Some file systems do not say in a listing what a name stands for.
            if type == UInt8(DT_LNK) || Self.type(of: "\(folder)/\(name)") == S_IFLNK { names.append(name) }
        }
        return names.sorted()
    }
}
