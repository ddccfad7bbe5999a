package import NIOCore
import NIOPosix
package import StateStore
package import Tenant

extension FeedConsumer {
    /// Beside the history, for tests: one that may miss something.
    package static let counter = FeedConsumer("counter", atBound: .recordGap)
}

extension FeedLabel {
    /// Where it does not matter which.
    package static let any = FeedLabel("#any")
}

/// A shard for tests: a client on a loop, with calls to await.
package struct TestShard: Sendable {
    package let loop: any EventLoop
    package let receiver = TestReceiver()
    /// To be used on the loop.
    package let client: NIOLoopBound<any LiveStoreClient>
    package let producer: ProducerID

    /// Makes a client of a store.
    ///
    /// - Parameters:
    ///   - store: Where the shard belongs.
    ///   - loop: Any, if it is nil.
    /// - Throws: What the loop throws.
    package init(_ store: any LiveStore, on loop: (any EventLoop)? = nil) async throws {
        let loop = loop ?? MultiThreadedEventLoopGroup.singleton.next()
        let receiver = self.receiver
        self.loop = loop
        (self.client, self.producer) = try await loop.submit {
            let client = store.makeClient(on: loop, receiver: receiver)
            return (NIOLoopBound(client, eventLoop: loop), client.producer)
        }.get()
    }

    /// Does something with the client on its loop.
    package func on<Value: Sendable>(_ body: @escaping @Sendable (any LiveStoreClient) -> Value) async throws -> Value {
        let client = self.client
        return try await self.loop.submit { body(client.value) }.get()
    }

    /// Makes a call and waits for its completion.
    package func call<Value: Sendable>(
        _ body: @escaping @Sendable (any LiveStoreClient, @escaping (Result<Value, LiveStoreError>) -> Void) -> Void
    ) async throws -> Value {
        let client = self.client
        return try await within(.seconds(40)) {
            try await withCheckedThrowingContinuation { continuation in
                self.loop.execute {
                    body(client.value) { continuation.resume(with: $0) }
                }
            }
        }
    }

    package func append(_ transaction: Transaction) async throws -> Outcome {
        try await self.call { $0.append(transaction, $1) }
    }

    /// Makes several calls in one turn of the loop, and waits for all of them.
    ///
    /// - Parameter calls: Each gets the client and what hears how it ended.
    /// - Returns: How they ended, in their order.
    /// - Throws: ``TooLate``.
    package func together<Value: Sendable>(
        _ calls: [@Sendable (any LiveStoreClient, @escaping (Result<Value, LiveStoreError>) -> Void) -> Void]
    ) async throws -> [Result<Value, LiveStoreError>] {
        try await self.call { client, completion in
            var results = [Result<Value, LiveStoreError>?](repeating: nil, count: calls.count)
            for (index, call) in calls.enumerated() {
                call(client) { result in
                    results[index] = result
                    let done = results.compactMap { $0 }
                    if done.count == calls.count { completion(.success(done)) }
                }
            }
        }
    }

    /// Appends several transactions in one turn of the loop.
    package func append(together transactions: [Transaction]) async throws -> [Result<Outcome, LiveStoreError>] {
        try await self.together(transactions.map { transaction in { $0.append(transaction, $1) } })
    }

    /// Appends one entry with a text as payload.
    @discardableResult
    package func say(_ text: String, in log: LogKey, feed: FeedLabel? = nil) async throws -> Outcome {
        try await self.append(
            Transaction(changes: [LogChange(log, payload: ByteBuffer(string: text), feed: feed)])
        )
    }

    package func follow(_ log: LogKey) async throws -> Snapshot { try await self.follow(FollowToken(log)) }

    package func follow(_ token: FollowToken) async throws -> Snapshot { try await self.call { $0.follow(token, $1) } }

    package func load(_ logs: [LogKey]) async throws -> [Snapshot] { try await self.call { $0.load(logs, $1) } }

    package func load(_ log: LogKey) async throws -> Snapshot? { try await self.load([log]).first }

    package func entries(of log: LogKey, after sequence: UInt64 = 0, limit: Int = 1000) async throws -> [Entry] {
        try await self.call { $0.entries(of: log, after: sequence, limit: limit, $1) }
    }

    package func reserve(_ wanted: Int, of counter: CounterKey, limit: Int) async throws -> Int {
        try await self.call { $0.reserve(wanted, of: counter, limit: limit, $1) }
    }

    package func take(_ wanted: Int, from bucket: CounterKey, rate: Double, burst: Double) async throws -> Int {
        try await self.call { $0.take(wanted, from: bucket, rate: rate, burst: burst, $1) }
    }

    /// Gives tokens back, and waits until that was done: calls are applied in order.
    package func giveBack(_ count: Int, to bucket: CounterKey, rate: Double, burst: Double) async throws {
        try await self.on { $0.giveBack(count, to: bucket, rate: rate, burst: burst) }
        _ = try await self.take(0, from: bucket, rate: rate, burst: burst)
    }

    package func count(_ tenant: TenantID, _ kind: LogKey.Kind) async throws -> Int {
        try await self.call { $0.count(tenant, kind, $1) }
    }

    package func excerpts(of logs: [LogKey], _ request: Excerpt.Request) async throws -> [Excerpt] {
        try await self.call { $0.excerpts(of: logs, request, $1) }
    }

    package func page(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        after cursor: String?,
        limit: Int,
        _ request: Excerpt.Request
    ) async throws -> Excerpt.Page {
        try await self.call { $0.page(tenant, kind, after: cursor, limit: limit, request, $1) }
    }

    /// All names, page by page.
    package func names(_ tenant: TenantID, _ kind: LogKey.Kind) async throws -> Set<String> {
        var names: Set<String> = []
        var cursor: String?
        repeat {
            let page = try await self.page(tenant, kind, after: cursor, limit: 100, Excerpt.Request(fields: []))
            names.formUnion(page.excerpts.map(\.log.name))
            cursor = page.next
        } while cursor != nil
        return names
    }
}
