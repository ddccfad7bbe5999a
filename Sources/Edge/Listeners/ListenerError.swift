/// What is wrong with a listener's configuration or files; the descriptions are for operators.
package enum ListenerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Text that is no network in CIDR notation.
    case badNetwork(String)
    /// A certificate or key that cannot be used: its file, and why.
    case badCertificate(file: String, reason: String)
    /// A file that cannot be read or written, and the system's reason.
    case file(String, reason: String)

    package var description: String {
        switch self {
        case .badNetwork(let text):
            "\(text) is no network: write an address with the length of its prefix, such as 10.0.0.0/8"
        case .badCertificate(let file, let reason): "\(file): \(reason)"
        case .file(let file, let reason): "\(file): \(reason)"
        }
    }
}
