// What a server costs, as /proc tells it: CPU of all its threads and children, and its share of memory.

import Glibc

/// A process to be charged under a name; its children are charged with it.
struct ChargedProcess {
    /// The name in the report, such as `server` or `redis`.
    let label: String
    let pid: Int32
}

/// CPU seconds of a set of processes since they began.
struct ProcessorTime {
    var user = 0.0
    var system = 0.0
    var total: Double { user + system }

    static func - (left: Self, right: Self) -> Self {
        Self(user: left.user - right.user, system: left.system - right.system)
    }
}

/// Memory of a set of processes, in KiB.
struct MemoryUse {
    /// Proportional set size: shared pages divided by those who share them.
    var proportional = 0
    var resident = 0
}

/// Reads the figures of the charged processes.
struct ProcessUsage {
    let charged: [ChargedProcess]

    /// The labels in the order in which they were first named.
    var labels: [String] {
        charged.reduce(into: []) { labels, process in
            if !labels.contains(process.label) { labels.append(process.label) }
        }
    }

    /// CPU by label.
    ///
    /// - Throws: ``BenchError/process(_:)`` when a charged process has ended.
    func processorTime() throws(BenchError) -> [String: ProcessorTime] {
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let parents = Self.parents()
        var times: [String: ProcessorTime] = [:]
        for process in charged {
            for pid in Self.tree(of: process.pid, parents: parents) {
                guard let fields = Self.statFields(of: pid) else {
                    if pid == process.pid { throw .process("\(process.label) (pid \(pid)) has ended") }
                    continue
                }
                // proc(5): fields 14 to 17 are utime, stime, cutime and cstime; the list here begins with field 3.
                times[process.label, default: ProcessorTime()].user += (fields[11] + fields[13]) / ticks
                times[process.label, default: ProcessorTime()].system += (fields[12] + fields[14]) / ticks
            }
        }
        return times
    }

    /// Memory by label.
    ///
    /// - Throws: ``BenchError/process(_:)`` when a charged process has ended or its memory may not be read.
    func memory() throws(BenchError) -> [String: MemoryUse] {
        let parents = Self.parents()
        var uses: [String: MemoryUse] = [:]
        for process in charged {
            for pid in Self.tree(of: process.pid, parents: parents) {
                guard let text = Self.contents(of: "/proc/\(pid)/smaps_rollup") else {
                    if pid == process.pid { throw .process("\(process.label) (pid \(pid)): smaps_rollup unreadable") }
                    continue
                }
                for line in text.split(separator: "\n") {
                    let words = line.split(separator: " ")
                    guard words.count >= 2, let amount = Int(words[1]) else { continue }
                    if words[0] == "Pss:" { uses[process.label, default: MemoryUse()].proportional += amount }
                    if words[0] == "Rss:" { uses[process.label, default: MemoryUse()].resident += amount }
                }
            }
        }
        return uses
    }

    /// The parent of every process of this machine.
    private static func parents() -> [Int32: Int32] {
        guard let directory = opendir("/proc") else { return [:] }
        defer { closedir(directory) }
        var parents: [Int32: Int32] = [:]
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let pid = Int32(name), let fields = statFields(of: pid) else { continue }
            parents[pid] = Int32(fields[1])
        }
        return parents
    }

    private static func tree(of root: Int32, parents: [Int32: Int32]) -> [Int32] {
        var found = [root]
        var next = 0
        while next < found.count {
            found += parents.filter { $0.value == found[next] }.keys
            next += 1
        }
        return found
    }

    /// The numbers of `/proc/PID/stat` from the third field on; the third itself, a letter, counts as 0.
    private static func statFields(of pid: Int32) -> [Double]? {
        guard let text = contents(of: "/proc/\(pid)/stat"), let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ").map { Double($0) ?? 0 }
        return fields.count > 14 ? fields : nil
    }

    private static func contents(of path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return count == 0 && !bytes.isEmpty ? String(decoding: bytes, as: UTF8.self) : nil }
            bytes += chunk[..<count]
        }
    }
}
