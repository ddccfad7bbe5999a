// Names in the DNS, against a real name server.

import Observability
import Synchronization
import Tenant
import TestSupport
import Testing

@testable import NameLookup

@Suite struct NameResolverTests {
    /// A clock that tests move.
    private final class Time: Sendable {
        private let passed = Mutex(Duration.zero)
        private let began = ContinuousClock.now

        var now: ContinuousClock.Instant { self.began + self.passed.withLock { $0 } }

        func pass(_ duration: Duration) { self.passed.withLock { $0 += duration } }
    }

    private static let listed = "2.0.0.127.list.example"

    private func resolver(
        _ port: Int,
        _ time: Time = Time(),
        _ change: (inout NameResolver.Limits) -> Void = { _ in }
    ) throws -> NameResolver {
        var limits = NameResolver.Limits()
        change(&limits)
        let servers: NameServers = try #require(NameServers(["127.0.0.1:\(port)"]))
        return try NameResolver(servers, limits: limits) { time.now }
    }

    private func counts(_ resolver: NameResolver) -> [String: Double] {
        let samples = resolver.families[0].samples
        return Dictionary(uniqueKeysWithValues: samples.map { ($0.labels[0].value, $0.value) })
            .filter { $0.value > 0 }
    }

    @Test func `a name has its addresses, or none, and is asked for again when its time is over`() async throws {
        let server = try await NameServer.started(["\(Self.listed)=127.0.0.2/60", "\(Self.listed)=127.0.0.4/90"])
        let time = Time()
        let resolver = try self.resolver(server.port, time)
        defer { resolver.shutDown() }
        for _ in 0..<3 {
            #expect(await resolver.addresses(of: Self.listed)?.sorted() == [0x7F00_0002, 0x7F00_0004])
            #expect(await resolver.addresses(of: "3.0.0.127.list.example") == [])
        }
        #expect(server.questions == [Self.listed, "3.0.0.127.list.example"])
        time.pass(.seconds(61))
        #expect(await resolver.addresses(of: Self.listed)?.count == 2)
        #expect(await resolver.addresses(of: "3.0.0.127.list.example") == [])
        #expect(server.questions.count == 3)
        // That there is none is known for five minutes.
        time.pass(.seconds(240))
        #expect(await resolver.addresses(of: "3.0.0.127.list.example") == [])
        #expect(server.questions.count == 4)
        #expect(self.counts(resolver)["found"] == 2 && self.counts(resolver)["missing"] == 2)
    }

    @Test func `the digits of an address of version 6 are asked for`() async throws {
        let address = try #require(IPAddress("2001:db8:1:2:3:4:567:89ab"))
        let name = "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.list.example"
        #expect(address.name(inList: "list.example") == name)
        #expect(IPAddress("192.0.2.99")?.name(inList: "list.example") == "99.2.0.192.list.example")
        let server = try await NameServer.started(["\(name)=127.0.0.3/60"])
        let resolver = try self.resolver(server.port)
        defer { resolver.shutDown() }
        #expect(await resolver.addresses(of: address.name(inList: "list.example")) == [0x7F00_0003])
    }

    @Test func `who asks a server that says nothing, fails or is not there goes on in time, and nothing is known`()
        async throws
    {
        let server = try await NameServer.started(["--silent", "silent.example", "--broken", "broken.example"])
        let nobody = try FreePort.find()
        for (port, name) in [(server.port, "silent.example"), (server.port, "broken.example"), (nobody, "x.example")] {
            let resolver = try self.resolver(port) { $0.deadline = .milliseconds(400) }
            defer { resolver.shutDown() }
            let clock = ContinuousClock()
            let time = await clock.measure {
                #expect(await resolver.addresses(of: name) == nil)
            }
            #expect(time < .seconds(20), "\(name)")
            let counted = self.counts(resolver)
            #expect(counted["late"] == 1 || counted["failed"] == 1, "\(name): \(counted)")
        }
    }

    @Test func `several who ask for the same name wait for one question`() async throws {
        let server = try await NameServer.started(["\(Self.listed)=127.0.0.2/60", "--silent", "silent.example"])
        let resolver = try self.resolver(server.port) { $0.deadline = .milliseconds(500) }
        defer { resolver.shutDown() }
        await withTaskGroup(of: [UInt32]?.self) { group in
            for _ in 0..<50 { group.addTask { await resolver.addresses(of: Self.listed.uppercased()) } }
            for await addresses in group { #expect(addresses == [0x7F00_0002]) }
        }
        #expect(server.questions.count == 1)
    }

    @Test func `no more are asked for at a time than may be, and no more answers kept`() async throws {
        let server = try await NameServer.started(
            (0..<40).flatMap { ["n\($0).example=127.0.0.2/60"] } + ["--silent", "a.example", "--silent", "b.example"]
        )
        let patient = try self.resolver(server.port) {
            $0.deadline = .seconds(60)
            $0.inFlight = 1
        }
        async let first = patient.addresses(of: "a.example")
        try await until("the question is asked") { server.questions.contains("a.example") }
        #expect(await patient.addresses(of: "b.example") == nil)
        #expect(self.counts(patient)["refused"] == 1)
        patient.shutDown()
        #expect(await first == nil)

        let resolver = try self.resolver(server.port) {
            $0.deadline = .milliseconds(800)
            $0.inFlight = 1
            $0.cached = 20
        }
        defer { resolver.shutDown() }
        #expect(await resolver.addresses(of: "a.example") == nil)
        try await until("it has ended") { resolver.families[1].samples[0].value == 0 }
        for number in 0..<40 { #expect(await resolver.addresses(of: "n\(number).example") == [0x7F00_0002]) }
        #expect(resolver.families[2].samples[0].value <= 20)
    }

    @Test func `who waits when it ends is answered, and so is who asks after that`() async throws {
        let server = try await NameServer.started(["--silent", "silent.example"])
        let resolver = try self.resolver(server.port) { $0.deadline = .seconds(60) }
        async let answer = resolver.addresses(of: "silent.example")
        try await until("the question is asked") { !server.questions.isEmpty }
        resolver.shutDown()
        #expect(await answer == nil)
        #expect(await resolver.addresses(of: "other.example") == nil)
    }

    @Test(arguments: [
        ("10.0.0.10", true), ("127.0.0.1:5353", true), ("2001:db8::1", true), ("[2001:db8::1]:53", true), ("", false),
        ("ns.example", false), ("10.0.0.10:", false), ("10.0.0.10:0", false), ("10.0.0.10:65536", false),
        ("[10.0.0.1]:53", false), ("1.2.3.4,5.6.7.8", false),
    ])
    func `a name server is an address, with a port or without`(text: String, isOne: Bool) {
        #expect((NameServers([text]) != nil) == isOne)
    }

    @Test func `a list that says nothing leaves room for others`() async throws {
        let silent = ["2.0.0.127.silent.example", "3.0.0.127.silent.example"]
        let server = try await NameServer.started(
            ["\(Self.listed)=127.0.0.2/60"] + silent.flatMap { ["--silent", $0] }
        )
        let resolver = try self.resolver(server.port) {
            $0.deadline = .milliseconds(800)
            $0.inFlightPerZone = 1
        }
        defer { resolver.shutDown() }
        async let first = resolver.addresses(of: silent[0])
        try await until("the question is asked") { server.questions.contains(silent[0]) }
        #expect(await resolver.addresses(of: silent[1]) == nil)
        #expect(self.counts(resolver)["refused"] == 1)
        #expect(await resolver.addresses(of: Self.listed) == [0x7F00_0002])
        #expect(await first == nil)
    }

    @Test(arguments: [
        ("2.0.0.127.list.example", "list.example"), ("a.example", "a.example"), ("4.3.2.1", "4.3.2.1"),
        (String(repeating: "a.", count: 32) + "list.example", "list.example"), ("9.2.0.192.4.example", "4.example"),
    ])
    func `the list that a name is in stands behind the address`(name: String, zone: String) {
        #expect(NameResolver.zone(of: name) == zone)
    }
}
