// Leases, and what a pod whose lease lapsed leaves behind.

import NIOCore
import Synchronization

extension RedisLiveStore {
    /// Renews the lease in any case: a pod that did not keep it lives on and has to look what it lost meanwhile.
    package func renewLease(
        for ttl: Duration,
        carrying figures: [UInt8]?
    ) async throws(LiveStoreError) -> LeaseRenewal {
        let known = self.since.withLock { $0.map(String.init) ?? "" }
        let arguments = [self.pod.description, String(max(1, ttl.milliseconds)), known]
        let (renewal, since) = try await self.ask(.redis(.renew, arguments, carrying: figures)) { reply in
            reply[1]?.integer.flatMap { since -> (LeaseRenewal, Int)? in
                switch reply[0]?.integer {
                case 1: (.kept, since)
                case 0: (.lapsed, since)
                case 2: (.forgotten, since)
                default: nil
                }
            }
        }
        self.since.withLock { $0 = since }
        if renewal == .forgotten {
            for client in self.openClients { await client.run { $0.forgetSlots() } }
        }
        return renewal
    }

    package func liveFigures() async throws(LiveStoreError) -> [PodID: [UInt8]] {
        try await self.ask(.redis(.figures)) { reply in
            guard reply.isArray else { return nil }
            var figures: [PodID: [UInt8]] = [:]
            for index in stride(from: 0, to: reply.count - 1, by: 2) {
                guard let pod = (reply[index]?.text).flatMap({ UInt64($0) }), let carried = reply[index + 1] else {
                    continue
                }
                figures[PodID(rawValue: pod)] = Array(carried.bytes)
            }
            return figures
        }
    }

    package func hasLease(_ pod: PodID) async throws(LiveStoreError) -> Bool {
        try await self.ask(.redis(.holds, [pod.description])) { $0.integer.map { $0 == 1 } }
    }

    package func lapsedPods() async throws(LiveStoreError) -> [PodID] {
        try await self.ask(.redis(.lapsed, [self.pod.description])) { reply in
            reply.isArray ? reply.elements.compactMap { UInt64($0.text).map(PodID.init(rawValue:)) } : nil
        }
    }

    /// Some of the logs that a lapsed pod holds, none if its lease has not lapsed.
    ///
    /// Which ones differs from call to call,
    /// so that several reapers share the work and a log that cannot be taken over keeps none of the others back.
    package func orphans(of pod: PodID, limit: Int) async throws(LiveStoreError) -> [LogKey] {
        try await self.ask(.redis(.orphans, [pod.description, String(max(0, limit))])) { reply in
            reply.isArray ? reply.elements.compactMap { LogKey(redisKey: $0.text) } : nil
        }
    }

    /// Does nothing if the pod came back or has orphans left.
    package func bury(_ pod: PodID) async throws(LiveStoreError) {
        _ = try await self.ask(.redis(.bury, [pod.description])) { $0.integer }
    }

    /// Sends a command over the store's own connection.
    func ask<Value: Sendable>(
        _ command: ByteBuffer,
        _ parse: @escaping @Sendable (RedisReply) -> Value?
    ) async throws(LiveStoreError) -> Value {
        try await self.control.ask(command, within: self.settings.configuration.callDeadline, parse)
    }
}
