import HTTPTypes
import Tenant

/// Whether a request may become a WebSocket connection, and of which tenant.
enum WebSocketAdmission {
    /// Where WebSocket is.
    static let path = "/irc"

    case accept(HostedTenant, WebSocketSubprotocol?)
    /// The same answer for hosts that nobody has and those of deleted tenants.
    case refuse(HTTPResponse.Status)

    /// Decides on a request for ``path``.
    ///
    /// - Parameters:
    ///   - host: The `Host` field (RFC 9110 section 7.2), with or without a port.
    ///   - protocols: The `Sec-WebSocket-Protocol` fields.
    ///   - directory: Tenants by hostname.
    ///   - nameless: Whose clients those are whose host is an address; nil for nobody's.
    /// - Returns: Whose client it becomes and how it speaks, or the status to answer.
    static func decide(
        host: String?,
        protocols: [String],
        directory: TenantDirectory,
        nameless: NamelessClients? = nil
    ) -> WebSocketAdmission {
        let named = Self.tenant(ofHost: host, directory: directory)
        let tenant = named ?? (Self.isAddress(host) ? nameless?.plainTenant(in: directory.current) : nil)
        guard let tenant else { return .refuse(.notFound) }
        guard tenant.features.contains(.webSocket) else { return .refuse(.forbidden) }
        return .accept(tenant, WebSocketSubprotocol.choose(from: protocols))
    }

    /// Whether a `Host` field has an address, and so no name (RFC 3986 section 3.2.2).
    private static func isAddress(_ host: String?) -> Bool {
        guard let host else { return false }
        if host.hasPrefix("[") { return host.contains("]") }
        return IPAddress(host.prefix { $0 != ":" }) != nil
    }

    /// The tenant that a `Host` field names.
    static func tenant(ofHost host: String?, directory: TenantDirectory) -> HostedTenant? {
        guard let host else { return nil }
        // No tenant's name is an address in brackets.
        let name = host.prefix { $0 != ":" }
        return name.isEmpty ? nil : directory.tenant(forHostname: String(name))
    }
}
