import FoundationEssentials
import KubeAPIDouble
import KubeClient
import NIOCore
import Operator
import StateStore
import Tenant
import TestChildren
import TestSupport
import Testing

/// The size of a fleet, and the program that is measured on it.
enum FleetSettings {
    static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment["ROOST_MEASURE_\(name)"] }

    static let tenants = variable("TENANTS").flatMap { Int($0) } ?? 0
    static let cells = variable("CELLS").flatMap { Int($0) } ?? 3
}

/// What many tenants cost the operator and an edge: a figure for docs/operations/sizing.md, and no test.
///
/// ROOST_MEASURE_TENANTS=30000 ROOST_BINARY=.build/release/roost swift test --filter FleetMeasure
///
/// Operator and edge are that program, as it is shipped; Redis and PostgreSQL are real, and the API server is the double.
@Suite(.serialized, .enabled(if: FleetSettings.tenants > 0)) struct FleetMeasure {
    /// The Redis and the database of a cell.
    private struct Cell: Sendable {
        let name: String
        let redis: RedisServer
        let database: String
    }

    @Test func `a fleet is created, looked at anew, and brought into an empty Redis`() async throws {
        try await ClusterRig.with { rig in
            let postgres = try PostgresServer()
            let cells = try await self.makeCells(rig, postgres)
            defer { for cell in cells { cell.redis.end() } }
            let fleet = Fleet(rig)
            defer { fleet.end() }
            let began = ContinuousClock.now
            var program = try MeasuredProgram.startOperator(rig)
            defer { program.end() }
            for cell in cells {
                try await rig.wait(for: .cells, cell.name, "a connection", within: .seconds(60)) {
                    $0?.condition("StoresReady")?["status"] == "True"
                }
            }
            self.tell("cells connected", began)
            let creating = ContinuousClock.now
            try await self.create(rig, cells)
            self.tell("created", creating)
            try await fleet.allReady()
            self.tell("all Ready since the first was created", creating)
            try await self.pause(.seconds(45))
            program.tell("operator at rest")
            try await self.edit(rig, 0, "at rest")

            program.end()
            let again = ContinuousClock.now
            program = try MeasuredProgram.startOperator(rig)
            try await program.waitLeading()
            self.tell("it leads after a restart", again)
            try await self.edit(rig, 1, "while everybody is looked at after that")
            try await program.waitIdle()
            self.tell("everybody looked at since the restart", again)
            program.tell("operator after a restart")

            let cell = cells[0]
            let emptied = ContinuousClock.now
            _ = try cell.redis.command("FLUSHALL")
            try await self.edit(rig, 1, "in another cell while a Redis is filled")
            try await self.edit(rig, 0, "in the cell whose Redis is filled")
            try await until("the projection being whole", within: .minutes(20)) {
                try await rig.projection(cell.redis.url).isComplete
            }
            self.tell("an emptied Redis was whole again", emptied)
            program.tell("operator after that")
            try await self.measureStores(rig, cell, postgres)
        }
    }

    // MARK: The fleet

    private func makeCells(_ rig: ClusterRig, _ postgres: PostgresServer) async throws -> [Cell] {
        try await rig.apply(ClusterRig.secret("wildcard", TestCertificates.make(for: ["*.chat.example.com"])))
        var cells: [Cell] = []
        for number in 0..<FleetSettings.cells {
            let name = "cell\(number)"
            let cell = Cell(name: name, redis: try RedisServer(), database: try postgres.makeDatabase())
            try await rig.apply(ClusterRig.secret("redis-\(name)", ["url": cell.redis.url]))
            try await rig.apply(ClusterRig.secret("postgres-\(name)", ["url": cell.database]))
            let spec: JSON = [
                "redis": ["urlSecretRef": ["name": .string("redis-\(name)"), "key": "url"]],
                "postgres": ["urlSecretRef": ["name": .string("postgres-\(name)"), "key": "url"]],
            ]
            try await rig.apply(ClusterRig.cell(name, isDefault: number == 0, spec), .cells)
            cells.append(cell)
        }
        return cells
    }

    private static func tenant(_ number: Int, _ displayName: String) -> KubeObject {
        let cell = "cell\(number % FleetSettings.cells)"
        return ClusterRig.tenant(
            "t\(number)",
            ["cellRef": ["name": .string(cell)], "displayName": .string(displayName)]
        )
    }

    private func create(_ rig: ClusterRig, _ cells: [Cell]) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<8 {
                group.addTask {
                    for number in stride(from: part, to: FleetSettings.tenants, by: 8) {
                        try await rig.apply(Self.tenant(number, "Team \(number)"), .tenants)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Changes one tenant, and tells how long it takes until it is served as it is written.
    private func edit(_ rig: ClusterRig, _ number: Int, _ what: String) async throws {
        let began = ContinuousClock.now
        let name = "edited at \(UInt64.random(in: 0...UInt64.max))"
        try await rig.apply(Self.tenant(number, name), .tenants)
        try await rig.wait(for: .tenants, "t\(number)", in: "chat", "an edit", within: .minutes(10)) {
            $0?.condition("Ready")?["observedGeneration"].int == $0?.generation
                && $0?.condition("Ready")?["reason"] == "Serving"
        }
        self.tell("an edit \(what)", began)
    }

    private func measureStores(_ rig: ClusterRig, _ cell: Cell, _ postgres: PostgresServer) async throws {
        let tenants = try await rig.projection(cell.redis.url).tenants.count
        let memory = try Child(
            "/usr/bin/redis-cli",
            ["-p", "\(cell.redis.port)", "info", "memory"],
            output: .pipe
        ).readAll()
        print("measured: Redis of \(cell.name), \(tenants) tenants:", memory.split(separator: "\r\n").prefix(2))
        let name = cell.database.split(separator: "/").last.map(String.init) ?? ""
        let bytes = try postgres.query("SELECT pg_database_size('\(name)')", in: "postgres")
        print("measured: database of \(cell.name): \(bytes) bytes")
        let keys = try await rig.user.get(.secrets, "roost-\(cell.name)-keys", in: "roost")
        let edge = try MeasuredProgram.startEdge(rig, keys, redis: cell.redis.url, database: cell.database)
        defer { edge.end() }
        let began = ContinuousClock.now
        try await edge.waitReady()
        self.tell("an edge was ready", began)
        edge.tell("an edge with the tenants of \(cell.name)")
    }

    private func pause(_ time: Duration) async throws {
        let end = ContinuousClock.now + time
        try await until("a pause") { ContinuousClock.now > end }
    }

    private func tell(_ what: String, _ since: ContinuousClock.Instant) {
        print("measured: \(what): \(ContinuousClock.now - since)")
    }
}

/// Which tenants are ready, as somebody sees who watches them.
private final class Fleet: Sendable {
    private let news: AsyncStream<String>
    private let watching: Task<Void, Never>

    init(_ rig: ClusterRig) {
        let informer = Informer(rig.user, .tenants, in: "chat", logger: rig.logger)
        let told: AsyncStream<String>.Continuation
        (self.news, told) = AsyncStream.makeStream(of: String.self)
        self.watching = Task {
            await informer.run { change in
                if change.object?.condition("Ready")?["status"] == "True" { told.yield(change.key.name) }
            }
        }
    }

    func allReady() async throws {
        let news = self.news
        try await within(.minutes(60), "everybody being ready") {
            var ready: Set<String> = []
            for await name in news {
                ready.insert(name)
                if ready.count == FleetSettings.tenants { return }
            }
        }
    }

    func end() { self.watching.cancel() }
}
