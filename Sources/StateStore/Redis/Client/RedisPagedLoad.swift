import NIOCore

/// Reads a log that is too large for one answer, page by page, while others change it.
///
/// The pages are of different moments. So what changed since the first is asked for afterwards, until nothing did: the fields are
/// then as they are at one position.
final class RedisPagedLoad {
    typealias Completion = (Result<Snapshot, LiveStoreError>) -> Void
    /// Sends a command.
    typealias Ask = (ByteBuffer, @escaping (Result<RedisReply, LiveStoreError>) -> Void) -> Void

    /// About how many fields a page has: members of a channel are short, certificates are not.
    private let pageFields: String
    /// How often it begins again, if the log was made anew or what changed is not known any more.
    private static let mostAttempts = 5

    private let log: LogKey
    private let ask: Ask
    private let completion: Completion
    private var attempts = 0
    /// Where the log stood at the first page.
    private var start = Position.none
    private var fields: [FieldName: [UInt8]] = [:]

    private init(_ log: LogKey, pageFields: Int, _ ask: @escaping Ask, _ completion: @escaping Completion) {
        self.log = log
        self.pageFields = String(pageFields)
        self.ask = ask
        self.completion = completion
    }

    /// Loads a log: in one answer, or page by page if it is of a kind that may be large.
    static func load(_ log: LogKey, _ ask: @escaping Ask, _ completion: @escaping Completion) {
        switch log.kind {
        case .projection: RedisPagedLoad(log, pageFields: 64, ask, completion).begin()
        case .channel, .logins: RedisPagedLoad(log, pageFields: 512, ask, completion).begin()
        case .user, .nick, .tenant, .account, .hold:
            ask(.redis(["HGETALL", log.redisKey + ":h"])) { completion($0.flatMap { Snapshot.parsed(log, $0) }) }
        }
    }

    private func begin() {
        self.attempts += 1
        self.fields = [:]
        guard self.attempts <= Self.mostAttempts else {
            return self.completion(.failure(.unavailable(reason: "the log changes too fast to be read")))
        }
        self.page(after: "0", isFirst: true)
    }

    private func page(after cursor: String, isFirst: Bool) {
        self.ask(.redis(.page, [self.log.redisKey, cursor, self.pageFields])) { result in
            switch result {
            case .failure(let error): self.completion(.failure(error))
            case .success(let reply):
                guard let meta = reply[0], let next = reply[1]?.text, let found = reply[2] else {
                    return self.completion(.failure(.invalidAnswer("a page of a log")))
                }
                guard let position = meta.isNil ? Position.none : Position(redis: meta) else {
                    return self.completion(.failure(.invalidAnswer("a log's position is damaged")))
                }
                if isFirst { self.start = position }
                // It ended meanwhile, or began.
                if (position == .none) != (self.start == .none) { return self.begin() }
                self.take(found)
                if next != "0" { return self.page(after: next, isFirst: false) }
                if position == self.start { return self.finish(at: position) }
                self.catchUp(after: self.start.sequence)
            }
        }
    }

    private func catchUp(after sequence: UInt64) {
        let arguments = [self.log.redisKey, String(self.start.epoch), String(sequence)]
        self.ask(.redis(.changed, arguments)) { result in
            switch result {
            case .failure(let error): self.completion(.failure(error))
            case .success(let reply):
                guard let reached = (reply[0]?.text).flatMap({ UInt64($0) }), let changed = reply[2],
                    let position = reply[1].flatMap(Position.init(redis:))
                else { return self.begin() }
                self.take(changed)
                if reached == position.sequence { return self.finish(at: position) }
                if reached == sequence { return self.begin() }
                self.catchUp(after: reached)
            }
        }
    }

    private func take(_ found: RedisReply) {
        for index in stride(from: 0, to: found.count - 1, by: 2) {
            guard let name = found[index].flatMap(FieldName.init(redis:)), let value = found[index + 1] else {
                continue
            }
            self.fields[name] = value.isNil ? nil : Array(value.bytes)
        }
    }

    private func finish(at position: Position) {
        self.completion(.success(Snapshot(log: self.log, position: position, fields: self.fields)))
    }
}
