// What happens when very many come at once: into one channel, through the door, or back.

import Glibc

extension Run {
    /// Joins into a channel that nearly all are in already, then talk among all of them.
    func crowd(_ report: inout Report) throws(BenchError) {
        let members = options.members
        let fleet = try fleet(members)
        try Registration(0..<members, parallel: options.parallel).run(in: fleet)
        let joins = JoinTraffic(members: members, channels: 1, parallel: options.joining)
        try joins.run(in: fleet, until: members - options.joiners)
        let first = try Sample(usage, count: 0)
        try joins.run(in: fleet, until: members)
        let last = try Sample(usage, count: options.joiners)
        try joins.close()
        var joinReport = Report()
        first.report(until: last, of: "joins", labels: usage.labels, to: &joinReport)
        report.add("joins", joinReport)
        let talk = ChannelTraffic(
            channels: 1,
            members: members,
            window: options.window,
            textLength: options.textLength
        )
        try talkAtFullSpeed(fleet, talk, &report)
    }

    /// Log-ins as fast as the server checks them, and how long somebody who is there already waits for answers meanwhile.
    func logins(_ report: inout Report) throws(BenchError) {
        let parallel = min(options.parallel, options.clients)
        let fleet = try fleet(parallel + 1)
        let traffic = LoginTraffic(
            total: options.clients,
            parallel: parallel,
            mechanism: options.mechanism,
            account: options.account,
            password: options.password
        )
        try Registration(parallel..<parallel + 1, parallel: 1).run(in: fleet)
        // One first: the account may have to be made, and the client's own keys are derived only once.
        try traffic.run(in: fleet, until: 1)
        traffic.forgetAnswers()
        let first = try Sample(usage, count: traffic.finished)
        try traffic.run(in: fleet, until: options.clients)
        let last = try Sample(usage, count: traffic.finished)
        first.report(until: last, of: "logins", labels: usage.labels, to: &report)
        let sorted = traffic.answers.sorted()
        guard let longest = sorted.last else { throw .stalled("nobody was answered during the log-ins") }
        report.add("pingP50Milliseconds", Double(sorted[sorted.count / 2]) / 1e6)
        report.add("pingP99Milliseconds", Double(sorted[(sorted.count - 1) * 99 / 100]) / 1e6)
        report.add("pingMaxMilliseconds", Double(longest) / 1e6)
    }

    /// All connections end without a word; everybody comes back with the same nick into the same channel.
    func reconnects(_ report: inout Report) throws(BenchError) {
        let count = options.clients
        let channels = options.channels
        let fleet = try fleet(count)
        let channel: (Int) -> String = { ChannelTraffic.name(of: $0 % channels) }
        try Registration(0..<count, parallel: options.parallel, channel: channel).run(in: fleet)
        let first = try Sample(usage, count: 0)
        for client in 0..<count { fleet.disconnect(client) }
        let traffic = ReconnectTraffic(total: count, parallel: options.parallel, channel: channel)
        try traffic.run(in: fleet)
        let last = try Sample(usage, count: count)
        try traffic.close()
        first.report(until: last, of: "reconnects", labels: usage.labels, to: &report)
        report.add("nicksStillTaken", traffic.refused)
    }
}
