import NIOCore
import NIOHTTP1
import Synchronization
import TestSupport
import Testing

@testable import ObjectStore

/// Objects that are put in parts.
@Suite struct UploadTests {
    private final class Count: Sendable {
        let value = Mutex(0)
    }

    @Test func `of an object that is larger than memory a few parts are there at once, and none when it is given up`()
        async throws
    {
        let written = Count()
        try await FaultyBucket.with {
            $0.isPart ? .stall : .pass
        } _: {
            $0.partsAtOnce = 2
        } _: { store, proxy in
            let put = Task {
                _ = try await store.put(try key("a"), PutOptions()) { writer in
                    for _ in 0..<100 {
                        try await writer.write(sample(1 << 20))
                        written.value.withLock { $0 += 1 }
                    }
                }
            }
            try await until("two parts are on their way, and a third is full") {
                proxy.requests.count(where: \.isPart) == 2 && written.value.withLock { $0 } >= 14
            }
            // Two on their way, one that waits, and nothing behind it.
            #expect(written.value.withLock { $0 } == 14)
            put.cancel()
            await #expect(throws: ObjectStoreError.self) { try await put.value }
            #expect(proxy.requests.count(where: \.isPart) == 2)
            var request = S3Request("GET")
            request.ask("uploads")
            let uploads = try await store.document(request).all("Upload")
            #expect(uploads.isEmpty)
        }
    }

    @Test func `what fits into a part goes as one, what does not in parts of one size`() async throws {
        try await FaultyBucket.with { _ in
            .pass
        } _: { _ in
        } _: { store, proxy in
            for size in [0, 5 << 20 - 1] {
                _ = try await store.put(try key("small"), PutOptions()) { try await $0.write(sample(size)) }
            }
            #expect(proxy.requests.map(\.method) == ["PUT", "PUT"])
            _ = try await store.put(try key("large"), PutOptions()) { try await $0.write(sample(12 << 20)) }
            let parts = proxy.requests.filter(\.isPart).map(\.body.readableBytes).sorted()
            #expect(parts == [2 << 20, 5 << 20, 5 << 20])
        }
    }

    @Test func `what the store does not copy at once is copied through here`() async throws {
        let judge: S3Proxy.Judge = { request in
            let isCopy = request.headers.first(name: "x-amz-copy-source") != nil
            return isCopy ? .answer(400, code: "InvalidRequest") : .pass
        }
        try await FaultyBucket.with(judge) { _ in
        } _: { store, _ in
            let all = sample(6 << 20)
            _ = try await store.put(try key("a"), all, PutOptions())
            _ = try await store.copy(try key("a"), to: try key("b"), PutOptions())
            let copied = try await store.get(try key("b"), limit: 8 << 20)
            #expect(copied == all)
        }
    }

    @Test func `a piece behind the end is refused`() async throws {
        let kept = Mutex<(any ObjectWriter)?>(nil)
        try await S3Bucket.with { store in
            _ = try await store.put(try key("a"), PutOptions()) { writer in kept.withLock { $0 = writer } }
            let writer = try #require(kept.withLock { $0 })
            guard case .bodyFailed = await failure({ try await writer.write(sample(1)) }) else {
                Issue.record("it was taken")
                return
            }
        }
    }
}
