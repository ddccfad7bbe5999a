#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A port of 127.0.0.1 behind which nobody ever says a word.
package final class BlackHole: Sendable {
    /// How far a client comes.
    package enum Kind: String, Sendable, CaseIterable {
        /// Its SYN is dropped, as a firewall does it.
        case dropsConnections
        /// The kernel takes the connection, and nobody reads from it.
        case neverAnswers
    }

    /// What went wrong.
    package struct Failure: Error {}

    /// Where it is, on 127.0.0.1.
    package let port: Int
    private let sockets: [Int32]

    /// Opens it.
    ///
    /// - Throws: ``Failure``, or what ``FreePort`` throws.
    package init(_ kind: Kind) throws {
        // Once the queue of those that nobody accepts is full, the kernel takes no more of them.
        self.sockets = try (0..<(kind == .neverAnswers ? 1 : 5)).map { _ in try Self.makeSocket() }
        let listener = self.sockets[0]
        var (port, attempts) = (try FreePort.find(), 1)
        // A process that is being started has for a moment all that this one had open, the socket that tried the port too.
        while FreePort.withAddress(port, { bind(listener, $0, $1) }) != 0 {
            guard attempts < 10 else { throw Failure() }
            (port, attempts) = (try FreePort.find(), attempts + 1)
        }
        self.port = port
        guard listen(listener, kind == .neverAnswers ? 128 : 0) == 0 else { throw Failure() }
        for client in self.sockets.dropFirst() { _ = FreePort.withAddress(self.port) { connect(client, $0, $1) } }
    }

    /// How many clients the kernel took a connection of since the last call; it closes them.
    package func takeClients() -> Int {
        var count = 0
        while true {
            let client = accept(self.sockets[0], nil, nil)
            guard client >= 0 else { return count }
            close(client)
            count += 1
        }
    }

    deinit { for socket in self.sockets { close(socket) } }

    private static func makeSocket() throws -> Int32 {
        #if canImport(Darwin)
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw Failure() }
        return descriptor
    }
}
