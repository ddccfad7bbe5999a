import Crypto
import Foundation
import ObjectStore
import StateStore
import Tenant
import Testing

@testable import Archive

/// A folder with a bundle in it.
struct BundleRig {
    let path: String

    /// Runs a block with a folder of its own.
    static func with(_ body: (BundleRig) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "roost-bundle-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(BundleRig(path: folder.appending(path: "acme.bundle").path))
    }

    var file: BundleFile { BundleFile(self.path) }

    var bytes: [UInt8] { get throws { Array(try Data(contentsOf: URL(filePath: self.path))) } }

    /// Exports a tenant.
    @discardableResult
    func export(
        _ tenant: TenantID,
        from store: DurableStore,
        withSecrets: Bool = true
    ) async throws -> BundleEnd {
        let header = BundleHeader(
            tenant: tenant.text,
            exportedAt: "2026-11-30T18:00:00Z",
            schema: Schema.version,
            roost: "1",
            secrets: withSecrets
        )
        let output = try NewFile(self.path)
        let end = try await BundleExport(of: tenant, in: store, header).write { try output.write($0) }
        try output.finish()
        return end
    }

    /// Looks at the bundle, and imports it.
    @discardableResult
    func bring(
        _ tenant: TenantID,
        into store: DurableStore,
        reseal: BundleIntake.Resealing? = nil
    ) async throws -> BundleImport.Outcome {
        let schema = try await BundleSchema.load(store)
        let bundle = BundleImport(self.file, as: tenant, into: store, schema, reseal: reseal)
        return try await bundle.run(try await bundle.verify())
    }

    /// The bundle's lines.
    var lines: [String] {
        get throws {
            let lines = try BundleLines(self.path)
            var found: [String] = []
            while let line = try lines.next() { found.append(String(decoding: line.dropLast(), as: UTF8.self)) }
            return found
        }
    }

    /// Writes lines as a bundle, with an end that fits them if there is to be one.
    func write(_ lines: [String], withEnd: Bool = true) throws {
        let all = withEnd ? lines + [try Self.end(of: lines)] : lines
        let bytes = Array(all.map { $0 + "\n" }.joined().utf8)
        try Data(try ZstdCompressor().add(bytes, isEnd: true)).write(to: URL(filePath: self.path))
    }

    /// The last line behind some.
    static func end(of lines: [String]) throws -> String {
        var end = BundleEnd()
        end.lines = lines.count
        end.sha256 = SHA256.hash(data: Array(lines.map { $0 + "\n" }.joined().utf8)).hex
        for line in lines.dropFirst() {
            let table = try #require(line.split(separator: "\"").dropFirst(3).first.map(String.init))
            end.tables[table, default: 0] += 1
        }
        return String(decoding: try JSONEncoder().encode(["end": end]), as: UTF8.self)
    }
}

extension DurableStore {
    /// All rows that a bundle carries of a tenant, by table and without the tenant's name.
    func bundled(_ tenant: TenantID) async throws -> [String: [[SQLValue]]] {
        var found: [String: [[SQLValue]]] = [:]
        for table in BundleTable.all {
            try await BundleRows(of: tenant, in: self).read(table) { found[table.name, default: []] += $0 }
        }
        return found
    }
}
