// From files to resources: which files count, and what several of them make together.

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ResourceSet {
    /// The largest file that is read, in bytes: far above what a cluster's store would take as one object.
    package static let maximumFileSize = 8 << 20

    /// Reads every `.yaml`, `.yml` and `.json` file of a folder once, in the order of their names.
    ///
    /// As for `kubectl apply -f`, subfolders and names that begin with a dot are passed over. A path to one file reads that file.
    ///
    /// A resource with an error is left out and the others go on. Kinds that are not Roost's are passed over with a
    /// warning. Of two resources of the same kind and name the first one counts and the other gets an error.
    ///
    /// - Parameter folder: The folder's path.
    /// - Returns: What could be read, and everything that is wrong, in the order of files.
    package static func load(folder: String) -> (ResourceSet, [ResourceError]) {
        do throws(ResourceError) {
            let files = try Self.files(in: folder).map { ResourceFile(reading: $0) }
            var set = ResourceSet()
            let errors = set.add(files)
            return (set, errors)
        } catch {
            return (ResourceSet(), [error])
        }
    }

    /// Reads resources from one text, YAML or JSON, such as an object of an API server.
    ///
    /// - Parameters:
    ///   - text: One document or several.
    ///   - name: What errors call it in the place of a file.
    ///   - ignoringUnknownFields: Whether fields that are not known are passed over. An API server has judged its objects
    ///     by definitions that may be newer than this program.
    /// - Returns: What could be read, and everything that is wrong.
    package static func read(
        _ text: String,
        named name: String,
        ignoringUnknownFields: Bool = false
    ) -> (ResourceSet, [ResourceError]) {
        let file = ResourceFile(text, path: name, ignoringUnknownFields: ignoringUnknownFields)
        var set = ResourceSet()
        for resource in file.resources { _ = set.add(resource) }
        return (set, file.errors)
    }

    /// Adds what files say.
    ///
    /// - Returns: What is wrong in them, and with them beside each other.
    mutating func add(_ files: [ResourceFile]) -> [ResourceError] {
        var errors: [ResourceError] = []
        for file in files {
            errors += file.errors
            for resource in file.resources {
                guard let holder = self.add(resource) else { continue }
                let line = holder.position(of: "metadata.name").map { ":\($0.line)" } ?? ""
                errors.append(
                    resource.source.error(
                        .duplicate,
                        "metadata.name",
                        "\(holder.resource) is described already in \(holder.file)\(line): remove or rename one of them"
                    )
                )
            }
        }
        return errors
    }

    /// The paths of a folder's files that count, in order; a file's own path if it is one.
    ///
    /// - Throws: Why there are none to be had.
    static func files(in folder: String) throws(ResourceError) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            throw ResourceError(file: folder, .unreadable, "is no folder: create it, or name another one")
        }
        guard isFolder else { return [folder] }
        do {
            let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { name in !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) }
                .sorted().map { "\(base)/\($0)" }
        } catch {
            throw ResourceError(file: folder, .unreadable, "cannot be listed: check its permissions")
        }
    }
}
