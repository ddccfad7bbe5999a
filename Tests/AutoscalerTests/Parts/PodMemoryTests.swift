// Since when a pod is ready or going, where Kubernetes says what it is and not always since when.

import Testing

@testable import Operator

@Suite struct PodMemoryTests {
    /// When the pods of these tests are looked at.
    private static let now: Int64 = 1_000_000

    struct Look: Sendable {
        var created: Int64
        var ready: Int64?
        var isFirst: Bool
        var since: Int64
        var took: Int64?
    }

    @Test(arguments: [
        // Where Kubernetes says when, that is taken.
        Look(created: 850_000, ready: 900_000, isFirst: true, since: 900_000, took: 50_000),
        Look(created: 850_000, ready: 900_000, isFirst: false, since: 900_000, took: 50_000),
        Look(created: 950_000, ready: 900_000, isFirst: true, since: 900_000, took: 0),
        // Where not: a pod that an operator finds may be ready since it was made, later ones are so since now.
        Look(created: 850_000, ready: nil, isFirst: true, since: 850_000, took: nil),
        Look(created: 1_000_001, ready: nil, isFirst: true, since: 1_000_000, took: nil),
        Look(created: 850_000, ready: nil, isFirst: false, since: 1_000_000, took: 150_000),
        // One that took for longer had to wait for something else.
        Look(created: 700_000, ready: nil, isFirst: false, since: 1_000_000, took: 300_000),
        Look(created: 699_999, ready: nil, isFirst: false, since: 1_000_000, took: nil),
    ])
    func `a pod that is ready when it is first seen`(look: Look) {
        let pod = EdgePod(name: "a", isReady: true, createdAt: look.created, readySince: look.ready)
        let memory = PodMemory(of: pod, after: nil, isFirstPlan: look.isFirst, at: Self.now)
        #expect(memory.readySince == look.since)
        #expect(memory.startTook == look.took)
        #expect(memory.terminatingSince == nil)
    }

    @Test func `a pod that becomes ready, is not for a while and becomes so again`() {
        var pod = EdgePod(name: "a", isReady: false, createdAt: 900_000)
        var memory = PodMemory(of: pod, after: nil, isFirstPlan: true, at: 900_000)
        #expect(memory.readySince == nil && memory.startTook == nil)
        pod.isReady = true
        memory = PodMemory(of: pod, after: memory, isFirstPlan: false, at: 940_000)
        #expect(memory.readySince == 940_000 && memory.startTook == 40_000)
        memory = PodMemory(of: pod, after: memory, isFirstPlan: false, at: 950_000)
        #expect(memory.readySince == 940_000)
        pod.isReady = false
        memory = PodMemory(of: pod, after: memory, isFirstPlan: false, at: 960_000)
        #expect(memory.readySince == 940_000)
        pod.isReady = true
        memory = PodMemory(of: pod, after: memory, isFirstPlan: false, at: 990_000)
        // It says nothing of how long pods take.
        #expect(memory.readySince == 990_000 && memory.startTook == 40_000)
    }

    @Test func `a pod that was told to go is going since that was first seen`() {
        let pod = EdgePod(name: "a", isReady: false, isTerminating: true, createdAt: 0)
        var memory = PodMemory(of: pod, after: nil, isFirstPlan: false, at: 5_000)
        #expect(memory.terminatingSince == 5_000)
        memory = PodMemory(of: pod, after: memory, isFirstPlan: false, at: 9_000)
        #expect(memory.terminatingSince == 5_000)
    }
}
