// Erasing a tenant, and looking for what is left of it. Both go through the whole store with cursors: what belongs to a
// tenant is found by its key, not by an index that may have forgotten some.

import NIOCore
package import Tenant

extension RedisLiveStore {
    /// How many keys, or members of a set, Redis looks at in one step.
    private static let keysAtOnce = 1000
    /// How many items of the feed it looks at in one step: under load one has many entries.
    private static let itemsAtOnce = 50

    package func erase(_ tenant: TenantID) async throws(LiveStoreError) {
        let prefix = RedisKey.prefix(of: tenant)
        for set in [RedisKey.held, RedisKey.slots] {
            try await self.scan(set + "*") { sets throws(LiveStoreError) in
                for key in sets {
                    try await self.scan(prefix + "*", inSet: key) { members throws(LiveStoreError) in
                        _ = try await self.ask(.redis(["SREM", key] + members)) { $0.integer }
                    }
                }
            }
        }
        try await self.scan(prefix + "*") { keys throws(LiveStoreError) in
            _ = try await self.ask(.redis(["UNLINK"] + keys)) { $0.integer }
        }
        try await self.readFeed(of: prefix, .forget) { _ in }
    }

    package func remains(of tenant: TenantID) async throws(LiveStoreError) -> Int {
        let prefix = RedisKey.prefix(of: tenant)
        var found: Set<String> = []
        try await self.scan(prefix + "*") { found.formUnion($0) }
        for set in [RedisKey.held, RedisKey.slots] {
            var sets: Set<String> = []
            try await self.scan(set + "*") { sets.formUnion($0) }
            for key in sets {
                try await self.scan(prefix + "*", inSet: key) { found.formUnion($0.map { "\(key) \($0)" }) }
            }
        }
        var count = found.count
        try await self.readFeed(of: prefix, .mentions) { count += $0 }
        return count
    }

    /// Hands out the keys of a pattern, or the members of a set, step by step; some may come twice.
    private func scan(
        _ pattern: String,
        inSet set: String? = nil,
        _ body: ([String]) async throws(LiveStoreError) -> Void
    ) async throws(LiveStoreError) {
        var cursor = "0"
        repeat {
            let command = set.map { ["SSCAN", $0, cursor] } ?? ["SCAN", cursor]
            let (next, found) = try await self.ask(
                .redis(command + ["MATCH", pattern, "COUNT", String(Self.keysAtOnce)])
            ) { reply -> (String, [String])? in
                guard let next = reply[0]?.text, let found = reply[1] else { return nil }
                return (next, found.elements.map(\.text))
            }
            if !found.isEmpty { try await body(found) }
            cursor = next
        } while cursor != "0"
    }

    /// Goes through the feed step by step; `body` gets how many entries each step found.
    private func readFeed(
        of prefix: String,
        _ function: RedisLibrary.Function,
        _ body: (Int) -> Void
    ) async throws(LiveStoreError) {
        var after = "0-0"
        repeat {
            let arguments = [prefix, after, String(Self.itemsAtOnce)]
            let (next, count) = try await self.ask(.redis(function, arguments)) { reply -> (String, Int)? in
                reply[0].map { ($0.text, reply[1]?.integer ?? 0) }
            }
            body(count)
            after = next
        } while !after.isEmpty
    }
}
