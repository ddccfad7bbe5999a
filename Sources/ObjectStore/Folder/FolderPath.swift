// Where an object's file lies. A key may be the beginning of another (`a` and `a/b`), so folders and files have names
// of different kinds; and a part of a key may be longer than a name of a file can be, so it is cut.

/// The names that lead to an object's file.
struct FolderPath: Hashable, Sendable {
    /// The folders from the outermost one.
    let folders: [String]
    /// The file in the last of them.
    let file: String

    /// How many bytes of a part of a key one name holds: a file's name is 255 bytes long at most, and base 16 doubles
    /// them.
    static let longestPart = 120

    init(_ key: ObjectKey) {
        var folders: [String] = []
        var last = ""
        let parts = key.text.utf8.split(separator: UInt8(ascii: "/"))
        for (index, part) in parts.enumerated() {
            var rest = part
            // Also a part that is exactly so long: what begins alike then lies in one folder, and lists stay in order.
            while rest.count >= Self.longestPart {
                folders.append(Self.name(.cut, rest.prefix(Self.longestPart)))
                rest = rest.dropFirst(Self.longestPart)
            }
            if index < parts.count - 1 {
                folders.append(Self.name(.folder, rest))
            } else {
                last = Self.name(.file, rest)
            }
        }
        self.folders = folders
        self.file = last
    }

    /// What a name stands for.
    enum Kind: Character {
        /// The last part of a key.
        case file = "f"
        /// A part of a key with a slash behind it.
        case folder = "d"
        /// The first bytes of a longer part.
        case cut = "c"
    }

    /// Bytes of a key that are cut between two bytes of a letter are no text: such a piece is written in base 16.
    private static func name(_ kind: Kind, _ bytes: Substring.UTF8View) -> String {
        if let text = String(bytes) { return "\(kind.rawValue)-\(text)" }
        return "\(kind.rawValue)x\(bytes.hex)"
    }

    /// Reads a name back.
    ///
    /// - Parameter name: Of something in a folder.
    /// - Returns: What it stands for, and the bytes that it adds to a key; nil for what is none of ours.
    static func entry(_ name: [UInt8]) -> (kind: Kind, bytes: [UInt8])? {
        guard name.count >= 2, let kind = Kind(rawValue: Character(UnicodeScalar(name[0]))) else { return nil }
        var bytes: [UInt8]
        switch name[1] {
        case UInt8(ascii: "-"): bytes = Array(name.dropFirst(2))
        case UInt8(ascii: "x"):
            guard let read = Self.bytes(ofHex: name.dropFirst(2)) else { return nil }
            bytes = read
        default: return nil
        }
        if kind == .folder { bytes.append(UInt8(ascii: "/")) }
        return (kind, bytes)
    }

    private static func bytes(ofHex digits: ArraySlice<UInt8>) -> [UInt8]? {
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        var index = digits.startIndex
        while index < digits.endIndex {
            let pair = String(decoding: digits[index..<(index + 2)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
            index += 2
        }
        return bytes
    }
}
