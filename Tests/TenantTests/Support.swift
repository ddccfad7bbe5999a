// Folders on disk and waiting with a deadline, for all tests of this module.

import Foundation
import Tenant
import Testing

/// A folder that is removed at the end of a block.
func withFolder<Result>(
    _ files: [String: String] = [:],
    _ body: (Folder) async throws -> Result
) async throws -> Result {
    let folder = try Folder(files)
    defer { folder.remove() }
    return try await body(folder)
}

struct Folder: Sendable {
    let path: String

    init(_ files: [String: String] = [:]) throws {
        self.path = FileManager.default.temporaryDirectory.path + "/roost-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: self.path, withIntermediateDirectories: true)
        for (name, text) in files { try self.write(name, text) }
    }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: "\(self.path)/\(name)", atomically: false, encoding: .utf8)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(self.path)/\(name)")
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: self.path)
    }
}

struct DeadlinePassed: Error {}

/// The block's result, unless the deadline passes first: tests fail then instead of waiting for ever.
func within<Result: Sendable>(
    _ deadline: Duration = .seconds(60),
    _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await ContinuousClock().sleep(for: deadline)
            throw DeadlinePassed()
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw DeadlinePassed() }
        return first
    }
}

/// Reads one file's text as a folder of its own, and makes the catalog.
func load(_ text: String) async throws -> (resources: ResourceSet, catalog: TenantCatalog, errors: [ResourceError]) {
    try await withFolder(["a.yaml": text]) { folder in
        let (resources, errors) = ResourceSet.load(folder: folder.path)
        let made = TenantCatalog.make(from: resources)
        return (resources, made.catalog, errors + made.errors)
    }
}

/// The YAML of a plan and of a tenant with some lines of `spec`, each with four spaces or more before it.
func tenantYAML(_ name: String = "acme", spec: String = "") -> String {
    """
    apiVersion: roost.chat/v1alpha1
    kind: Tenant
    metadata: {name: \(name)}
    spec:
      hostnames: [\(name).localhost]
      planRef: {name: free}
    \(spec)
    """
}

let freePlan = """
    apiVersion: roost.chat/v1alpha1
    kind: Plan
    metadata: {name: free}
    """

extension [ResourceError] {
    /// Those for which something was left out.
    var mistakes: [ResourceError] { self.filter { $0.severity == .error } }
}

extension TenantID {
    static func named(_ text: String) throws -> TenantID { try #require(TenantID(text)) }
}
