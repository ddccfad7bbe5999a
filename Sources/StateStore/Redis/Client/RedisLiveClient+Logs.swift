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
        let gathering = Gathering(logs.count, completion)
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

    func names(
        _ tenant: TenantID,
        _ kind: LogKey.Kind,
        cursor: String?,
        _ completion: @escaping (Result<(names: [String], next: String?), LiveStoreError>) -> Void
    ) {
        let index = LogKey.redisIndex(tenant, kind)
        self.read(.redis(["SSCAN", index, cursor ?? "0", "COUNT", "500"]), completion) { reply in
            guard let next = reply[0]?.text, let names = reply[1] else {
                return .failure(.invalidAnswer("the names of logs"))
            }
            return .success((names.elements.map(\.text), next == "0" ? nil : next))
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

    /// Several snapshots that are told together, or the first failure.
    private final class Gathering {
        private var snapshots: [Snapshot?]
        private var missing: Int
        private var completion: ((Result<[Snapshot], LiveStoreError>) -> Void)?

        init(_ count: Int, _ completion: @escaping (Result<[Snapshot], LiveStoreError>) -> Void) {
            self.snapshots = Array(repeating: nil, count: count)
            self.missing = count
            self.completion = completion
        }

        func took(_ result: Result<Snapshot, LiveStoreError>, at index: Int) {
            guard let completion = self.completion else { return }
            switch result {
            case .failure(let error):
                self.completion = nil
                completion(.failure(error))
            case .success(let snapshot):
                self.snapshots[index] = snapshot
                self.missing -= 1
                guard self.missing == 0 else { return }
                self.completion = nil
                completion(.success(self.snapshots.compactMap { $0 }))
            }
        }
    }
}
