import NIOCore
import ObjectStore
import Testing

/// What every store does with what is put into it and read from it.
@Suite struct ReadingTests {
    @Test(arguments: Drivers.all)
    func `what was put is read, in place of what was there`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            let before = ContinuousClock.now
            try await store.put("a/b", "first")
            #expect(try await store.text("a/b") == "first")
            try await store.put("a/b", "the second")
            #expect(try await store.text("a/b") == "the second")
            let attributes = try await store.head(try key("a/b"), version: nil)
            #expect(attributes.size == 10)
            #expect(!attributes.etag.isEmpty && !attributes.etag.contains("\""))
            #expect(attributes.modified > 1_600_000_000_000)
            #expect(ContinuousClock.now - before < .seconds(60))
        }
    }

    @Test(arguments: Drivers.all)
    func `what is not there is said to be missing`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            let missing = try key("no/such")
            #expect(await failure { _ = try await store.get(missing, limit: 10) } == .notFound(missing))
            #expect(await failure { _ = try await store.head(missing, version: nil) } == .notFound(missing))
            #expect(
                await failure { _ = try await store.copy(missing, to: try key("b"), PutOptions()) }
                    == .notFound(missing)
            )
            #expect(try await store.list("", after: nil, delimiter: nil, limit: 10).items.isEmpty)
        }
    }

    @Test(arguments: Drivers.all)
    func `a range is read, and cut at the end`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            let name = try key("digits")
            try await store.put("digits", "0123456789")
            let ranges: [(ObjectRange, String)] = [
                (.bytes(0, through: 0), "0"), (.bytes(2, through: 4), "234"), (.bytes(7, through: nil), "789"),
                (.bytes(8, through: 100), "89"), (.last(3), "789"), (.last(100), "0123456789"),
            ]
            for (range, text) in ranges {
                #expect(String(buffer: try await store.get(name, range, limit: 10)) == text, "\(range)")
                let reading = try await store.get(name, range, version: nil)
                #expect(reading.range.count == text.utf8.count)
                #expect(reading.attributes.size == 10)
            }
            #expect(
                await failure { _ = try await store.get(name, .bytes(10, through: nil), limit: 1) }
                    == .invalidRange(name)
            )
            #expect(await failure { _ = try await store.get(name, limit: 9) } == .tooLarge(10))
        }
    }

    @Test(arguments: Drivers.all)
    func `an object of no bytes is an object`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            try await store.put("empty", "")
            #expect(try await store.text("empty") == "")
            #expect(try await store.head(try key("empty"), version: nil).size == 0)
            _ = try await store.put(try key("streamed"), PutOptions()) { _ in }
            #expect(try await store.text("streamed") == "")
            #expect(try await store.allKeys() == ["empty", "streamed"])
        }
    }

    @Test(arguments: Drivers.all)
    func `what was put in pieces is read as it was, whole and from the middle`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            let all = sample(11 << 20)
            let name = try key("large")
            let put = try await store.put(name, PutOptions()) { writer in
                var rest = all
                for size in (0..<1000).map({ $0 * 7919 % 60_000 + 1 }) {
                    guard let piece = rest.readSlice(length: min(size, rest.readableBytes)) else { break }
                    try await writer.write(piece)
                }
                try await writer.write(rest)
            }
            #expect(put.size == all.readableBytes)
            #expect(try await store.get(name, limit: 16 << 20) == all)
            let middle = try await store.get(name, .bytes(8_388_600, through: 8_388_700), limit: 1000)
            #expect(middle == all.getSlice(at: 8_388_600, length: 101))
        }
    }

    @Test(arguments: Drivers.all)
    func `keys with odd characters are what they are`(driver: StoreUnderTest) async throws {
        let names = [
            "a b", "a+b", "a%20b", "a%b", "a~b", "a&b=c?d#e", "ä/ö ü/😀", "e\u{301}", "\u{E9}", "a'b\"c", "<x>&amp;",
            "a:b@c,d;e",
            "a\\b", "(1)!*$", ".hidden", "...", "a.", " lead", "-dash", "a|b^c`d{e}[f]",
        ]
        try await driver.with { store in
            for name in names { try await store.put(name, "it is \(name)") }
            for name in names { #expect(try await store.text(name) == "it is \(name)") }
            let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            #expect(try await store.allKeys().map { Array($0.utf8) } == sorted.map { Array($0.utf8) })
            for name in names {
                let found = try await store.list(name, after: nil, delimiter: nil, limit: 10).items.map(\.key.text)
                #expect(found.contains { $0.utf8.elementsEqual(name.utf8) }, "\(name)")
            }
            #expect(try await store.delete(names.map { ObjectVersion(try key($0)) }).isEmpty)
            #expect(try await store.allKeys().isEmpty)
        }
    }

    @Test(arguments: Drivers.all)
    func `keys of every length are kept apart`(driver: StoreUnderTest) async throws {
        let names =
            [119, 120, 121, 240, 255, 256, 500, 1024].map { String(repeating: "k", count: $0) } + [
                String(repeating: "a/", count: 511) + "b", String(repeating: "ä", count: 512),
                "x" + String(repeating: "€", count: 100) + "/y",
            ]
        try await driver.with { store in
            for name in names { try await store.put(name, name) }
            for name in names { #expect(try await store.text(name) == name) }
            #expect(try await store.allKeys(page: 3) == names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        }
    }

    @Test(arguments: Drivers.all)
    func `a key may be the beginning of another`(driver: StoreUnderTest) async throws {
        try await driver.with { store in
            for name in ["a", "a/b", "a/b/c", "a!", "a0"] { try await store.put(name, name) }
            #expect(try await store.allKeys() == ["a", "a!", "a/b", "a/b/c", "a0"])
            #expect(try await store.delete([ObjectVersion(try key("a"))]).isEmpty)
            #expect(try await store.text("a/b/c") == "a/b/c")
            #expect(try await store.allKeys("a/b") == ["a/b", "a/b/c"])
        }
    }
}
