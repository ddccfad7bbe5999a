import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import ObjectStore

/// Buckets that are elsewhere, clocks that are wrong, stores that are slow.
@Suite struct PlaceTests {
    private static func region(of request: S3Proxy.Request) -> Substring {
        let scope = request.headers.first(name: "Authorization")?.split(separator: "/") ?? []
        return scope.count > 2 ? scope[2] : ""
    }

    @Test func `a bucket that is in another region is found there, and looked for once`() async throws {
        for status in [301, 400] {
            let judge: S3Proxy.Judge = { request in
                if Self.region(of: request) == "eu-central-1" { return .pass }
                let code = status == 301 ? "PermanentRedirect" : "AuthorizationHeaderMalformed"
                return .answer(status, code: code, headers: [("x-amz-bucket-region", "eu-central-1")])
            }
            try await FaultyBucket.with(judge) { _ in
            } _: { store, proxy in
                try await store.put("a", "text")
                #expect(try await store.text("a") == "text")
                #expect(proxy.requests.count == 3)
                #expect(try await store.facts().region == "eu-central-1")
            }
        }
    }

    @Test func `nobody is followed to a host that is not the store's`() async throws {
        let elsewhere = [("Location", "http://elsewhere.example/a")]
        try await FaultyBucket.with { _ in
            .answer(307, code: "TemporaryRedirect", headers: elsewhere)
        } _: { _ in
        } _: {
            store,
            proxy in
            #expect(await failure { try await store.put("a") } != nil)
            #expect(proxy.requests.count == 1)
        }
        let endpoint = try S3Endpoint(S3Bucket.settings("bucket", port: 80))
        #expect(endpoint.mayLead(to: "127.0.0.1:8080") && !endpoint.mayLead(to: "evil-127.0.0.1"))
        let aws = try S3Endpoint(S3Settings(bucket: "bucket"))
        #expect(aws.mayLead(to: "bucket.s3.eu-west-1.amazonaws.com") && !aws.mayLead(to: "amazonaws.com.evil.example"))
    }

    @Test func `a clock that is hours wrong is put right by the store's`() async throws {
        let wrong: Int64 = 1_500_000_000_000
        let time = StoreTime(wall: { wrong }, now: StoreTime.system.now, sleep: StoreTime.system.sleep)
        let stamp = S3Signer.stamp(wrong + 7_200_000)
        let judge: S3Proxy.Judge = { request in
            // The store's clock, two hours ahead.
            if request.headers.first(name: "x-amz-date") == stamp { return .pass }
            return .answer(403, code: "RequestTimeTooSkewed", headers: [("Date", "Fri, 14 Jul 2017 04:40:00 GMT")])
        }
        try await FaultyBucket.with(time: time, judge) { _ in
        } _: { store, proxy in
            #expect(try await store.facts().region == "us-east-1")
            try await store.put("a", "text")
            #expect(try await store.text("a") == "text")
            #expect(proxy.requests.filter { $0.headers.first(name: "x-amz-date") != stamp }.count == 1)
        }
    }

    @Test func `a read that is slow is asked for once more beside it`() async throws {
        let judge: S3Proxy.Judge = { $0.method == "GET" && $0.number == 1 ? .stall : .pass }
        try await FaultyBucket.with(judge) {
            $0.hedgeAfter = .milliseconds(20)
        } _: { store, proxy in
            try await store.put("a", "text")
            #expect(try await store.text("a") == "text")
            #expect(proxy.requests.count == 3)
        }
    }

    @Test func `hosts are those of the region, of the bucket or of the settings`() throws {
        let place = S3Place(region: "eu-west-1")
        let name = try key("a b/ä")
        var settings = S3Settings(bucket: "my-bucket")
        let hosted = try S3Endpoint(settings).target(name, place)
        #expect(hosted.base == "https://my-bucket.s3.eu-west-1.amazonaws.com" && hosted.path == "/a b/ä")
        #expect(try S3Endpoint(settings).target(nil, place).path == "/")
        settings.isPathStyle = true
        let inPath = try S3Endpoint(settings).target(name, place)
        #expect(inPath.base == "https://s3.eu-west-1.amazonaws.com" && inPath.path == "/my-bucket/a b/ä")
        settings.endpoint = "https://minio.example:443/"
        #expect(try S3Endpoint(settings).target(name, place).base == "https://minio.example")
        settings.isPathStyle = false
        #expect(try S3Endpoint(settings).target(name, place).host == "my-bucket.minio.example")
        #expect(
            try S3Endpoint(S3Settings(bucket: "a.b")).target(nil, S3Place(region: "cn-north-1")).base
                == "https://s3.cn-north-1.amazonaws.com.cn"
        )
        for endpoint in ["minio.example", "ftp://a", "https://", "https://a/b", "https://u@a"] {
            settings.endpoint = endpoint
            #expect(throws: ObjectStoreError.self) { try S3Endpoint(settings) }
        }
        #expect(throws: ObjectStoreError.self) { try S3Endpoint(S3Settings(bucket: "a/b")) }
    }
}
