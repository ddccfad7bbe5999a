// A page of a folder's keys. Names in a folder are in no order, and there may be any number: each time a folder is
// read, only the next few hundred of what belongs on the page are kept.

/// Finds keys in the order of their bytes.
struct FolderWalk {
    private let tree: FolderTree
    private let prefix: [UInt8]
    private let delimiter: [UInt8]?
    private let limit: Int
    /// Only keys behind this one.
    private let after: [UInt8]?
    /// No keys that begin so: they were told together.
    private var told: [UInt8]?

    private(set) var keys: [ObjectKey] = []
    private(set) var commonPrefixes: [String] = []
    /// What the last one was; nil if there is no more than was told.
    private(set) var next: String?
    private var last = ""

    /// Stands before a common prefix in what says where the next page begins: no key has it.
    private static let mark: UInt8 = 1

    init(_ tree: FolderTree, _ prefix: String, after: String?, delimiter: String?, limit: Int) {
        self.tree = tree
        self.prefix = Array(prefix.utf8)
        self.delimiter = delimiter.flatMap { $0.isEmpty ? nil : Array($0.utf8) }
        self.limit = limit
        let bytes = after.map { Array($0.utf8) }
        let isPrefix = bytes?.first == Self.mark
        self.after = isPrefix ? bytes.map { Array($0.dropFirst()) } : bytes
        self.told = isPrefix ? self.after : nil
    }

    /// Looks through the folder until the page is full.
    ///
    /// - Throws: ``ObjectStoreError``
    mutating func run() throws(ObjectStoreError) { _ = try self.visit([], []) }

    /// - Returns: Whether to go on.
    private mutating func visit(_ folders: [String], _ start: [UInt8]) throws(ObjectStoreError) -> Bool {
        guard let folder = try self.tree.folder(folders) else { return true }
        var done: [UInt8]?
        while true {
            let entries = try self.entries(of: folder, start, behind: done)
            for entry in entries {
                let key = start + entry.bytes
                // What was told meanwhile may have settled it.
                guard self.mayHold(key, entry.kind) else { continue }
                let goesOn =
                    entry.kind == .file
                    ? self.found(key) : try self.visit(folders + [String(decoding: entry.name, as: UTF8.self)], key)
                if !goesOn { return false }
            }
            guard entries.count > self.limit else { return true }
            done = entries.last?.bytes
        }
    }

    private struct Entry {
        let name: [UInt8]
        let kind: FolderPath.Kind
        let bytes: [UInt8]
    }

    /// The next of a folder's names, at most one more than a page has.
    private func entries(
        of folder: Descriptor,
        _ start: [UInt8],
        behind done: [UInt8]?
    ) throws(ObjectStoreError) -> [Entry] {
        var kept: [Entry] = []
        try folder.forEachName(of: String(decoding: start, as: UTF8.self)) { name in
            guard let (kind, bytes) = FolderPath.entry(name), done.map({ $0.lexicographicallyPrecedes(bytes) }) ?? true,
                self.mayHold(start + bytes, kind)
            else { return }
            kept.append(Entry(name: name, kind: kind, bytes: bytes))
            // Sorted now and then rather than each time.
            if kept.count > 4 * (self.limit + 1) { kept = self.first(of: kept) }
        }
        return self.first(of: kept)
    }

    private func first(of entries: [Entry]) -> [Entry] {
        Array(entries.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }.prefix(self.limit + 1))
    }

    /// Whether a key, or one of the keys that begin so, belongs on the page.
    private func mayHold(_ key: [UInt8], _ kind: FolderPath.Kind) -> Bool {
        if let told, key.starts(with: told) { return false }
        if kind == .file {
            return key.starts(with: self.prefix) && self.after.map { $0.lexicographicallyPrecedes(key) } ?? true
        }
        guard key.starts(with: self.prefix) || self.prefix.starts(with: key) else { return false }
        guard let after else { return true }
        return key.lexicographicallyPrecedes(after) ? after.starts(with: key) : true
    }

    /// - Returns: Whether there is room for more.
    private mutating func found(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self), let key = ObjectKey(text) else { return true }
        guard self.keys.count + self.commonPrefixes.count < self.limit else {
            self.next = self.last
            return false
        }
        if let delimiter, let end = Self.end(of: delimiter, in: bytes, from: self.prefix.count) {
            let common = Array(bytes[..<end])
            self.told = common
            let text = String(decoding: common, as: UTF8.self)
            self.commonPrefixes.append(text)
            self.last = "\u{1}" + text
        } else {
            self.keys.append(key)
            self.last = text
        }
        return true
    }

    private static func end(of delimiter: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count >= start + delimiter.count else { return nil }
        return (start...(bytes.count - delimiter.count)).first { bytes[$0...].starts(with: delimiter) }
            .map { $0 + delimiter.count }
    }
}
