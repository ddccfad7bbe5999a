import NIOCore

/// An address to listen on, as people write it: `127.0.0.1:6667`, `[::1]:6697`, `:8080` for every address, `off`.
enum ListenAddress {
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    /// - Returns: nil for `off`.
    /// - Throws: ``Problem`` that names the option.
    static func parse(_ text: String, option: String) throws -> SocketAddress? {
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
