import HTTPTypes
import Hummingbird
import Logging
import Tenant

/// What is known of a request beside what it says: where its connection comes from.
struct ClientRequestContext: RequestContext {
    /// What a connection's requests have in common.
    struct Source: RequestContextSource, Sendable {
        let logger: Logger
        /// The address that the connection comes from; empty if there is none.
        let peer: String
        /// Whose word on who a client is holds.
        let trusted: TrustedNetworks
    }

    var coreContext: CoreRequestContextStorage
    private let source: Source

    private static let forwarded = HTTPField.Name("X-Forwarded-For")

    init(source: Source) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.source = source
    }

    /// The client's address as text; empty if there is none.
    func client(of request: Request) -> String {
        let fields = Self.forwarded.map { request.headers[values: $0] } ?? []
        let address = ForwardedClient.address(
            peer: IPAddress(self.source.peer),
            fields: fields,
            trusted: self.source.trusted
        )
        return address?.description ?? self.source.peer
    }
}
