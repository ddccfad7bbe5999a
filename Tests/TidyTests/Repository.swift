// The repository as the tidy tests see it: its files by folder, found from where this file was compiled.

import Foundation

/// The working tree that these tests were compiled from.
enum Repository {
    /// The folder that holds `Package.swift`.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Names of folders that hold nothing of ours: caches, what package managers made, what a server kept.
    private static let skippedFolders: Set<String> = ["node_modules", "__pycache__", "roost-data"]

    /// Every file under the root that a person wrote, by its path relative to the root, sorted.
    ///
    /// Hidden folders are left out, save `.ci` and `.github`; so are build outputs and links.
    static let files: [String] = {
        var found: [String] = []
        var folders = [""]
        while let folder = folders.popLast() {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
            for name in names {
                let path = folder.isEmpty ? name : "\(folder)/\(name)"
                var isFolder: ObjCBool = false
                let absolute = root.appending(path: path).path
                // A link leads to what is found elsewhere.
                let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: absolute)) != nil
                guard !isLink, FileManager.default.fileExists(atPath: absolute, isDirectory: &isFolder)
                else { continue }
                if !isFolder.boolValue {
                    found.append(path)
                } else if isOurs(folder: name) {
                    folders.append(path)
                }
            }
        }
        return found.sorted()
    }()

    /// The Swift files below any of some folders, read and split into code and comments.
    ///
    /// - Parameter folders: paths relative to the root, without a trailing slash; none means all.
    /// - Returns: the files, by path.
    static func swiftFiles(under folders: String...) -> [SourceFile] {
        allSwiftFiles.filter { file in
            folders.isEmpty || folders.contains { file.path.hasPrefix($0 + "/") }
        }
    }

    private static let allSwiftFiles: [SourceFile] =
        files
        .filter { $0.hasSuffix(".swift") }
        .map { SourceFile(path: $0, text: text(of: $0)) }

    /// A file's text.
    ///
    /// - Parameter path: relative to the root.
    /// - Returns: the text, empty where it is not UTF-8.
    static func text(of path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    private static func isOurs(folder name: String) -> Bool {
        if name == ".ci" || name == ".github" { return true }
        return !name.hasPrefix(".") && !skippedFolders.contains(name)
    }
}
