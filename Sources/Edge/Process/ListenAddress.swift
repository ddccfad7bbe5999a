package import NIOCore

/// An address to listen on, as people write it: `127.0.0.1:6667`, `[::1]:6697`, `:8080` for every address, `off`.
package enum ListenAddress {
    /// What is wrong with an address.
    package struct Problem: Error, CustomStringConvertible {
        package let description: String

        package init(description: String) { self.description = description }
    }

    /// Reads an address.
    ///
    /// - Parameters:
    ///   - text: The address.
    ///   - option: Where it was written.
    /// - Returns: nil for `off`.
    /// - Throws: ``Problem`` that names the option.
    package static func parse(_ text: String, option: String) throws -> SocketAddress? {
        if text == "off" { return nil }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw Problem(
                description: "\(option): `\(text)` is not an address: write HOST:PORT, [HOST]:PORT, :PORT or off"
            )
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        do {
            return try SocketAddress(ipAddress: host.isEmpty ? "::" : host, port: Int(port))
        } catch {
            throw Problem(description: "\(option): `\(host)` is not an IP address")
        }
    }
}
