// A pod as the plan sees it, at the border of each of its times.

import Testing

@testable import Operator

@Suite struct MemberTests {
    private static let now: Int64 = 1_000_000_000
    private static let settings = AutoscalerSettings(connectionsPerPod: 10_000)

    /// A pod that became ready a while ago, if it ever did, and was told to go a while ago.
    private func member(
        isReady: Bool = true,
        readyFor: Int64? = 3_600_000,
        goingFor: Int64? = nil,
        age: Int64 = 7_200_000,
        report: PodReport? = nil,
        settings: AutoscalerSettings = Self.settings
    ) -> FleetMember {
        var pod = EdgePod(name: "a", isReady: readyFor != nil, createdAt: Self.now - age)
        pod.readySince = readyFor.map { Self.now - $0 }
        var memory = PodMemory(of: pod, after: nil, isFirstPlan: true, at: Self.now)
        pod.isReady = isReady
        if let goingFor {
            pod.isTerminating = true
            memory = PodMemory(of: pod, after: memory, isFirstPlan: false, at: Self.now - goingFor)
        }
        return FleetMember(pod, report: report, memory: memory, settings: settings, now: Self.now)
    }

    private func report(
        _ connections: Int = 7,
        capacity: Int = 5_000,
        utilization: [Double] = [0.5],
        isDraining: Bool = false,
        ago: Int64 = 0
    ) -> PodReport {
        PodReport(
            pod: "a",
            connections: connections,
            capacity: capacity,
            utilization: utilization,
            isDraining: isDraining,
            reportedAt: Self.now - ago
        )
    }

    @Test(
        arguments: [
            (true, nil, 30_000, true), (true, nil, 30_001, false), (true, nil, -30_000, true),
            (true, nil, -30_001, false),
            // Of a pod that serves nobody new only what is younger counts.
            (false, nil, 12_000, true), (false, nil, 12_001, false), (false, nil, -12_001, false),
            (true, 5_000, 12_000, true), (true, 5_000, 12_001, false),
        ] as [(Bool, Int64?, Int64, Bool)]
    )
    func `a report counts for so long`(isReady: Bool, goingFor: Int64?, ago: Int64, counts: Bool) {
        let member = self.member(isReady: isReady, goingFor: goingFor, report: self.report(ago: ago))
        #expect(member.reports == counts)
        #expect((member.connections == 7) == counts)
    }

    @Test func `a report from before 1970 is one of 1970`() {
        let pod = EdgePod(name: "a", isReady: true, createdAt: 0, readySince: 0)
        let memory = PodMemory(of: pod, after: nil, isFirstPlan: true, at: 0)
        for (time, now, counts) in [(0, 30_001, false), (0, 30_000, true), (.min, 30_000, true)]
            as [(Int64, Int64, Bool)]
        {
            var report = self.report()
            report.reportedAt = time
            let member = FleetMember(pod, report: report, memory: memory, settings: Self.settings, now: now)
            #expect(member.reports == counts)
        }
    }

    @Test func `a pod accepts, drains, or is not ready`() {
        #expect(self.member(report: self.report()).role == .accepting)
        #expect(self.member().role == .accepting)
        #expect(self.member(isReady: false).role == .unready)
        #expect(self.member(report: self.report(isDraining: true)).role == .draining)
        #expect(self.member(report: self.report(isDraining: true, ago: 60_000)).role == .accepting)
        #expect(self.member(isReady: false, goingFor: 0).role == .draining)
    }

    @Test(arguments: [(nil, false), (0, true), (360_000, true), (360_001, false)] as [(Int64?, Bool)])
    func `a pod is going until its time to drain is over, and a minute more`(goingFor: Int64?, isLeaving: Bool) {
        #expect(self.member(goingFor: goingFor).isLeaving == isLeaving)
    }

    @Test(
        arguments: [
            // Ready or not, since when, going or not; what it holds where it says nothing.
            (true, 60_000, nil, nil), (true, 59_999, nil, 0), (false, 60_000, nil, nil), (false, 59_999, nil, 0),
            (false, nil, nil, 0), (true, 3_600_000, 5_000, 0),
        ] as [(Bool, Int64?, Int64?, Int?)]
    )
    func `a pod that just became ready, or is going, and says nothing holds nothing`(
        isReady: Bool,
        readyFor: Int64?,
        goingFor: Int64?,
        connections: Int?
    ) {
        let member = self.member(isReady: isReady, readyFor: readyFor, goingFor: goingFor)
        #expect(member.connections == connections)
        #expect(member.isMissing == (connections == nil))
        #expect(member.connectionsAtMost == connections ?? 10_000)
    }

    @Test(arguments: [
        (Int.min, 0), (-1, 0), (0, 0), (1, 1), (100_000_000, 100_000_000), (.max, 100_000_000),
    ])
    func `connections are as reported, within reason`(reported: Int, connections: Int) {
        let member = self.member(report: self.report(reported))
        #expect(member.connections == connections && member.connectionsAtMost == connections)
    }

    @Test(arguments: [(-1, 10_000), (0, 10_000), (1, 1), (5_000, 5_000), (.max, 100_000_000)])
    func `capacity is as reported, or what is wanted`(reported: Int, capacity: Int) {
        #expect(self.member(report: self.report(capacity: reported)).capacity == capacity)
        #expect(self.member().capacity == 10_000)
    }

    @Test(
        arguments: [
            ([0.2, 0.8], 2, 0.8), ([0.2, 0.8], 4, 0.4), ([0.9], 1, 0.9), ([0.9], 0, 0.9), ([2], 1, 1), ([-1], 1, 0),
            ([.nan, 0.5], 1, 0.5), ([.nan], 1, nil), ([], 1, nil),
        ] as [([Double], Int, Double?)]
    )
    func `its busiest loop stands for all`(utilization: [Double], shards: Int, work: Double?) {
        var settings = Self.settings
        settings.shards = shards
        let report = self.report(utilization: utilization)
        #expect(self.member(report: report, settings: settings).work == work)
        // A pod that just became ready is busy with that.
        #expect(self.member(readyFor: 59_999, report: report, settings: settings).work == nil)
        #expect(self.member(settings: settings).work == nil)
    }

    @Test func `a pod starts for five minutes`() {
        #expect(self.member(isReady: false, readyFor: nil, age: 299_999).isStarting(at: Self.now))
        #expect(!self.member(isReady: false, readyFor: nil, age: 300_000).isStarting(at: Self.now))
        #expect(!self.member(age: 100_000).isStarting(at: Self.now))
        #expect(!self.member(isReady: false, readyFor: nil, goingFor: 0, age: 100_000).isStarting(at: Self.now))
    }
}
