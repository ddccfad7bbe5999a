// Following logs and reading them as they are.

import NIOCore
import Numbers
import Tenant

extension RedisLiveClient {
    func follow(_ token: FollowToken, _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void) {
        if let error = self.refusal { return completion(.failure(error)) }
        self.following.follow(token, completion)
    }

    func unfollow(_ token: FollowToken) { self.following.unfollow(token) }

    func load(_ logs: [LogKey], _ completion: @escaping (Result<[Snapshot], LiveStoreError>) -> Void) {
        if let error = self.refusal { return completion(.failure(error)) }
        if logs.isEmpty { return completion(.success([])) }
        let gathering = Gathering<Snapshot>(logs.count, completion)
        for (index, log) in logs.enumerated() {
            RedisPagedLoad.load(log, { self.read($0, $1) }, { gathering.took($0, at: index) })
        }
    }

    func entries(
        of log: LogKey,
        after sequence: UInt64,
        limit: Int,
        _ completion: @escaping (Result<[Entry], LiveStoreError>) -> Void
    ) {
        if let error = self.refusal { return completion(.failure(error)) }
        guard limit > 0, sequence < .max else { return completion(.success([])) }
        let first = "\(sequence.plus(1))-0"
        let command = ByteBuffer.redis(["XRANGE", log.redisKey + ":s", first, "+", "COUNT", String(limit)])
        self.read(command, completion) { reply in
            var entries: [Entry] = []
            for item in reply.elements {
                guard let chunk = item[1]?[1].flatMap({ RedisChunk($0.buffer) }), chunk.isWhole else {
                    return .failure(.invalidAnswer("entries of a log"))
                }
                _ = chunk.forEach(after: sequence) { entry, _ in
                    if entries.count < limit { entries.append(entry) }
                    return entries.count < limit
                }
            }
            return .success(entries)
        }
    }

    /// How many logs one call reads of, so that its answer is not large.
    private static let excerptsAtOnce = 100

    func excerpts(
        of logs: [LogKey],
        _ request: Excerpt.Request,
        _ completion: @escaping (Result<[Excerpt], LiveStoreError>) -> Void
    ) {
        if let error = self.refusal { return completion(.failure(error)) }
        if logs.isEmpty { return completion(.success([])) }
        let starts = Array(stride(from: 0, to: logs.count, by: Self.excerptsAtOnce))
        let gathering = Gathering<[Excerpt]>(starts.count) { completion($0.map { $0.flatMap { $0 } }) }
        let words = request.redisWords
        for (index, start) in starts.enumerated() {
            let some = logs[start...].prefix(Self.excerptsAtOnce)
            let command = ByteBuffer.redis(.excerpts, [String(words.count)] + words + some.map(\.redisKey))
            self.read(command, { gathering.took($0, at: index) }) { reply in
                let found = zip(some, reply.elements).compactMap { Excerpt(redis: $1, of: $0, request) }
                return found.count == some.count ? .success(found) : .failure(.invalidAnswer("excerpts of logs"))
            }
        }
    }

    func page(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        after cursor: String?,
        limit: Int,
        _ request: Excerpt.Request,
        _ completion: @escaping (Result<Excerpt.Page, LiveStoreError>) -> Void
    ) {
        let index = LogKey.redisIndex(tenant, kind)
        let arguments = [index, LogKey(tenant, kind, "").redisKey, cursor ?? "0", String(max(1, limit))]
        self.read(.redis(.listing, arguments + request.redisWords), completion) { reply in
            guard let next = reply[0]?.text else { return .failure(.invalidAnswer("a page of logs")) }
            var excerpts: [Excerpt] = []
            for index in stride(from: 1, to: reply.count - 1, by: 2) {
                guard let name = reply[index], let found = reply[index + 1],
                    let excerpt = Excerpt(redis: found, of: LogKey(tenant, kind, name.text), request)
                else { return .failure(.invalidAnswer("a page of logs")) }
                if excerpt.exists { excerpts.append(excerpt) }
            }
            return .success(Excerpt.Page(excerpts: excerpts, next: next == "0" ? nil : next))
        }
    }

    func count(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        _ completion: @escaping (Result<Int, LiveStoreError>) -> Void
    ) {
        self.read(.redis(["SCARD", LogKey.redisIndex(tenant, kind)]), completion) { reply in
            reply.integer.map { .success($0) } ?? .failure(.invalidAnswer("the number of logs"))
        }
    }

    /// Several answers that are told together, or the first failure.
    private final class Gathering<Value> {
        private var values: [Value?]
        private var missing: Int
        private let caller: Caller<[Value]>

        init(_ count: Int, _ completion: @escaping (Result<[Value], LiveStoreError>) -> Void) {
            self.values = Array(repeating: nil, count: count)
            self.missing = count
            self.caller = Caller(completion)
        }

        func took(_ result: Result<Value, LiveStoreError>, at index: Int) {
            switch result {
            case .failure(let error): self.caller.tell(.failure(error))
            case .success(let value):
                self.values[index] = value
                self.missing -= 1
                if self.missing == 0 { self.caller.tell(.success(self.values.compactMap { $0 })) }
            }
        }
    }
}
