#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Small files, as credentials are mounted.
enum TextFile {
    /// Reads a file of at most 1 MiB.
    ///
    /// - Throws: ``KubeError/configuration(_:)`` that names the file.
    static func read(_ path: String) throws(KubeError) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .configuration("\(path): cannot be read: check that it exists and may be read")
        }
        guard data.count <= 1 << 20 else { throw .configuration("\(path): is larger than 1 MiB") }
        return [UInt8](data)
    }

    /// Reads a line of text, without the white space around it.
    static func text(_ path: String) throws(KubeError) -> String {
        guard let text = String(validating: try Self.read(path), as: UTF8.self) else {
            throw .configuration("\(path): is not UTF-8")
        }
        return text.withoutOuterSpace
    }
}

extension String {
    /// The text without the white space around it.
    package var withoutOuterSpace: String {
        String(self.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
