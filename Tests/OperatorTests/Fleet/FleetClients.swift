import NIOCore
import NIOPosix
import Synchronization
import TestClients

/// People who come back at once whenever they lose their connection, and count how often they did.
final class FleetClients: Sendable {
    /// What happened to all of them together.
    struct Count: Sendable {
        /// How many are welcomed now.
        var welcomed = 0
        /// How often one that was welcomed lost its connection.
        var disconnects = 0
        /// How often one was turned away before it was welcomed.
        var refusals = 0
    }

    private let state = Mutex(Count())

    var count: Count { self.state.withLock { $0 } }

    /// Has so many come and stay until it is cancelled.
    func run(_ number: Int, at address: SocketAddress, tls: Client.TLS) async {
        await withTaskGroup { group in
            for person in 0..<number { group.addTask { await self.stay(person, at: address, tls: tls) } }
        }
    }

    private func stay(_ person: Int, at address: SocketAddress, tls: Client.TLS) async {
        var attempt = 0
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        while !Task.isCancelled {
            attempt += 1
            // Another name each time: that of before may be in use for a moment yet.
            let nickname = "p\(person)x\(attempt)"
            let isWelcomed = try? await Client.talk(at: address, tls: tls) { conversation in
                try await conversation.send("NICK \(nickname)\r\nUSER \(nickname) 0 * :\(nickname)\r\n")
                guard try await conversation.hear(until: " 001 ").contains(" 001 ") else { return false }
                self.state.withLock { $0.welcomed += 1 }
                defer { self.state.withLock { $0.welcomed -= 1 } }
                _ = try? await conversation.hearAll()
                return true
            }
            if Task.isCancelled { return }
            if isWelcomed == true {
                self.state.withLock { $0.disconnects += 1 }
            } else {
                self.state.withLock { $0.refusals += 1 }
                try? await loop.scheduleTask(in: .milliseconds(50)) {}.futureResult.get()
            }
        }
    }
}
