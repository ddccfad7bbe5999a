// From a folder to resources: which files count, and what stays when one of them breaks.

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ResourceSet {
    /// The largest file that is read, in bytes: far above what a cluster's store would take as one object.
    package static let maximumFileSize = 8 << 20

    /// Reads every `.yaml`, `.yml` and `.json` file of a folder, in the order of their names.
    ///
    /// As for `kubectl apply -f`, subfolders and names that begin with a dot are passed over. A path to one file reads that file.
    ///
    /// A resource with an error is left out and the others go on. Kinds that are not Roost's are passed over with a
    /// warning. Of two resources of the same kind and name the first one counts and the other gets an error.
    ///
    /// - Parameters:
    ///   - folder: The folder's path.
    ///   - previous: What was read before: a resource that is broken now keeps its previous version, as long as its file is
    ///     there.
    /// - Returns: What could be read, and everything that is wrong, in the order of files and lines.
    package static func load(
        folder: String,
        keeping previous: ResourceSet? = nil
    ) -> (ResourceSet, [ResourceError]) {
        var set = ResourceSet()
        var errors: [ResourceError] = []
        // What is broken, so that its previous version can stay: by name, or else by the file it stands in.
        var broken: Set<ResourceKey> = []
        var unnamedIn: Set<String> = []
        for file in Self.files(in: folder, &errors, &unnamedIn) {
            guard let text = Self.text(of: file, &errors) else {
                unnamedIn.insert(file)
                continue
            }
            for result in YAMLDocuments.parse(text) {
                switch result {
                case .failure(let failure):
                    errors.append(Self.error(file, failure.position, .syntax, failure.message))
                    unnamedIn.insert(file)
                case .success(let document):
                    let document = ResourceDocument(document, file: file)
                    errors.append(contentsOf: document.errors)
                    broken.formUnion(document.broken)
                    if document.brokenUnnamed { unnamedIn.insert(file) }
                    for resource in document.resources {
                        guard let holder = set.add(resource) else { continue }
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
            }
        }
        for resource in previous?.all ?? []
        where broken.contains(resource.key) || unnamedIn.contains(resource.source.file) || unnamedIn.contains(folder) {
            _ = set.add(resource)
        }
        return (set, errors)
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
        var set = ResourceSet()
        var errors: [ResourceError] = []
        for result in YAMLDocuments.parse(text) {
            switch result {
            case .failure(let failure):
                errors.append(Self.error(name, failure.position, .syntax, failure.message))
            case .success(let document):
                let document = ResourceDocument(
                    document,
                    file: name,
                    ignoringUnknownFields: ignoringUnknownFields
                )
                errors.append(contentsOf: document.errors)
                for resource in document.resources { _ = set.add(resource) }
            }
        }
        return (set, errors)
    }

    private static func files(
        in folder: String,
        _ errors: inout [ResourceError],
        _ unreadable: inout Set<String>
    ) -> [String] {
        var isFolder = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else {
            // Perhaps it is being replaced: what was in it stays until there is a folder again.
            unreadable.insert(folder)
            errors.append(Self.error(folder, nil, .unreadable, "is no folder: create it, or name another one"))
            return []
        }
        guard isFolder else { return [folder] }
        do {
            let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { name in !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains(where: name.hasSuffix) }
                .sorted().map { "\(base)/\($0)" }
        } catch {
            unreadable.insert(folder)
            errors.append(Self.error(folder, nil, .unreadable, "cannot be listed: check its permissions"))
            return []
        }
    }

    private static func text(of file: String, _ errors: inout [ResourceError]) -> String? {
        guard let data = FileManager.default.contents(atPath: file) else {
            errors.append(Self.error(file, nil, .unreadable, "cannot be read: check its permissions"))
            return nil
        }
        guard data.count <= Self.maximumFileSize else {
            errors.append(Self.error(file, nil, .unreadable, "exceeds \(Self.maximumFileSize >> 20) MiB: split it"))
            return nil
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            errors.append(Self.error(file, nil, .unreadable, "is not UTF-8: save it as UTF-8"))
            return nil
        }
        return text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
    }

    private static func error(
        _ file: String,
        _ position: SourcePosition?,
        _ reason: ResourceError.Reason,
        _ message: String
    ) -> ResourceError {
        ResourceError(file: file, position: position, resource: nil, field: nil, reason: reason, message: message)
    }
}
