// The scenarios: who connects, what flows, between which moments the figures are taken.

import Glibc

/// One scenario against one server.
struct Run {
    let options: Options
    let usage: ProcessUsage

    init(_ options: Options) {
        self.options = options
        self.usage = ProcessUsage(charged: options.charged)
    }

    /// Runs the scenario.
    func report() throws(BenchError) -> Report {
        var report = Report()
        report.add("scenario", options.scenario.rawValue)
        switch options.scenario {
        case .fanout: try fanOut(&report)
        case .pairs: try pairs(&report)
        case .latency: try latency(&report)
        case .idle: try idle(&report)
        case .joins: try joins(&report)
        case .registrations: try registrations(&report)
        case .crowd: try crowd(&report)
        case .logins: try logins(&report)
        case .reconnects: try reconnects(&report)
        }
        return report
    }

    private func fanOut(_ report: inout Report) throws(BenchError) {
        let (fleet, traffic) = try channels(window: options.window)
        try talkAtFullSpeed(fleet, traffic, &report)
    }

    /// Keeps the windows of all channels full for the measured time, and checks that everything arrives.
    func talkAtFullSpeed(_ fleet: Fleet, _ traffic: ChannelTraffic, _ report: inout Report) throws(BenchError) {
        traffic.refills = true
        for channel in 0..<traffic.channels { try traffic.fill(channel, fleet: fleet) }
        try measure(fleet, traffic, { traffic.deliveries }, &report)
        traffic.refills = false
        try drain(fleet, traffic, what: "the last window") { traffic.inFlight }
        try traffic.close()
    }

    private func pairs(_ report: inout Report) throws(BenchError) {
        let count = options.clients / 2 * 2
        let fleet = try fleet(count)
        try Registration(0..<count, parallel: options.parallel).run(in: fleet)
        let traffic = PairTraffic(pairs: count / 2, window: options.window, textLength: options.textLength)
        traffic.refills = true
        for client in 0..<count { try traffic.send(options.window, from: client, in: fleet) }
        try measure(fleet, traffic, { traffic.deliveries }, &report)
        traffic.refills = false
        try drain(fleet, traffic, what: "the last window") { traffic.sent - traffic.deliveries }
    }

    private func latency(_ report: inout Report) throws(BenchError) {
        // At a fixed pace the window is only a bound: a server that lets it fill cannot keep the pace.
        let bound = 4096
        let (fleet, traffic) = try channels(window: bound)
        // A client like any other: what waits for its acknowledgement is part of the latency.
        fleet.acknowledgesAtOnce = false
        traffic.timesDeliveries = true
        let step = 1_000_000_000 / UInt64(options.rate)
        let begin = monotonicNanoseconds()
        let measured = begin + UInt64(options.warmUp * 1e9)
        let end = measured + UInt64(options.seconds * 1e9)
        var due = begin
        var sent = 0
        var isWarm = false
        var first = try Sample(usage, count: 0)
        while true {
            let now = monotonicNanoseconds()
            if now >= end { break }
            if !isWarm, now >= measured {
                isWarm = true
                traffic.forgetLatencies()
                first = try Sample(usage, count: traffic.deliveries)
            }
            while due <= now {
                guard traffic.inFlight < bound else { throw .stalled("the server does not keep the pace") }
                try traffic.send(in: sent % options.channels, fleet: fleet)
                sent += 1
                due += step
            }
            try fleet.turn(traffic, waiting: Int32((due - min(due, monotonicNanoseconds())) / 1_000_000))
        }
        let last = try Sample(usage, count: traffic.deliveries)
        try drain(fleet, traffic, what: "the last messages") { traffic.inFlight }
        try traffic.close()
        first.report(until: last, of: "deliveries", labels: usage.labels, to: &report)
        let sorted = traffic.latencies.sorted()
        guard let longest = sorted.last else { throw .stalled("nothing was delivered") }
        for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99)] {
            report.add("\(name)Milliseconds", Double(sorted[Int(Double(sorted.count - 1) * share)]) / 1e6)
        }
        report.add("maxMilliseconds", Double(longest) / 1e6)
    }

    private func idle(_ report: inout Report) throws(BenchError) {
        // What the first connections make a server allocate once is not theirs.
        let early = min(32, options.clients)
        let fleet = try fleet(early + options.clients)
        try Registration(options.clients..<early + options.clients, parallel: early).run(in: fleet)
        pause(nanoseconds: 1_000_000_000)
        let before = try usage.memory()
        try Registration(0..<options.clients, parallel: options.parallel).run(in: fleet)
        pause(nanoseconds: UInt64(options.warmUp * 1e9) + 1_500_000_000)
        let after = try usage.memory()
        report.add("clients", options.clients)
        var memory = Report()
        for label in usage.labels {
            let (first, last) = (before[label] ?? MemoryUse(), after[label] ?? MemoryUse())
            var detail = Report()
            detail.add("proportionalKiBBefore", first.proportional)
            detail.add("proportionalKiBAfter", last.proportional)
            detail.add("residentKiBAfter", last.resident)
            let growth = last.proportional - first.proportional
            detail.add("kibPerConnection", Double(growth) / Double(options.clients))
            memory.add(label, detail)
        }
        report.add("memory", memory)
    }

    private func joins(_ report: inout Report) throws(BenchError) {
        let fleet = try fleet(options.clients)
        try Registration(0..<options.clients, parallel: options.parallel).run(in: fleet)
        let traffic = JoinTraffic(members: options.clients, channels: options.channels, parallel: options.joining)
        let first = try Sample(usage, count: 0)
        try traffic.run(in: fleet, until: options.clients)
        let last = try Sample(usage, count: options.clients * options.channels)
        try traffic.close()
        first.report(until: last, of: "joins", labels: usage.labels, to: &report)
    }

    private func registrations(_ report: inout Report) throws(BenchError) {
        let parallel = min(options.parallel, options.clients)
        let fleet = try fleet(parallel)
        // A few first, for what happens only once.
        try RegistrationTraffic(total: min(parallel, 100), parallel: parallel).run(in: fleet)
        let traffic = RegistrationTraffic(total: options.clients, parallel: parallel)
        let first = try Sample(usage, count: 0)
        try traffic.run(in: fleet)
        let last = try Sample(usage, count: traffic.finished)
        first.report(until: last, of: "registrations", labels: usage.labels, to: &report)
    }

    func fleet(_ count: Int) throws(BenchError) -> Fleet {
        var tls: TLSContext?
        if let serverName = options.serverName { tls = try TLSContext(serverName: serverName) }
        let fleet = try Fleet(count: count, port: options.port, tls: tls)
        fleet.acceptQueue = options.acceptQueue
        fleet.addresses = options.addresses
        return fleet
    }

    /// A fleet whose clients are in their channels.
    private func channels(window: Int) throws(BenchError) -> (Fleet, ChannelTraffic) {
        let members = options.members
        let count = options.channels * members
        let fleet = try fleet(count)
        try Registration(0..<count, parallel: options.parallel) { ChannelTraffic.name(of: $0 / members) }.run(in: fleet)
        let traffic = ChannelTraffic(
            channels: options.channels,
            members: members,
            window: window,
            textLength: options.textLength
        )
        // The JOINs of the last to come are still on their way to the others.
        let settled = monotonicNanoseconds() + 200_000_000
        while monotonicNanoseconds() < settled { try fleet.turnByClock(traffic) }
        return (fleet, traffic)
    }

    /// Runs a full window through the warm-up and the measured time.
    func measure(
        _ fleet: Fleet,
        _ traffic: some Traffic,
        _ count: () -> Int,
        _ report: inout Report
    ) throws(BenchError) {
        try keepGoing(fleet, traffic, seconds: options.warmUp, count)
        let first = try Sample(usage, count: count())
        try keepGoing(fleet, traffic, seconds: options.seconds, count)
        let last = try Sample(usage, count: count())
        first.report(until: last, of: "deliveries", labels: usage.labels, to: &report)
    }

    private func keepGoing(
        _ fleet: Fleet,
        _ traffic: some Traffic,
        seconds: Double,
        _ count: () -> Int
    ) throws(BenchError) {
        let end = monotonicNanoseconds() + UInt64(seconds * 1e9)
        var watch = StallWatch(what: options.scenario.rawValue, patience: options.patience)
        while monotonicNanoseconds() < end {
            try fleet.turnByClock(traffic)
            try watch.check(progress: count()) { "no delivery; \(fleet.lastError)" }
        }
    }

    func drain(
        _ fleet: Fleet,
        _ traffic: some Traffic,
        what: String,
        _ open: () -> Int
    ) throws(BenchError) {
        var watch = StallWatch(what: what, patience: options.patience)
        while open() > 0 {
            try fleet.turn(traffic, waiting: 100)
            try watch.check(progress: open()) { "\(open()) messages have not reached everyone" }
        }
        // Anything beyond is one too many; the traffic's checks find it.
        try fleet.turn(traffic, waiting: 100)
    }
}
