// The outcome of a run, as one line of JSON.

import Glibc

/// Figures under their names, in the order in which they were added.
struct Report {
    private var fields: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ text: String) {
        fields.append((name, "\"\(text)\""))
    }

    mutating func add(_ name: String, _ number: Int) {
        fields.append((name, String(number)))
    }

    mutating func add(_ name: String, _ number: Double) {
        // Four significant decimals are more than any of the figures deserve.
        let rounded = (number * 10_000).rounded() / 10_000
        fields.append((name, rounded.isFinite ? "\(rounded)" : "null"))
    }

    mutating func add(_ name: String, _ report: Report) {
        fields.append((name, report.json))
    }

    var json: String {
        "{" + fields.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ") + "}"
    }
}

/// What was counted and what it cost, at one moment.
struct Sample {
    let time = monotonicNanoseconds()
    let generator = ownProcessorNanoseconds()
    let processors: [String: ProcessorTime]
    let count: Int

    init(_ usage: ProcessUsage, count: Int) throws(BenchError) {
        self.processors = try usage.processorTime()
        self.count = count
    }

    /// Adds what happened between this sample and a later one: `name` counts, a second and a CPU second of the server.
    func report(until later: Sample, of name: String, labels: [String], to report: inout Report) {
        let seconds = Double(secondsOf: later.time - time)
        let count = later.count - self.count
        report.add(name, count)
        report.add("seconds", seconds)
        report.add("perSecond", Double(count) / seconds)
        var cpu = Report()
        for label in labels {
            let used = (later.processors[label] ?? ProcessorTime()) - (processors[label] ?? ProcessorTime())
            var detail = Report()
            detail.add("cpuSeconds", used.total)
            detail.add("system", used.system)
            detail.add("perCpuSecond", Double(count) / used.total)
            cpu.add(label, detail)
        }
        report.add("cpu", cpu)
        report.add("generatorCpuSeconds", Double(secondsOf: later.generator - generator))
    }
}
