// What is known of an object stands before its bytes in the same file: both come to be in one step, and a reader never
// has one without the other.

import Numbers

/// The first 512 bytes of an object's file: lines of text, and spaces up to the end.
struct ObjectHeader: Hashable, Sendable {
    static let length = 512
    private static let title = "roost object 1"
    /// What is left for it beside the other lines.
    static let longestContentType = 255

    let size: Int
    /// In base 16.
    let sha256: String
    let contentType: String

    /// Whether a content type can be written down.
    static func canHold(_ contentType: String) -> Bool {
        contentType.utf8.count <= Self.longestContentType && contentType.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    init(size: Int, sha256: String, contentType: String) {
        self.size = size
        self.sha256 = sha256
        self.contentType = contentType
    }

    /// Reads one.
    ///
    /// - Returns: nil for what is none of ours.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length, let text = String(validating: bytes, as: UTF8.self) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count == 5, lines[0] == Self.title, let size = Self.value("size", lines[1]).flatMap({ Int($0) }),
            size >= 0, let digest = Self.value("sha256", lines[2]), let type = Self.value("type", lines[3])
        else { return nil }
        self.init(size: size, sha256: digest, contentType: type)
    }

    private static func value(_ name: String, _ line: Substring) -> String? {
        line.hasPrefix(name + "=") ? String(line.dropFirst(name.count + 1)) : nil
    }

    var bytes: [UInt8] {
        let text = "\(Self.title)\nsize=\(self.size)\nsha256=\(self.sha256)\ntype=\(self.contentType)\n"
        let bytes = Array(text.utf8)
        return bytes + [UInt8](repeating: UInt8(ascii: " "), count: max(0, Self.length - bytes.count))
    }
}
