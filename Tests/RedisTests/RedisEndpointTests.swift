import StateStore
import Testing

/// Reading a Redis URL.
struct RedisEndpointTests {
    @Test(arguments: [
        ("redis://localhost", RedisEndpoint(address: .tcp(host: "localhost", port: 6379))),
        ("redis://10.0.0.1:7000/3", RedisEndpoint(address: .tcp(host: "10.0.0.1", port: 7000), database: 3)),
        ("redis://[::1]:7000", RedisEndpoint(address: .tcp(host: "::1", port: 7000))),
        ("redis://[::1]/", RedisEndpoint(address: .tcp(host: "::1", port: 6379))),
        ("redis://:pa%40ss@h", RedisEndpoint(address: .tcp(host: "h", port: 6379), password: "pa@ss")),
        (
            "rediss://ro%3Aost:a:b@h:1",
            RedisEndpoint(address: .tcp(host: "h", port: 1), user: "ro:ost", password: "a:b", usesTLS: true)
        ),
        ("unix:///run/redis.sock?db=2", RedisEndpoint(address: .unix(path: "/run/redis.sock"), database: 2)),
        ("unix://:pw@/run/redis.sock", RedisEndpoint(address: .unix(path: "/run/redis.sock"), password: "pw")),
    ])
    func `a URL names address, user, password and database`(url: String, expected: RedisEndpoint) throws {
        let endpoint = try RedisEndpoint(url)
        #expect(endpoint.address == expected.address)
        #expect(endpoint.user == expected.user)
        #expect(endpoint.password == expected.password)
        #expect(endpoint.database == expected.database)
        #expect(endpoint.usesTLS == expected.usesTLS)
    }

    @Test(arguments: [
        ("http://h", RedisEndpoint.ParseError.scheme), ("localhost:6379", .scheme), ("redis://", .host),
        ("redis://:6379", .host), ("redis://h:0", .port), ("redis://h:x", .port), ("redis://h:70000", .port),
        ("redis://h/x", .database), ("redis://h/-1", .database), ("redis://h/65536", .database),
        ("redis://h/9223372036854775808", .database), ("unix:///x?db=65536", .database), ("redis://:a%2@h", .encoding),
        ("unix://x", .host),
        ("unix:///x?y", .database),
    ])
    func `what is wrong in a URL is named`(url: String, expected: RedisEndpoint.ParseError) {
        #expect(throws: expected) { try RedisEndpoint(url) }
    }

    @Test func `a description shows no secret`() throws {
        #expect(try RedisEndpoint("rediss://user:secret@host:7000/1").description == "host:7000")
    }
}
