/// One place where a database may be.
///
/// Texts are as libpq takes them; empty ones are libpq's defaults.
struct PostgresEndpoint: Hashable, Sendable, CustomStringConvertible {
    /// A name, an address, or the folder of a Unix socket.
    var host: String
    /// The address to connect to, so that the host need not be looked up.
    var address: String
    var port: String

    /// Whether it is a Unix socket.
    var isLocal: Bool {
        self.address.isEmpty && (self.host.isEmpty || self.host.hasPrefix("/") || self.host.hasPrefix("@"))
    }

    var description: String {
        let host = self.host.isEmpty ? self.address : self.host
        let place = self.address.isEmpty || self.address == host ? "" : " (\(self.address))"
        return "\(host.isEmpty ? "the local socket" : host)\(place), port \(self.port)"
    }
}
