// The definitions under k8s/crds, and what the decoder makes of documents of their kinds.

import Foundation
import Tenant
import Testing

/// One of the kinds that are defined.
enum CustomResource: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case plan = "Plan"
    case tenant = "Tenant"
    case cell = "Cell"
    case tenantGrant = "TenantGrant"
    case tenantQuota = "TenantQuota"

    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..")

    var testDescription: String { self.rawValue }

    var isNamespaced: Bool { self != .plan && self != .cell }

    /// How many fields it has at least.
    var leastFields: Int { self == .tenantQuota ? 3 : 20 }

    /// The file's content.
    func definition() throws -> JSONValue {
        let file = Self.root.appending(path: "k8s/crds/\(self.rawValue.lowercased())s.roost.chat.yaml")
        return try JSONValue(yaml: String(contentsOf: file, encoding: .utf8))
    }

    /// The only version.
    func version() throws -> JSONValue { try #require(try self.definition()["spec"]["versions"].elements.first) }

    /// The schema of the whole object, in which `metadata` is left to the API server.
    func schema() throws -> StructuralSchema {
        let path: [FieldStep] = [
            .field("properties"), .field("metadata"), .field("x-kubernetes-preserve-unknown-fields"),
        ]
        return try StructuralSchema(
            try self.version()["schema"]["openAPIV3Schema"].setting(path[...], to: .bool(true))
        )
    }

    /// The least that is accepted.
    var least: JSONValue {
        let spec: JSONValue =
            self == .tenant
            ? .object([
                "hostnames": .list([.string("a.example.com")]), "planRef": .object(["name": .string("free")]),
            ]) : .object([:])
        return self.document(spec: spec)
    }

    /// An object with a `spec`.
    func document(spec: JSONValue) -> JSONValue {
        .object([
            "apiVersion": .string("roost.chat/v1alpha1"), "kind": .string(self.rawValue),
            "metadata": .object(["name": .string("a")]), "spec": spec,
        ])
    }

    /// Reads one document.
    func decode(_ document: JSONValue) throws -> (resources: ResourceSet, errors: [ResourceError]) {
        let folder = try Folder(["a.json": document.json])
        defer { folder.remove() }
        return ResourceSet.load(folder: folder.path)
    }

    /// Reads many documents at once, and says of each whether it was accepted.
    func accepts(_ documents: [JSONValue]) throws -> [Bool] {
        var files: [String: String] = [:]
        for start in stride(from: 0, to: documents.count, by: 1000) {
            let part = documents[start..<min(start + 1000, documents.count)].enumerated().map { index, document in
                document.setting([.field("metadata"), .field("name")], to: .string("s\(start + index)")).json
            }
            files["\(start).yaml"] = part.joined(separator: "\n---\n")
        }
        let folder = try Folder(files)
        defer { folder.remove() }
        let (resources, _) = ResourceSet.load(folder: folder.path)
        let names: Set<String> =
            switch self {
            case .plan: Set(resources.plans.keys)
            case .cell: Set(resources.cells.keys)
            case .tenantGrant: Set(resources.tenantGrants.values.map(\.metadata.name))
            case .tenantQuota: Set(resources.tenantQuotas.values.map(\.metadata.name))
            case .tenant: Set(resources.tenants.map(\.metadata.name))
            }
        return documents.indices.map { names.contains("s\($0)") }
    }
}
