import Glibc
import NIOCore
import StateStore
import Testing

/// Images that cannot be written, and those that cannot be read.
struct ImageFaultTests {
    /// A process whose image has all that images have.
    private func written() throws -> ImageBench {
        let bench = try ImageBench()
        let room = bench.channel("#room")
        for number in 0..<10 { bench.set("m\(number)", [1, 2, 3], in: room) }
        bench.set("s", [], in: LogKey(bench.tenant, .user, "1"), holder: .set(bench.store.pod))
        bench.say("hello", in: room)
        bench.keep()
        return bench
    }

    @Test func `damage at any place is told of, put aside, and crashes nothing`() throws {
        let bench = try self.written()
        let length = bench.images.size
        for place in 0..<length {
            let disk = try bench.images.copy()
            disk.damage("image") { $0[place] ^= UInt8(1) << UInt8(place % 8) }
            let next = try ImageBench(disk)
            #expect(next.logged.all.count == 1, "byte \(place)")
            #expect(next.logged.all.first?.hasPrefix("error: who was there") == true)
            #expect(try !next.snapshot(next.channel("#room")).exists)
            #expect(disk.fileNames.contains { $0.hasPrefix("image.unusable-") })
            next.set("m", [1], in: next.channel("#room"))
            next.keep()
            #expect(try next.killed().snapshot(next.channel("#room")).exists)
        }
    }

    @Test func `a file that is too short or too long is no image`() throws {
        let bench = try self.written()
        for change in -bench.images.size...3 where change != 0 {
            let disk = try bench.images.copy()
            disk.damage("image") {
                if change < 0 { $0.removeLast(-change) } else { $0 += [UInt8](repeating: 0, count: change) }
            }
            let next = try ImageBench(disk)
            #expect(next.logged.all.count == 1 && !disk.fileNames.contains("image"), "\(change) bytes")
        }
    }

    @Test func `what a newer program wrote is kept for it`() throws {
        let bench = try self.written()
        bench.images.damage("image") { $0[11] += 1 }
        let bytes = try bench.images.read("image").bytes
        let next = try ImageBench(bench.images)
        #expect(next.logged.all.count == 1)
        let name = try #require(bench.images.fileNames.first { $0.hasPrefix("image.unusable-") })
        #expect(try bench.images.read(name).bytes == bytes)
    }

    @Test func `what can be neither read nor put aside stays, and nothing is written over it`() throws {
        let bench = try self.written()
        bench.images.damage("image") { $0[30] ^= 1 }
        let bytes = try bench.images.read("image").bytes
        bench.images.configure { $0.refused["rename"] = EACCES }
        let next = try ImageBench(bench.images)
        bench.images.configure { $0.refused = [:] }
        next.set("m", [1], in: next.channel("#room"))
        next.keep()
        #expect(try bench.images.read("image").bytes == bytes)
        #expect(next.logged.all.count == 1)
    }

    @Test(arguments: 0..<12)
    func `a process that is killed while it writes leaves the image before or the one that it wrote`(
        operations: Int
    ) throws {
        for seed in UInt64(1)...20 {
            let bench = try ImageBench(SimulatedDisk(seed: seed))
            let room = bench.channel("#room")
            bench.set("m", [1], in: room)
            bench.keep()
            bench.set("m", [2], in: room)
            bench.images.configure { $0.left = operations }
            bench.keep()
            let next = try bench.killed()
            let value = try next.value("m", in: room)
            #expect(value == [1] || value == [2])
            if !bench.images.isCut { #expect(value == [2]) }
            #expect(next.logged.all.isEmpty)
            // What was half written is in nobody's way.
            next.set("m", [3], in: room)
            next.keep()
            #expect(try next.killed().value("m", in: room) == [3])
        }
    }

    @Test func `a full disk is told of once, gets back what it gave, and is asked again`() throws {
        let bench = try self.written()
        let room = bench.channel("#room")
        let size = bench.images.size
        bench.images.configure { $0.capacity = size + 50 }
        for number in 1...3 {
            #expect(bench.say("\(number)", in: room) != nil)
            bench.keep()
            #expect(bench.images.size == size && bench.images.fileNames == ["image"])
        }
        #expect(bench.logged.all.count == 1 && bench.logged.all[0].hasPrefix("error:"))
        bench.images.configure { $0.capacity = .max }
        bench.keep()
        #expect(bench.logged.all.count == 2 && bench.logged.all[1].hasPrefix("notice:"))
        #expect(try bench.killed().texts(room) == ["hello", "1", "2", "3"])
    }
}
