// One file's part in a folder: what it says, what is wrong with it, and what of it could not be understood.

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a file of YAML or JSON says.
struct ResourceFile: Sendable {
    /// The path, as errors show it.
    let path: String
    /// The resources without errors, in order.
    private(set) var resources: [AnyResource] = []
    /// Everything that is wrong.
    private(set) var errors: [ResourceError] = []
    /// The resources that are left out for an error, as far as their names could be read.
    private(set) var broken: Set<ResourceKey> = []
    /// Whether something is left out whose name could not be read: any resource may be meant.
    private(set) var hidesSome = false
    /// Whether there is no document in it, as in a file that was emptied to be written again.
    private(set) var isEmpty = false
    /// Whether nobody knows what is in it: the same file may well be read another time.
    private(set) var isUnread = false

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - contents: What is in a file; nil if it cannot be read.
    init(reading path: String, _ contents: (String) -> [UInt8]? = ResourceFile.contents) {
        self.path = path
        self.read(contents(path))
    }

    /// What is in a file; nil if it cannot be read.
    static func contents(of path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map(Array.init) }

    /// Reads a text in the place of a file.
    ///
    /// - Parameters:
    ///   - text: One document or several.
    ///   - path: What errors call it.
    ///   - ignoringUnknownFields: Whether fields that are not known are passed over.
    init(_ text: String, path: String, ignoringUnknownFields: Bool = false) {
        self.path = path
        self.read(text, ignoringUnknownFields: ignoringUnknownFields)
    }

    private mutating func read(_ contents: [UInt8]?) {
        guard let data = contents else {
            self.isUnread = true
            return self.fail(.unreadable, "cannot be read: check its permissions")
        }
        guard data.count <= ResourceSet.maximumFileSize else {
            return self.fail(.unreadable, "exceeds \(ResourceSet.maximumFileSize >> 20) MiB: split it")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            return self.fail(.unreadable, "is not UTF-8: save it as UTF-8")
        }
        self.read(text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text)
    }

    private mutating func read(_ text: String, ignoringUnknownFields: Bool = false) {
        let documents = YAMLDocuments.parse(text)
        self.isEmpty = documents.isEmpty
        for result in documents {
            switch result {
            case .failure(let failure): self.fail(.syntax, failure.message, at: failure.position)
            case .success(let document):
                let document = ResourceDocument(
                    document,
                    file: self.path,
                    ignoringUnknownFields: ignoringUnknownFields
                )
                self.resources += document.resources
                self.errors += document.errors
                self.broken.formUnion(document.broken)
                if document.brokenUnnamed { self.hidesSome = true }
            }
        }
    }

    private mutating func fail(_ reason: ResourceError.Reason, _ message: String, at position: SourcePosition? = nil) {
        self.errors.append(ResourceError(file: self.path, position: position, reason, message))
        self.hidesSome = true
    }
}

extension ResourceError {
    /// Reports something wrong with a file as a whole.
    init(file: String, position: SourcePosition? = nil, _ reason: Reason, _ message: String) {
        self.init(file: file, position: position, resource: nil, field: nil, reason: reason, message: message)
    }
}
