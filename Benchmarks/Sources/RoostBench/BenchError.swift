import Glibc

/// Why a run gives no figure.
enum BenchError: Error, CustomStringConvertible {
    /// The command line is wrong.
    case usage(String)
    /// A system call failed.
    case system(call: String, code: Int32)
    /// A server closed a connection that should have stayed; `reason` is its last `ERROR` line.
    case closed(client: Int, reason: String)
    /// A message came twice, out of order, to the wrong client or altered.
    case violation(String)
    /// Nothing arrived for the stated time while something was due.
    case stalled(String)
    /// A process to be charged does not exist or cannot be read.
    case process(String)
    /// TLS could not be set up.
    case tls(String)

    var description: String {
        switch self {
        case .usage(let text): "usage: \(text)"
        case .system(let call, let code): "\(call) failed: \(String(cString: strerror(code)))"
        case .closed(let client, let reason): "the server closed client \(client): \(reason)"
        case .violation(let text): "delivery is wrong: \(text)"
        case .stalled(let text): "stalled: \(text)"
        case .process(let text): "process figures: \(text)"
        case .tls(let text): "tls: \(text)"
        }
    }
}
