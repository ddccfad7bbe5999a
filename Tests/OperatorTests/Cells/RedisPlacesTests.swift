import Operator
import Tenant
import Testing

/// Where among several Redis instances a tenant lives.
struct RedisPlacesTests {
    private static func id(_ name: String) throws -> TenantID { try #require(TenantID(name)) }

    @Test func `who comes lives where the least is, and who is there stays`() throws {
        var places = RedisPlaces(["a/url", "b/url"])
        // One busy tenant on the first; nil is what its tenants call that.
        places.count([(try Self.id("busy"), nil)], [try Self.id("busy"): 50])
        for number in 1...5 { #expect(places.place(try Self.id("new-\(number)"), from: nil) == "b/url") }
        // Tenants weigh, too: ten connections each.
        #expect(places.place(try Self.id("new-6"), from: nil) == "b/url")
        #expect(places.place(try Self.id("new-7"), from: nil) == "a/url")
        #expect(places.place(try Self.id("busy"), from: "a/url") == "a/url")
        #expect(places.call("a/url") == nil)
        #expect(places.call("b/url") == "b/url")
    }

    @Test func `who comes from an instance that is none any more lives elsewhere`() throws {
        var places = RedisPlaces(["a/url", "b/url"])
        #expect(["a/url", "b/url"].contains(places.place(try Self.id("acme"), from: "gone/url")))
    }

    @Test func `nobody begins where nothing answers, or where some edges would not find it`() throws {
        var places = RedisPlaces(["a/url", "b/url", "c/url"])
        places.count([(try Self.id("busy"), nil)], [:])
        places.away = ["b/url"]
        #expect(places.place(try Self.id("one"), from: nil) == "c/url")
        places.known = ["a/url", "b/url"]
        #expect(places.place(try Self.id("two"), from: nil) == "a/url")
        // Who lives there stays.
        #expect(places.place(try Self.id("three"), from: "b/url") == "b/url")
    }

    @Test func `from where nobody is to live tenants go some at a time, and none comes`() throws {
        var places = RedisPlaces(["a/url", "b/url"])
        places.draining = ["a/url"]
        let here = try ["acme", "beta", "gamma"].map { (try Self.id($0), String?.none) }
        let there = (try Self.id("delta"), String?.some("b/url"))
        #expect(places.nextMoves(of: here + [there], most: 2) == [here[0].0, here[1].0])
        #expect(places.place(here[0].0, from: "a/url") == "b/url")
        #expect(places.place(here[1].0, from: "a/url") == "b/url")
        // Not its turn yet.
        #expect(places.place(here[2].0, from: "a/url") == "a/url")
        #expect(places.place(try Self.id("new"), from: nil) == "b/url")
        #expect(places.nextMoves(of: [here[2], there], most: 2) == [here[2].0])
    }

    @Test func `nobody goes if there is nowhere to go`() throws {
        var places = RedisPlaces(["a/url", "b/url"])
        places.draining = ["a/url"]
        places.away = ["b/url"]
        #expect(places.nextMoves(of: [(try Self.id("acme"), nil)], most: 5).isEmpty)
        places.away = []
        places.draining = ["a/url", "b/url"]
        #expect(places.nextMoves(of: [(try Self.id("acme"), nil)], most: 5).isEmpty)
        #expect(places.place(try Self.id("acme"), from: "a/url") == "a/url")
    }
}
