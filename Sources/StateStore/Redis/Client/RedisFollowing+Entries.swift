import Logging
import NIOCore

/// Delivers entries in order, and asks for what is missing.
extension RedisFollowing {
    func received(_ chunk: RedisChunk, for replica: RedisReplica) {
        switch replica.phase {
        case .subscribing: break
        case .loading, .checking, .repairing, .reloading: replica.hold(chunk)
        case .live: self.apply(chunk, to: replica)
        }
    }

    func apply(_ chunk: RedisChunk, to replica: RedisReplica) {
        switch replica.step(for: chunk) {
        case .ignore: return
        case .check:
            // Not held: what was published was kept first, so the answer has it, or makes it void.
            return self.check(replica)
        case .begin: replica.restarted(chunk.epoch)
        case .restart:
            replica.restarted(chunk.epoch)
            self.receiver?.reloaded(Snapshot(log: replica.log, position: replica.position, fields: [:]))
        case .deliver: break
        }
        let isWhole = chunk.forEach(after: replica.position.sequence) { entry, _ in
            guard self.isLive(replica) else { return false }
            replica.advance(to: entry.position)
            self.receiver?.received(entry, of: replica.log)
            return true
        }
        if chunk.isLast, replica.position == Position(epoch: chunk.epoch, sequence: chunk.last) { replica.dropped() }
        if !isWhole, self.isLive(replica) { self.check(replica) }
        for delivery in replica.settled() { delivery.delivered() }
    }

    func isLive(_ replica: RedisReplica) -> Bool {
        replica.phase == .live && self.byKey[replica.key] === replica
    }

    // MARK: Loading

    func load(_ replica: RedisReplica) {
        replica.phase = .loading
        self.repairs[replica.key] = nil
        replica.coverWaits()
        self.requestSnapshot(replica) { result in
            let callers = replica.takeCallers()
            switch result {
            case .success(let snapshot):
                replica.loaded(snapshot)
                replica.phase = .live
                for caller in callers { caller.completion(.success(snapshot)) }
                self.resume(replica)
            case .failure(let error):
                for caller in callers { caller.completion(.failure(error)) }
                // One of them may have ended it, or asked again.
                guard self[replica.log] === replica else { return }
                if !replica.callers.isEmpty { return self.load(replica) }
                if !replica.isFollowed { self.forget(replica) } else { self.checkLater(replica) }
            }
        }
    }

    func reload(_ replica: RedisReplica) {
        replica.phase = .reloading
        self.requestSnapshot(replica) { result in
            guard case .success(let snapshot) = result else { return self.checkLater(replica) }
            replica.loaded(snapshot)
            replica.phase = .live
            self.receiver?.reloaded(snapshot)
            self.resume(replica)
        }
    }

    func requestSnapshot(
        _ replica: RedisReplica,
        _ completion: @escaping (Result<Snapshot, LiveStoreError>) -> Void
    ) {
        replica.request += 1
        let request = replica.request
        let ask: RedisPagedLoad.Ask = { [weak self] command, completion in
            guard let self else { return completion(.failure(.closed)) }
            self.pipeline.enqueue(command, deadline: self.deadline, completion)
        }
        RedisPagedLoad.load(replica.log, ask) { result in
            guard replica.request == request else { return }
            completion(result)
        }
    }

    /// Goes on with what came while the replica waited.
    func resume(_ replica: RedisReplica) {
        for delivery in replica.uncovered() { delivery.delivered() }
        for delivery in replica.settled() { delivery.delivered() }
        for chunk in replica.takeHeld() {
            guard self.byKey[replica.key] === replica else { return }
            self.received(chunk, for: replica)
        }
        if replica.mustCheckAgain, self.isLive(replica) { self.check(replica) }
    }

    // MARK: Checking

    func check(_ replica: RedisReplica) {
        guard self.byKey[replica.key] === replica else { return }
        replica.phase = .checking
        replica.request += 1
        self.toCheck.append(replica)
        self.flushAtEndOfTurn()
    }

    func sendChecks() {
        var rest = self.toCheck[...]
        self.toCheck = []
        while !rest.isEmpty {
            let group = rest.prefix(64).filter { $0.phase == .checking }
            rest = rest.dropFirst(64)
            if group.isEmpty { continue }
            var arguments: [String] = []
            for replica in group {
                replica.mustCheckAgain = false
                replica.coverWaits()
                let epoch = replica.exists ? replica.position.epoch : 0
                arguments += [replica.key, String(epoch), String(replica.position.sequence)]
            }
            let asked = group.map { ($0, $0.request) }
            self.pipeline.enqueue(.redis(.check, arguments), deadline: self.deadline) { result in
                for (index, (replica, request)) in asked.enumerated() where replica.request == request {
                    guard case .success(let reply) = result, let answer = reply[index] else {
                        self.checkLater(replica)
                        continue
                    }
                    self.checked(replica, answer)
                }
            }
        }
    }

    /// Takes the answer to a check, as `RedisLibrary.reads` gives it.
    func checked(_ replica: RedisReplica, _ answer: RedisReply) {
        switch answer.integer {
        case 0?:
            replica.phase = .live
            return self.resume(replica)
        // There was no room for it in the answer.
        case 2?: return self.repair(replica, [], hasMore: true)
        case .some: return self.reload(replica)
        case nil: break
        }
        let hasMore = answer.elements.last?.integer == 2
        let chunks = answer.elements.dropLast(hasMore ? 1 : 0).map { RedisChunk($0.buffer) }
        guard answer.isArray, !chunks.contains(where: { $0?.isWhole != true }) else { return self.reload(replica) }
        // A log whose end was delivered is there again: the store went back.
        if let first = chunks.first??.epoch, replica.hasEnded(with: first) { return self.reload(replica) }
        self.repair(replica, chunks.compactMap { $0 }[...], hasMore: hasMore)
    }

    /// After a request failed; the connection's own pace decides when the next succeeds.
    func checkLater(_ replica: RedisReplica) {
        guard !self.isClosed, self.byKey[replica.key] === replica else { return }
        replica.phase = .checking
        replica.request += 1
        let request = replica.request
        self.link.logger.warning("a followed log could not be checked", metadata: ["log": "\(replica.log)"])
        self.link.loop.assumeIsolated().scheduleTask(in: .seconds(1)) { [weak self] in
            if replica.request == request { self?.check(replica) }
        }
    }
}
