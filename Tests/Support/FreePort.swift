import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A port of 127.0.0.1 that nobody listens on.
///
/// Below those that the kernel gives to clients, so that no connection of this machine takes it before its server does.
package enum FreePort {
    /// What went wrong.
    package struct None: Error {}

    private static let ports = 20_000..<32_000

    /// What was given out may not be bound yet.
    private static let given = Mutex<Set<Int>>([])

    /// A byte for each port, locked by the process that was given it; that of the scenarios (Tests/EndToEndTests/harness) too.
    private static let locks: Int32 = {
        let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        return open("\(folder)/roost-test-ports-\(getuid())", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    }()

    /// Tries ports at random until one can be bound of which no test on this machine was told that still runs.
    package static func find() throws -> Int {
        for _ in 0..<1000 {
            let port = Int.random(in: Self.ports)
            let isNew = Self.given.withLock { given in
                if given.count > Self.ports.count / 2 { given = [] }
                return given.insert(port).inserted
            }
            if isNew, Self.reserve(port), Self.isFree(port) { return port }
        }
        throw None()
    }

    /// Locks a port's byte for as long as this process lives.
    private static func reserve(_ port: Int) -> Bool {
        var byte = flock()
        byte.l_type = Int16(F_WRLCK)
        byte.l_whence = Int16(SEEK_SET)
        byte.l_start = off_t(port)
        byte.l_len = 1
        return fcntl(Self.locks, F_SETLK, &byte) == 0
    }

    /// Whether somebody listens on a port of 127.0.0.1.
    package static func isTaken(_ port: Int) -> Bool { Self.trySocket(port) { connect($0, $1, $2) } }

    private static func isFree(_ port: Int) -> Bool { Self.trySocket(port) { bind($0, $1, $2) } }

    private static func trySocket(
        _ port: Int,
        _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Bool {
        #if canImport(Darwin)
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return Self.withAddress(port) { body(descriptor, $0, $1) } == 0
    }

    /// Lends a port of 127.0.0.1 as the system's calls take it.
    static func withAddress<Result>(_ port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
