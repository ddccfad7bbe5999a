import NIOCore

/// What a new connection says before it is used: who it is, which database, and that it has the functions it calls.
struct RedisGreeting {
    enum Progress {
        case send(ByteBuffer)
        case done
        case failed(String)
    }

    private enum Step {
        case command(ByteBuffer)
        case library
        case load
    }

    private var steps: [Step] = []

    /// - Parameters:
    ///   - endpoint: Whom to be.
    ///   - needsLibrary: Whether functions are called.
    ///   - consumers: Those of the feed whose groups are made if there are none.
    init(_ endpoint: RedisEndpoint, needsLibrary: Bool, consumers: [FeedConsumer] = []) {
        if let password = endpoint.password {
            let user = endpoint.user.map { [$0] } ?? []
            self.steps.append(.command(.redis(["AUTH"] + user + [password])))
        }
        if endpoint.database > 0 {
            self.steps.append(.command(.redis(["SELECT", String(endpoint.database)])))
        }
        if needsLibrary { self.steps.append(.library) }
        if !consumers.isEmpty {
            let rows = consumers.flatMap { [$0.name, $0.atBound.rawValue] }
            self.steps.append(.command(.redis(.readers, rows)))
        }
        // A server answers this only when it has loaded its data; a replica does not answer the first.
        let last = needsLibrary ? ByteBuffer.redis(.ping) : .redis(["EXISTS", "r:.epoch"])
        self.steps.append(.command(last))
    }

    /// What to say first.
    func start() -> Progress {
        switch self.steps.first {
        case .none: .done
        case .command(let bytes): .send(bytes)
        case .library: .send(.redis(["FUNCTION", "LIST", "LIBRARYNAME", RedisLibrary.name]))
        case .load: .send(.redis(["FUNCTION", "LOAD", "REPLACE", RedisLibrary.source]))
        }
    }

    /// Takes the reply to what was said last.
    mutating func received(_ reply: RedisReply) -> Progress {
        let step = self.steps.removeFirst()
        if let error = reply.error { return .failed(error) }
        if case .library = step, reply.count == 0 { self.steps.insert(.load, at: 0) }
        return self.start()
    }
}
