import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

@testable import ObjectStore

/// Where credentials come from, and when they are had anew.
@Suite struct CredentialTests {
    private struct Source: CredentialSource {
        let body: @Sendable () async throws(ObjectStoreError) -> S3Credentials?

        func fetch() async throws(ObjectStoreError) -> S3Credentials? { try await self.body() }
    }

    private static func credentials(_ name: String, expires: Int64? = nil) -> S3Credentials {
        S3Credentials(accessKey: Secret(name), secretKey: Secret("s"), expires: expires)
    }

    private final class Hour: Sendable {
        let now = Mutex<Int64>(0)

        var time: StoreTime {
            StoreTime(
                wall: { self.now.withLock { $0 } },
                now: StoreTime.system.now,
                sleep: StoreTime.system.sleep
            )
        }
    }

    @Test func `many who need credentials have them fetched once`() async throws {
        let count = Mutex(0)
        let cache = CachedCredentials(
            Source { () throws(ObjectStoreError) in
                count.withLock { $0 += 1 }
                await Task.yield()
                return Self.credentials("a", expires: Int64.max)
            }
        )
        let keys = try await withThrowingTaskGroup(of: Secret.self) { group in
            for _ in 0..<50 { group.addTask { try await cache.current().accessKey } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(keys == [Secret("a")])
        #expect(count.withLock { $0 } == 1)
    }

    @Test func `they are had anew before they end, and the old ones are used until then`() async throws {
        let hour = Hour()
        let count = Mutex(0)
        let gate = Gate(1, queue: 10, longest: .seconds(60))
        let cache = CachedCredentials(
            Source { () throws(ObjectStoreError) in
                try await gate.enter()
                gate.leave()
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return Self.credentials("\(number)", expires: Int64(number) * 3_600_000)
            },
            time: hour.time
        )
        #expect(try await cache.current().accessKey == Secret("1"))
        hour.now.withLock { $0 = 3_000_000 }
        #expect(try await cache.current().accessKey == Secret("1"))
        // Less than five minutes left: another fetch begins, and nobody waits for it.
        try await gate.enter()
        hour.now.withLock { $0 = 3_400_000 }
        #expect(try await cache.current().accessKey == Secret("1"))
        gate.leave()
        hour.now.withLock { $0 = 3_600_000 }
        #expect(try await cache.current().accessKey == Secret("2"))
        await cache.renew()
        #expect(try await cache.current().accessKey == Secret("3"))
    }

    @Test func `a source that fails does not end what is still good`() async throws {
        let hour = Hour()
        let isBroken = Mutex(false)
        let cache = CachedCredentials(
            Source { () throws(ObjectStoreError) in
                if isBroken.withLock({ $0 }) { throw .unavailable("the source is away") }
                return Self.credentials("a", expires: 3_600_000)
            },
            time: hour.time
        )
        #expect(try await cache.current().accessKey == Secret("a"))
        isBroken.withLock { $0 = true }
        hour.now.withLock { $0 = 3_500_000 }
        #expect(try await cache.current().accessKey == Secret("a"))
        hour.now.withLock { $0 = 3_600_000 }
        #expect(await failure { _ = try await cache.current() } == .unavailable("the source is away"))
    }

    @Test func `the first source that is meant is taken, and none is an error`() async throws {
        let none = EnvironmentCredentials([:])
        let one = EnvironmentCredentials(["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"])
        let chain = CredentialChain([none, one, StaticCredentials(Self.credentials("c"))])
        #expect(try await chain.fetch()?.accessKey == Secret("a"))
        guard case .configuration = await failure({ _ = try await CachedCredentials(none).current() }) else {
            Issue.record("there are none")
            return
        }
        let all = CredentialChain(environment: ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"], region: "r")
        #expect(try await all.fetch()?.secretKey == Secret("b"))
        #expect(try await CredentialChain(environment: [:], region: "r").fetch() == nil)
        let half = EnvironmentCredentials(["AWS_ACCESS_KEY_ID": "a"])
        guard case .configuration(let text) = await failure({ _ = try await half.fetch() }) else {
            Issue.record("there is half of them")
            return
        }
        #expect(text.contains("AWS_SECRET_ACCESS_KEY"))
    }

    @Test func `files are read as a Secret is mounted, and as it changes`() async throws {
        try await withFolder { path in
            let manager = FileManager.default
            for (version, text) in [("1", "old"), ("2", "new")] {
                try manager.createDirectory(atPath: "\(path)/..\(version)", withIntermediateDirectories: true)
                for name in ["accessKey", "secretKey"] {
                    try "\(text)-\(name)\n".write(
                        toFile: "\(path)/..\(version)/\(name)",
                        atomically: true,
                        encoding: .utf8
                    )
                }
            }
            let source = FileCredentials(path)
            #expect(try await source.fetch() == nil)
            try manager.createSymbolicLink(atPath: "\(path)/..data", withDestinationPath: "..1")
            for name in ["accessKey", "secretKey"] {
                try manager.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: "..data/\(name)")
            }
            #expect(try await source.fetch()?.secretKey == Secret("old-secretKey"))
            try manager.removeItem(atPath: "\(path)/..data")
            try manager.createSymbolicLink(atPath: "\(path)/..data", withDestinationPath: "..2")
            let fetched = try await source.fetch()
            #expect(fetched == S3Credentials(accessKey: Secret("new-accessKey"), secretKey: Secret("new-secretKey")))
            try manager.removeItem(atPath: "\(path)/..2/secretKey")
            guard case .configuration(let text) = await failure({ _ = try await source.fetch() }) else {
                Issue.record("a file is missing")
                return
            }
            #expect(text.contains("secretKey"))
        }
    }

    /// A server that answers once a request is as it should be.
    private func answering(
        _ document: String,
        _ isRight: @escaping @Sendable (S3Proxy.Request) -> Bool,
        _ body: (Int) async throws -> Void
    ) async throws {
        try await S3Proxy.with(
            to: 1,
            { request in
                if request.number == 0 { return .answer(500, code: "InternalError") }
                return isRight(request) ? .say(200, document) : .answer(403, code: "AccessDenied")
            },
            { try await body($0.port) }
        )
    }

    @Test func `a pod's identity is changed for a role's credentials`() async throws {
        let document = """
            <AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
            <AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>
            <Expiration>2026-11-30T12:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult>
            </AssumeRoleWithWebIdentityResponse>
            """
        try await withFolder { path in
            try "signed.identity".write(toFile: "\(path)/token", atomically: true, encoding: .utf8)
            try await self.answering(document) { request in
                let body = String(buffer: request.body)
                return body.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&") && request.method == "POST"
                    && body.contains("WebIdentityToken=signed.identity") && body.contains("Version=2011-06-15")
            } _: { port in
                var environment = [
                    "AWS_ROLE_ARN": "arn:aws:iam::1:role/r", "AWS_WEB_IDENTITY_TOKEN_FILE": "\(path)/token",
                    "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:\(port)",
                ]
                let fetched = try await WebIdentityCredentials(environment, region: "eu-west-1").fetch()
                #expect(fetched?.sessionToken == Secret("token"))
                #expect(fetched?.expires == 1_796_040_000_000)
                environment["AWS_ROLE_ARN"] = "arn:other"
                let other = WebIdentityCredentials(environment, region: "eu-west-1")
                guard case .accessDenied(let text) = await failure({ _ = try await other.fetch() }) else {
                    Issue.record("it was given")
                    return
                }
                #expect(text.contains("arn:other") && !text.contains("signed.identity"))
            }
            #expect(try await WebIdentityCredentials([:], region: "eu-west-1").fetch() == nil)
        }
    }

    @Test func `an agent on the machine gives credentials for a token`() async throws {
        let document = """
            {"AccessKeyId": "ASIA", "SecretAccessKey": "secret", "Token": "token", "Expiration": "2026-11-30T12:00:00Z"}
            """
        try await withFolder { path in
            try "let me in\n".write(toFile: "\(path)/token", atomically: true, encoding: .utf8)
            try await self.answering(document) {
                $0.headers.first(name: "Authorization") == "let me in"
            } _: { port in
                let environment = [
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(port)/v1/credentials",
                    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "\(path)/token",
                ]
                let fetched = try await ContainerCredentials(environment).fetch()
                #expect(fetched?.accessKey == Secret("ASIA") && fetched?.expires == 1_796_040_000_000)
            }
        }
        #expect(try await ContainerCredentials([:]).fetch() == nil)
    }

    @Test func `a token goes to this machine or over TLS, and to nobody else`() {
        for url in [
            "http://169.254.170.23/v1", "http://127.0.0.1:80/", "http://[fd00:ec2::23]/v1", "https://a.example/",
            "http://localhost/", "http://169.254.170.2",
        ] { #expect(ContainerCredentials.isTrustworthy(url), "\(url)") }
        for url in [
            "http://a.example/", "http://127.0.0.1.evil.example/", "http://127.0.0.1@evil.example/", "ftp://localhost/",
            "http://[fe80::1]/", "", "http://10.0.0.1/", "http://localhost.evil.example/",
        ] { #expect(!ContainerCredentials.isTrustworthy(url), "\(url)") }
    }
}
