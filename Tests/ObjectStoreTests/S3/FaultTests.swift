import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

/// What becomes of requests when the store, or the way to it, breaks.
@Suite struct FaultTests {
    private static let passing: [S3Proxy.Fate] = [
        .answer(500, code: "InternalError"), .answer(503, code: "SlowDown"),
        .answer(503, code: "", headers: [("Retry-After", "0")]), .answer(502, code: ""),
        .answer(400, code: "RequestTimeout"), .answer(409, code: "ConditionalRequestConflict"), .reset, .lose,
    ]

    @Test(arguments: 0..<passing.count)
    func `what passes is noticed by nobody`(which: Int) async throws {
        let fate = Self.passing[which]
        // Behind HEAD there is no code that would say more than a status.
        let isPlain = which < 4 || which > 5
        try await FaultyBucket.with { request in
            request.number % 2 == 0 && (isPlain || request.method != "HEAD") ? fate : .pass
        } _: { _ in
        } _: { store, proxy in
            try await store.put("a", "text")
            #expect(try await store.text("a") == "text")
            #expect(try await store.allKeys() == ["a"])
            #expect(try await store.head(try key("a"), version: nil).size == 4)
            _ = try await store.copy(try key("a"), to: try key("b"), PutOptions())
            #expect(try await store.delete([ObjectVersion(try key("a"))]).isEmpty)
            #expect(try await store.allKeys() == ["b"])
            #expect(proxy.requests.count >= 12)
        }
    }

    @Test func `what stays is told as what it is`() async throws {
        let fates: [(S3Proxy.Fate, String)] = [
            (.answer(503, code: "SlowDown"), "the store asks for fewer requests: SlowDown: as a test has it"),
            (.answer(500, code: "InternalError"), "the store is away: InternalError: as a test has it"),
            (.answer(403, code: "AccessDenied"), "access denied: AccessDenied: as a test has it"),
            (.answer(404, code: "NoSuchBucket"), "there is no bucket"),
            (.answer(507, code: ""), "there is no room: status 507"),
        ]
        for (fate, words) in fates {
            try await FaultyBucket.with { _ in
                fate
            } _: { _ in
            } _: { store, proxy in
                let error = await failure { try await store.put("a") }
                #expect(error?.description.hasPrefix(words) == true, "\(String(describing: error))")
                #expect(proxy.requests.count == (error?.isTransient == true && words.contains("room") == false ? 6 : 1))
            }
        }
        try await FaultyBucket.with { _ in
            .reset
        } _: { _ in
        } _: { store, _ in
            guard case .unavailable = await failure({ try await store.put("a") }) else {
                Issue.record("it should be away")
                return
            }
        }
    }

    @Test(arguments: [(50, 60_000), (60_000, 50)])
    func `a store that says nothing any more is given up in time`(attempt: Int, call: Int) async throws {
        try await FaultyBucket.with { _ in
            .stall
        } _: {
            $0.attemptTime = .milliseconds(attempt)
            $0.callTime = .milliseconds(call)
        } _: { store, proxy in
            let start = ContinuousClock.now
            #expect(await failure { try await store.put("a") } == .timedOut)
            #expect(ContinuousClock.now - start < .seconds(30))
            #expect(proxy.requests.count <= RetryPolicy.attempts)
        }
    }

    @Test func `a reading that breaks off goes on where it was, of the same object`() async throws {
        let all = sample(1 << 20)
        // A connection that ends after a while, again and again.
        try await FaultyBucket.with {
            $0.method == "GET" ? .cut(300_000) : .pass
        } _: { _ in
        } _: { store, proxy in
            let put = try await store.put(try key("a"), all, PutOptions())
            #expect(try await store.get(try key("a"), limit: 2 << 20) == all)
            let reads = proxy.requests.filter { $0.method == "GET" }
            #expect(reads.count >= 4)
            #expect(reads.dropFirst().allSatisfy { $0.headers.first(name: "If-Match") == "\"\(put.etag)\"" })
            #expect(reads.last?.headers.first(name: "Range")?.hasSuffix("-1048575") == true)
            let part = try await store.get(try key("a"), .bytes(10, through: 700_000), limit: 1 << 20)
            #expect(part == all.getSlice(at: 10, length: 699_991))
        }
    }

    @Test func `a reading that brings nothing any more ends`() async throws {
        try await FaultyBucket.with {
            $0.method == "GET" ? .cut(0) : .pass
        } _: { _ in
        } _: { store, proxy in
            try await store.put("a", "text")
            #expect(await failure { _ = try await store.text("a") }?.isTransient == true)
            #expect(proxy.requests.count < 40)
        }
    }

    @Test func `an object that is replaced while it is read is not mixed with the new one`() async throws {
        let server = try await S3Server.ofAllTests()
        let (old, new) = (sample(1 << 20, seed: 2), sample(1 << 20, seed: 3))
        let isFirst: S3Proxy.Judge = {
            $0.method == "GET" && $0.headers.first(name: "Range") == nil ? .cut(1000) : .pass
        }
        try await FaultyBucket.with(isFirst) { _ in
        } _: { store, proxy in
            _ = try await store.put(try key("a"), old, PutOptions())
            let reading = try await store.get(try key("a"), nil, version: nil)
            let direct = try S3Bucket.store(S3Bucket.settings(store.bucket, port: server.port))
            _ = try await direct.put(try key("a"), new, PutOptions())
            await direct.shutdown()
            #expect(await failure { _ = try await reading.collect(upTo: 2 << 20) }?.isTransient == true)
            #expect(proxy.requests.contains { $0.headers.first(name: "If-Match") != nil })
        }
    }

    @Test func `bytes that changed on the way are not given out as whole`() async throws {
        try await FaultyBucket.with {
            $0.method == "GET" ? .flip : .pass
        } _: { _ in
        } _: { store, _ in
            try await store.put("a", "what was put")
            guard case .corrupt = await failure({ _ = try await store.text("a") }) else {
                Issue.record("they were taken")
                return
            }
        }
        // And not taken by the store: its own check, which ours leads to.
        try await FaultyBucket.with { _ in
            .pass
        } _: { _ in
        } _: { store, proxy in
            try await store.put("a", "checked")
            #expect(proxy.requests.first?.headers.first(name: "x-amz-checksum-crc32c") != nil)
        }
    }

    @Test func `who put what was not there knows it, also when the answer was lost`() async throws {
        try await FaultyBucket.with {
            $0.number == 0 ? .lose : .pass
        } _: { _ in
        } _: { store, _ in
            let put = try await store.put(try key("claim"), ByteBuffer(string: "mine"), .new)
            #expect(put.size == 4)
            let other = await failure { _ = try await store.put(try key("claim"), ByteBuffer(string: "mine"), .new) }
            let name = try key("claim")
            #expect(other == .exists(name))
        }
    }

    @Test func `parts that break are sent again, and an end whose answer is lost is an end`() async throws {
        let all = sample(13 << 20)
        let seen = Mutex<Set<String>>([])
        let judge: S3Proxy.Judge = { request in
            guard seen.withLock({ $0.insert(request.method + request.uri).inserted }) else { return .pass }
            return request.isPart ? .answer(500, code: "InternalError") : request.isCompletion ? .lose : .pass
        }
        try await FaultyBucket.with(judge) { _ in
        } _: { store, proxy in
            _ = try await store.put(try key("a"), PutOptions()) { try await $0.write(all) }
            #expect(try await store.get(try key("a"), limit: 16 << 20) == all)
            #expect(proxy.requests.filter(\.isPart).count == 6)
        }
    }

    @Test(arguments: ["InternalError", "SlowDown"])
    func `an error behind a good status is one`(code: String) async throws {
        let seen = Mutex<Set<String>>([])
        let judge: S3Proxy.Judge = { request in
            let isLate = request.headers.first(name: "x-amz-copy-source") != nil || request.isCompletion
            return isLate && seen.withLock({ $0.insert(request.uri).inserted }) ? .failInside(code) : .pass
        }
        try await FaultyBucket.with(judge) { _ in
        } _: { store, _ in
            let all = sample(6 << 20)
            _ = try await store.put(try key("a"), PutOptions()) { try await $0.write(all) }
            _ = try await store.copy(try key("a"), to: try key("b"), PutOptions())
            #expect(try await store.get(try key("b"), limit: 16 << 20) == all)
        }
    }

    @Test func `an upload that cannot be ended leaves no parts behind`() async throws {
        let judge: S3Proxy.Judge = {
            $0.isPart && $0.uri.contains("partNumber=2") ? .answer(403, code: "AccessDenied") : .pass
        }
        try await FaultyBucket.with(judge) { _ in
        } _: { store, proxy in
            let error = await failure {
                _ = try await store.put(try key("a"), PutOptions()) { try await $0.write(sample(13 << 20)) }
            }
            guard case .accessDenied = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            var request = S3Request("GET")
            request.ask("uploads")
            let uploads = try await store.document(request).all("Upload")
            #expect(uploads.isEmpty)
            #expect(proxy.requests.contains { $0.method == "DELETE" })
            #expect(try await store.allKeys().isEmpty)
        }
    }
}
