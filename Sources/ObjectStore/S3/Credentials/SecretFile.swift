// Small files, as secrets are mounted.

import NIOPosix

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads files that hold a secret each.
enum SecretFile {
    private static let longest = 64 << 10

    /// Reads a file's text, without the white space around it.
    ///
    /// - Parameter path: The file.
    /// - Returns: The text; nil if there is no such file.
    /// - Throws: ``ObjectStoreError/configuration(_:)`` that names the file.
    static func read(_ path: String) async throws(ObjectStoreError) -> Secret? {
        let data: Data?
        do {
            data = try await NIOThreadPool.singleton.runIfActive { FileManager.default.contents(atPath: path) }
        } catch { throw .unavailable("\(path) could not be read") }
        guard let data else { return nil }
        guard data.count <= Self.longest, let text = String(validating: data, as: UTF8.self) else {
            throw .configuration("\(path) is no secret: it is too long, or no text")
        }
        let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        guard !trimmed.isEmpty else { throw .configuration("\(path) is empty") }
        return Secret(String(trimmed))
    }
}
