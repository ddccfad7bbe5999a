// Giving slots back, which never fails and is never told twice.

import Logging
import NIOCore
import Numbers

extension RedisLiveClient {
    func release(_ count: Int, of counter: CounterKey) {
        guard count > 0 else { return }
        let isFirst = self.releases.isEmpty
        self.releases[counter] = (self.releases[counter] ?? 0).plus(count)
        if isFirst {
            self.pipeline.link.loop.assumeIsolated().execute { [weak self] in self?.sendReleases() }
        }
    }

    /// Tells what was given back: one call at a time, which is never given up, so that nothing is told twice or not.
    func sendReleases() {
        guard !self.releaseIsUnderWay, !self.releases.isEmpty else { return }
        self.releaseIsUnderWay = true
        let batch = self.makeBatch()
        let told = self.releases.prefix(self.settings.configuration.batchOperations)
        for (counter, count) in told {
            self.releases[counter] = nil
            batch.release(count, of: counter, pod: self.pod) { _ in }
        }
        let call = RedisCall(.batch(batch), deadline: nil) { result in
            self.releaseIsUnderWay = false
            switch result {
            case .success:
                self.sendReleases()
            case .failure(.unavailable(let reason)) where !reason.hasPrefix("STALE"):
                // Refused before anything was applied: the next tick tells it again.
                for (counter, count) in told { self.releases[counter] = (self.releases[counter] ?? 0).plus(count) }
            case .failure(let error):
                self.pipeline.link.logger.error("slots were not given back", metadata: ["error": "\(error)"])
            }
        }
        self.pipeline.enqueue(call)
    }
}
