package import NIOCore
import NIOPosix

/// Waits until something holds, looking every few milliseconds.
///
/// For what tells nobody that it has changed; whoever waits leaves the threads to others.
///
/// - Throws: ``TooLate``, and what the condition throws.
package func until(
    _ what: String,
    within limit: TimeAmount = .seconds(60),
    _ holds: @escaping @Sendable () async throws -> Bool
) async throws {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    try await within(limit, what) {
        while try await !holds() {
            try Task.checkCancellation()
            try await loop.scheduleTask(in: .milliseconds(5)) {}.futureResult.get()
        }
    }
}
