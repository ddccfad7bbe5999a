// The feed as the contract has it; `RedisFeed` does the reading.

import NIOCore

extension RedisLiveStore {
    package func readFeed(
        as consumer: FeedConsumer,
        limit: Int,
        timeout: Duration
    ) async throws(LiveStoreError) -> [FeedRecord] {
        let deadline = NIODeadline.now() + TimeAmount(timeout)
        let feed = try self.feed(of: consumer)
        return try await answer { completion in
            feed.execute { $0.read(limit: limit, until: deadline, completion) }
        }
    }

    package func acknowledge(_ ids: [FeedRecord.ID], as consumer: FeedConsumer) async throws(LiveStoreError) {
        let feed = try self.feed(of: consumer)
        let done: [String] = try await answer { completion in
            feed.execute { completion(.success($0.acknowledged(ids))) }
        }
        if done.isEmpty { return }
        _ = try await self.ask(.redis(.acknowledge, [consumer.name] + done)) { $0.integer }
    }

    package func feedStanding(of consumer: FeedConsumer) async throws(LiveStoreError) -> FeedStanding {
        _ = try self.feed(of: consumer)
        return try await self.ask(.redis(.standing, [consumer.name])) { reply in
            guard let waiting = reply[0]?.integer, let missed = reply[1]?.integer else { return nil }
            return FeedStanding(waiting: waiting, missed: missed)
        }
    }

    package func unreadableFeedItems() async -> Int {
        var count = 0
        for feed in self.feeds.values { count = max(count, await feed.run { $0.unreadable }) }
        return count
    }

    private func feed(of consumer: FeedConsumer) throws(LiveStoreError) -> OnLoop<RedisFeed> {
        guard let feed = self.feeds[consumer.name] else {
            throw .invalidAnswer("the feed has no consumer \(consumer.name)")
        }
        return feed
    }
}
