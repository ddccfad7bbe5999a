import Chat
import IRC
import Tenant

/// That clients are to come by TLS alone (ircv3.net/specs/extensions/sts): announced to who understands values, never granted.
enum StrictTransport {
    /// The capability with its value for a client; nil if there is nothing to say.
    ///
    /// Who came by TLS is told for how long to do so, anybody else at which port. What was said before is only taken back
    /// where nobody else could have done it.
    static func word(_ settings: StrictTransportSettings, isSecure: Bool, port: Int?) -> String? {
        guard let duration = settings.duration else { return nil }
        let seconds = duration.components.seconds
        var value: String
        if isSecure {
            value = "duration=\(seconds)"
            if settings.preload, seconds > 0 { value += ",preload" }
        } else {
            guard seconds > 0, let port else { return nil }
            value = "port=\(port)"
        }
        return Capabilities.strictTransport + "=" + value
    }
}

extension Connection {
    /// What it is told of TLS by a tenant's network.
    func transportWord(on tenant: HostedTenant) -> String? {
        StrictTransport.word(
            tenant.settings.sts,
            isSecure: self.facts.isSecure,
            port: self.clients.environment.tlsPort
        )
    }
}
