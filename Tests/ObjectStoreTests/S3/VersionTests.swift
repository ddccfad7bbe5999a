import NIOCore
import NIOHTTP1
import Testing

@testable import ObjectStore

/// Buckets that keep versions, and what is locked in them.
@Suite struct VersionTests {
    @Test func `every version is kept, told and read, and a deletion is one`() async throws {
        try await S3Bucket.with(.versioned) { store in
            #expect(try await store.facts().isVersioned)
            let name = try key("a")
            let first = try await store.put(name, ByteBuffer(string: "first"), PutOptions())
            let second = try await store.put(name, ByteBuffer(string: "second"), PutOptions())
            let version = try #require(first.version)
            #expect(second.version != version)
            let old = try await store.get(name, nil, version: version)
            #expect(String(buffer: try await old.collect(upTo: 10)) == "first")
            #expect(try await store.head(name, version: version).size == 5)
            #expect(try await store.delete([ObjectVersion(name)]).isEmpty)
            #expect(await failure { _ = try await store.text("a") } == .notFound(name))
            var all: [VersionPage.Item] = []
            var place: VersionPlace?
            for _ in 0..<10 {
                let page = try await store.listVersions("", after: place, limit: 2)
                all += page.items
                place = page.next
                if place == nil { break }
            }
            #expect(all.count == 3)
            #expect(all.filter(\.isLatest).map(\.isDeleteMarker) == [true])
            #expect(Set(all.map(\.object.version)).isSuperset(of: [first.version, second.version]))
            // What hid the object is taken away, and one of its versions for good.
            let last = all.first { $0.isDeleteMarker }
            let marker = try #require(last)
            #expect(await failure { _ = try await store.head(name, version: marker.object.version) } == .notFound(name))
            #expect(try await store.delete([marker.object, ObjectVersion(name, version: version)]).isEmpty)
            #expect(try await store.text("a") == "second")
            #expect(await failure { _ = try await store.get(name, nil, version: version) } == .notFound(name))
        }
    }

    @Test func `what is locked is not deleted, and says so`() async throws {
        try await S3Bucket.with(.locking) { store in
            let facts = try await store.facts()
            #expect(facts.isVersioned && facts.hasObjectLock && facts.defaultLockDays == nil)
            var options = PutOptions()
            options.lockedUntil = 4_000_000_000
            let locked = try await store.put(try key("locked"), ByteBuffer(string: "x"), options)
            options.lockedUntil = nil
            options.legalHold = true
            let held = try await store.put(try key("held"), ByteBuffer(string: "x"), options)
            #expect(try await store.head(try key("locked"), version: nil).lockedUntil == 4_000_000_000)
            #expect(try await store.head(try key("held"), version: nil).legalHold)
            let versions = [
                ObjectVersion(try key("locked"), version: locked.version),
                ObjectVersion(try key("held"), version: held.version),
            ]
            let failures = try await store.delete(versions)
            for version in versions {
                guard case .locked = failures[version] else {
                    Issue.record("\(version): \(String(describing: failures[version]))")
                    continue
                }
            }
            // Without a version it is hidden, and still there.
            #expect(try await store.delete([ObjectVersion(try key("locked"))]).isEmpty)
            #expect(try await store.head(try key("locked"), version: locked.version).size == 1)
        }
    }

    @Test func `what an object is kept with is told to the store, and keys only where they are needed`() async throws {
        let customer = try #require(CustomerKey([UInt8](repeating: 7, count: 32)))
        for (encryption, header, value) in [
            (ServerEncryption.store, "x-amz-server-side-encryption", "AES256"),
            (.keyService(key: "arn:key"), "x-amz-server-side-encryption-aws-kms-key-id", "arn:key"),
            (.customer(customer), "x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ] {
            try await FaultyBucket.with { _ in
                .pass
            } _: {
                $0.encryption = encryption
                $0.storageClass = "STANDARD_IA"
            } _: { store, proxy in
                try await store.put("a", "text")
                let all = sample(6 << 20)
                _ = try await store.put(try key("b"), PutOptions()) { try await $0.write(all) }
                #expect(try await store.text("a") == "text")
                let requests = proxy.requests
                let puts = requests.filter { $0.method == "PUT" && !$0.isPart || $0.uri.hasSuffix("uploads=") }
                #expect(puts.count == 2)
                #expect(puts.allSatisfy { $0.headers.first(name: header) == value })
                #expect(puts.allSatisfy { $0.headers.first(name: "x-amz-storage-class") == "STANDARD_IA" })
                let isCustomers = encryption == .customer(customer)
                #expect(
                    requests.filter(\.isPart).allSatisfy { ($0.headers.first(name: header) == value) == isCustomers }
                )
                #expect(requests.last?.headers.first(name: header) == (isCustomers ? value : nil))
            }
        }
    }

    @Test func `a key of the customer's goes nowhere where others could read it`() async throws {
        let customer = try #require(CustomerKey([UInt8](repeating: 7, count: 32)))
        var settings = S3Settings(bucket: "bucket")
        settings.endpoint = "http://store.example"
        let store = try S3Bucket.store(settings)
        var options = PutOptions()
        options.encryption = .customer(customer)
        let encrypted = options
        guard case .configuration = await failure({ _ = try await store.put(try key("a"), ByteBuffer(), encrypted) })
        else {
            Issue.record("it was sent")
            return
        }
        settings.encryption = .customer(customer)
        #expect(throws: ObjectStoreError.self) { try S3Bucket.store(settings) }
        await store.shutdown()
    }

    @Test func `whoever has a signed URL needs nothing else, and not for ever`() async throws {
        try await S3Bucket.with { store in
            let url = try await store.presign(.get, try key("a b+ä"), for: .seconds(60))
            #expect(url.contains("/a%20b%2B%C3%A4?") && url.contains("X-Amz-Expires=60&"))
            let put = try await store.presign(.put, try key("a b+ä"), for: .seconds(60))
            #expect(try await URLs.send(put, .PUT, "put by others") == 200)
            #expect(try await store.text("a b+ä") == "put by others")
            #expect(try await URLs.send(url, .GET) == 200)
            #expect(try await URLs.send(url + "0", .GET) == 403)
            #expect(try await URLs.send(url, .DELETE) == 403)
            for time in [Duration.zero, .seconds(604_801)] {
                guard
                    case .configuration = await failure({ _ = try await store.presign(.put, try key("a"), for: time) })
                else {
                    Issue.record("a URL for \(time)")
                    continue
                }
            }
        }
    }
}
