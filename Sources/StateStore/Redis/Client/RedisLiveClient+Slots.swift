// Slots: giving them back, which never fails and is never told twice, and taking them anew from a server that began anew.

import Logging
import NIOCore
import Numbers

extension RedisLiveClient {
    func release(_ count: Int, of counter: CounterKey) {
        guard count > 0 else { return }
        let isFirst = !self.slots.hasReleases
        self.slots.released(count, of: counter)
        if isFirst {
            self.pipeline.link.loop.assumeIsolated().execute { [weak self] in self?.sendReleases() }
        }
    }

    /// Tells what was given back: one call at a time, so that nothing is told twice or not.
    func sendReleases() {
        guard let since = self.since, !self.releaseIsUnderWay, self.slots.hasReleases else { return }
        self.releaseIsUnderWay = true
        let batch = self.makeBatch()
        let told = self.slots.takeReleases(self.settings.configuration.batchOperations)
        for (counter, count) in told {
            batch.release(count, of: counter, pod: self.pod, since: since, Caller { self.told($0, "given back") })
        }
        self.send(batch) { isRefused in
            self.releaseIsUnderWay = false
            guard isRefused else { return self.sendReleases() }
            if self.since == since { self.slots.putBack(releases: told) }
        }
    }

    /// Takes anew what was granted before the server began anew.
    func sendRetakes() {
        guard let since = self.since, !self.retakeIsUnderWay, self.slots.hasFormer else { return }
        self.retakeIsUnderWay = true
        let batch = self.makeBatch()
        let taken = self.slots.takeFormer(self.settings.configuration.batchOperations)
        for (counter, count) in taken {
            batch.retake(count, of: counter, pod: self.pod, since: since, Caller { self.told($0, "taken anew") })
        }
        self.send(batch) { isRefused in
            self.retakeIsUnderWay = false
            guard isRefused else { return self.sendRetakes() }
            if self.since == since { self.slots.putBack(former: taken) }
        }
    }

    /// Sends a call that is never given up.
    ///
    /// - Parameters:
    ///   - batch: Has nothing but grants.
    ///   - ended: Hears whether the server refused all of it before anything was applied: the next tick tells it again then,
    ///     unless the server began anew.
    private func send(_ batch: RedisBatch, _ ended: @escaping (_ isRefused: Bool) -> Void) {
        let call = RedisCall(.batch(batch), deadline: nil) { result in
            batch.complete(result)
            ended(result.isRefusal)
        }
        self.pipeline.enqueue(call)
    }

    /// Everything that this pod held was given to others.
    func forgetSlots() { self.slots.forget() }

    private func told(_ result: Result<Int, LiveStoreError>, _ what: String) {
        guard case .failure(.invalidAnswer(let reason)) = result else { return }
        self.pipeline.link.logger.error("slots were not \(what)", metadata: ["reason": "\(reason)"])
    }
}

extension Result<RedisReply, LiveStoreError> {
    /// Whether the server refused the call as a whole, before anything was applied.
    fileprivate var isRefusal: Bool {
        if case .failure(.unavailable) = self { true } else { false }
    }
}

extension RedisBatch {
    /// Tells grants how they ended, for calls that have nothing else.
    fileprivate func complete(_ result: Result<RedisReply, LiveStoreError>) {
        var answer = RedisBatchAnswer(result)
        for case .grant(let grant) in self.operations { grant.tell(answer.grant()) }
    }
}
