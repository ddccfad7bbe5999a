import Foundation
import NIOCore
import ObjectStore
import Testing

/// Bytes that no two places of which look alike for long.
func sample(_ count: Int, seed: UInt64 = 1) -> ByteBuffer {
    var state = seed &* 0x9E37_79B9_7F4A_7C15
    var bytes = [UInt8]()
    bytes.reserveCapacity(count + 8)
    while bytes.count < count {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        withUnsafeBytes(of: state) { bytes.append(contentsOf: $0) }
    }
    return ByteBuffer(bytes: bytes.prefix(count))
}

/// A key, which the text must be.
func key(_ text: String) throws -> ObjectKey { try #require(ObjectKey(text)) }

extension ObjectStore {
    /// Puts a short text.
    func put(_ name: String, _ text: String = "x", _ options: PutOptions = PutOptions()) async throws {
        _ = try await self.put(try key(name), ByteBuffer(string: text), options)
    }

    /// Reads a short text.
    func text(_ name: String) async throws -> String {
        String(buffer: try await self.get(try key(name), limit: 1 << 20))
    }

    /// Every key under a prefix, over all pages.
    func allKeys(_ prefix: String = "", delimiter: String? = nil, page: Int = 1000) async throws -> [String] {
        var (all, after): ([String], String?) = ([], nil)
        for _ in 0..<10_000 {
            let found = try await self.list(prefix, after: after, delimiter: delimiter, limit: page)
            all += found.items.map(\.key.text) + found.commonPrefixes
            #expect(found.items.count + found.commonPrefixes.count <= page)
            guard let next = found.next else { return all }
            after = next
        }
        Issue.record("the list does not end")
        return all
    }
}

/// What a call of a store's throws.
func failure(_ body: () async throws -> Void) async -> ObjectStoreError? {
    do {
        try await body()
        return nil
    } catch { return error as? ObjectStoreError ?? .bodyFailed("\(error)") }
}

/// A folder that is gone afterwards.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let path = "\(FileManager.default.temporaryDirectory.path)/roost-objects-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
}
