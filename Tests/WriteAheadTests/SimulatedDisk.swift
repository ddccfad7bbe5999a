// A disk that keeps what it was told to keep and nothing else.

import Glibc
import NIOCore
import Simulation
import StateStore
import Synchronization

/// A folder whose power can be cut.
///
/// What was written is seen at once and lost with the power, unless it was synced; what was not synced may be on the disk
/// nevertheless, in pieces and in any order. A file is found after a cut if its folder was synced since it was made, and
/// gone if it was synced since it was removed; otherwise either may be.
final class SimulatedDisk: JournalFolder, Sendable {
    final class Node {
        var seen: [UInt8] = []
        var kept: [UInt8] = []
        /// What was written since it was last synced.
        var unsynced: [(offset: Int, bytes: [UInt8])] = []
    }

    struct State: ~Copyable {
        var nodes: [Node] = []
        var names: [String: Int] = [:]
        var keptNames: [String: Int] = [:]
        var random: SeededRandom
        /// Bytes that all files may have.
        var capacity = Int.max
        /// In so many of a hundred cases a sync fails.
        var failures = 0
        /// What is refused, and with which code: `create` and the like.
        var refused: [String: CInt] = [:]
        /// What of a file the disk does not give back.
        var unreadable: [String: Range<Int>] = [:]
        /// Operations until the power is cut; nil for never.
        var left: Int?
        var isCut = false
        /// How often a file was synced.
        var syncs = 0
        /// What happens while a file is about to be synced.
        var hook: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>

    init(seed: UInt64) { self.state = Mutex(State(random: SeededRandom(seed: seed))) }

    // MARK: What tests do to it

    func configure(_ body: (inout State) -> Void) { self.state.withLock { body(&$0) } }

    func beforeNextSync(_ body: @escaping @Sendable () -> Void) { self.state.withLock { $0.hook = body } }

    var isCut: Bool { self.state.withLock { $0.isCut } }
    var syncs: Int { self.state.withLock { $0.syncs } }
    var size: Int { self.state.withLock { $0.size } }
    var fileNames: [String] { self.state.withLock { $0.names.keys.sorted() } }

    /// Whether a text is on the disk in a file that will be found, whatever happens next.
    func keeps(_ text: String) -> Bool {
        self.state.withLock { state in
            state.keptNames.values.contains { state.nodes[$0].keeps(Array(text.utf8)) }
        }
    }

    /// Changes a file as it lies there.
    func damage(_ name: String, _ body: (inout [UInt8]) -> Void) {
        self.state.withLock { state in
            guard let node = state.names[name].map({ state.nodes[$0] }) else { return }
            body(&node.seen)
            body(&node.kept)
        }
    }

    /// What there is when the power is back.
    func afterCut() -> SimulatedDisk {
        self.state.withLock { state in
            let disk = SimulatedDisk(seed: state.random.next())
            var names = state.keptNames
            for (name, node) in state.names where state.keptNames[name] != node && state.random.chance(50) {
                names[name] = node
            }
            for name in state.keptNames.keys where state.names[name] == nil && state.random.chance(50) {
                names[name] = nil
            }
            for (name, index) in names {
                state.tear(state.nodes[index])
                disk.put(state.nodes[index].kept, name)
            }
            return disk
        }
    }

    /// Another disk with what is seen on this one.
    func copy() throws(FileFailure) -> SimulatedDisk {
        let copy = SimulatedDisk(seed: 1)
        for name in self.fileNames { copy.put(Array(try self.read(name).bytes.readableBytesView), name) }
        return copy
    }

    private func put(_ bytes: [UInt8], _ name: String) {
        self.state.withLock { state in
            let node = Node()
            (node.seen, node.kept) = (bytes, bytes)
            state.nodes.append(node)
            state.names[name] = state.nodes.count - 1
            state.keptNames[name] = state.nodes.count - 1
        }
    }

    // MARK: What a folder is asked

    func names() throws(FileFailure) -> [String] { self.state.withLock { Array($0.names.keys) } }

    func read(_ name: String) throws(FileFailure) -> JournalFileContents {
        try self.state.withLock { state throws(FileFailure) in
            guard let node = state.names[name] else { throw FileFailure("read", name, code: ENOENT) }
            var bytes = state.nodes[node].seen
            guard let range = state.unreadable[name]?.clamped(to: bytes.indices), !range.isEmpty else {
                return JournalFileContents(bytes: ByteBuffer(bytes: bytes))
            }
            bytes.replaceSubrange(range, with: repeatElement(0, count: range.count))
            return JournalFileContents(bytes: ByteBuffer(bytes: bytes), unreadable: [range])
        }
    }

    func rename(_ name: String, to other: String) throws(FileFailure) {
        try self.state.withLock { state throws(FileFailure) in
            try state.spend("rename", name)
            guard let node = state.names.removeValue(forKey: name) else {
                throw FileFailure("rename", name, code: ENOENT)
            }
            state.names[other] = node
        }
    }

    func create(_ name: String) throws(FileFailure) -> any JournalFile {
        try self.state.withLock { state throws(FileFailure) in
            try state.spend("create", name)
            guard state.names[name] == nil else { throw FileFailure("create", name, code: EEXIST) }
            state.nodes.append(Node())
            state.names[name] = state.nodes.count - 1
            return File(disk: self, name: name, node: state.nodes.count - 1)
        }
    }

    func remove(_ name: String) throws(FileFailure) {
        try self.state.withLock { state throws(FileFailure) in
            try state.spend("remove", name)
            guard state.names.removeValue(forKey: name) != nil else { throw FileFailure("remove", name, code: ENOENT) }
        }
    }

    func sync() throws(FileFailure) {
        try self.state.withLock { state throws(FileFailure) in
            try state.spend("sync", "the folder")
            if state.random.chance(state.failures) { throw FileFailure("sync", "the folder", code: EIO) }
            state.keptNames = state.names
        }
    }

    private final class File: JournalFile {
        let disk: SimulatedDisk
        let name: String
        let node: Int

        init(disk: SimulatedDisk, name: String, node: Int) {
            self.disk = disk
            self.name = name
            self.node = node
        }

        func write(_ bytes: ByteBuffer, at offset: Int) throws(FileFailure) {
            try self.disk.state.withLock { state throws(FileFailure) in
                try state.spend("write", self.name)
                let growth = max(0, offset + bytes.readableBytes - state.nodes[self.node].seen.count)
                let isTooMuch = growth > 0 && growth > state.capacity - state.size
                // A part of it may go in.
                let count = isTooMuch ? bytes.readableBytes - growth : bytes.readableBytes
                state.nodes[self.node].write(Array(bytes.readableBytesView.prefix(count)), at: offset)
                if isTooMuch { throw FileFailure("write", self.name, code: ENOSPC) }
            }
        }

        func sync() throws(FileFailure) {
            let hook = self.disk.state.withLock { state in
                defer { state.hook = nil }
                return state.hook
            }
            hook?()
            try self.disk.state.withLock { state throws(FileFailure) in
                try state.spend("sync", self.name)
                state.syncs += 1
                if state.random.chance(state.failures) {
                    // As the kernel does: what could not be written counts as written from now on.
                    state.tear(state.nodes[self.node])
                    throw FileFailure("sync", self.name, code: EIO)
                }
                state.nodes[self.node].keepAll()
            }
        }

        func close() {}
    }
}

extension SimulatedDisk.State {
    var size: Int { self.names.values.reduce(0) { $0 + self.nodes[$1].seen.count } }

    mutating func spend(_ operation: String, _ name: String) throws(FileFailure) {
        if let left, left <= 0 { self.isCut = true }
        self.left = self.left.map { $0 - 1 }
        if self.isCut { throw FileFailure(operation, name, code: EIO) }
        if let code = self.refused[operation] { throw FileFailure(operation, name, code: code) }
    }

    /// Some of what was not synced is on the disk, in pieces.
    mutating func tear(_ node: SimulatedDisk.Node) {
        for write in node.unsynced {
            var rest = write.bytes[...]
            var offset = write.offset
            while !rest.isEmpty {
                let piece = rest.prefix(1 + self.random.below(self.random.chance(50) ? 40 : 4000))
                if self.random.chance(50) { node.keep(piece, at: offset) }
                rest = rest.dropFirst(piece.count)
                offset += piece.count
            }
        }
        node.unsynced = []
    }
}

extension SimulatedDisk.Node {
    func write(_ bytes: [UInt8], at offset: Int) {
        Self.put(bytes[...], at: offset, into: &self.seen)
        self.unsynced.append((offset, bytes))
    }

    func keep(_ bytes: ArraySlice<UInt8>, at offset: Int) { Self.put(bytes, at: offset, into: &self.kept) }

    func keepAll() {
        for write in self.unsynced { self.keep(write.bytes[...], at: write.offset) }
        self.unsynced = []
    }

    /// By hand, since it is asked all the time.
    func keeps(_ text: [UInt8]) -> Bool {
        self.kept.withUnsafeBytes { file in
            guard var place = file.baseAddress, let first = text.first else { return false }
            let end = place + file.count
            while let found = memchr(place, CInt(first), place.distance(to: end)) {
                place = UnsafeRawPointer(found)
                guard place.distance(to: end) >= text.count else { return false }
                if memcmp(place, text, text.count) == 0 { return true }
                place += 1
            }
            return false
        }
    }

    private static func put(_ bytes: ArraySlice<UInt8>, at offset: Int, into file: inout [UInt8]) {
        let end = offset + bytes.count
        if file.count < end { file += [UInt8](repeating: 0, count: end - file.count) }
        file.replaceSubrange(offset..<end, with: bytes)
    }
}
