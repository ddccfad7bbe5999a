import Foundation
import NIOCore
import NIOPosix

/// Why a connection could not be made or ended, as people say it.
enum ConnectionWords {
    /// What an error of the network means.
    static func of(_ error: any Error) -> String {
        switch error {
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first { return self.of(failure.error) }
            return "the name \(error.host) cannot be resolved"
        case ChannelError.connectTimeout(let amount):
            return "no connection within \(Double(amount.nanoseconds / 1_000_000) / 1000) s"
        default: return String(describing: error)
        }
    }
}
