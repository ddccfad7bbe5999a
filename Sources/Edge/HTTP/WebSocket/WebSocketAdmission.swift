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
    /// - Returns: Whose client it becomes and how it speaks, or the status to answer.
    static func decide(host: String?, protocols: [String], directory: TenantDirectory) -> WebSocketAdmission {
        guard let tenant = Self.tenant(ofHost: host, directory: directory) else { return .refuse(.notFound) }
        guard tenant.features.contains(.webSocket) else { return .refuse(.forbidden) }
        return .accept(tenant, WebSocketSubprotocol.choose(from: protocols))
    }

    /// The tenant that a `Host` field names.
    static func tenant(ofHost host: String?, directory: TenantDirectory) -> HostedTenant? {
        guard let host else { return nil }
        // No tenant's name is an address in brackets.
        let name = host.prefix { $0 != ":" }
        return name.isEmpty ? nil : directory.tenant(forHostname: String(name))
    }
}
