package import NIOSSL

/// A certificate ready for use, once for each protocol that ALPN (RFC 7301) may agree on.
///
/// Connections share these: what a connection does not own costs it no memory.
package struct TLSContexts: Sendable {
    /// For IRC: ALPN `irc`, if the client asks.
    package let irc: NIOSSLContext
    /// For HTTP: ALPN `http/1.1`, if the client asks.
    ///
    /// Apart from IRC's, so that neither listener agrees to speak the other's protocol.
    package let http: NIOSSLContext

    /// The protocols' names in ALPN.
    static let (ircProtocol, httpProtocol) = ("irc", "http/1.1")

    /// Prepares a certificate.
    ///
    /// - Parameters:
    ///   - chain: The certificate first, then its issuers.
    ///   - key: The certificate's private key.
    /// - Throws: What NIOSSL says, such as that the key is not the certificate's.
    package init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) throws {
        // Browsers would ask their people which certificate to show.
        self.irc = try Self.context(chain, key, Self.ircProtocol, clients: .optionalVerification)
        self.http = try Self.context(chain, key, Self.httpProtocol, clients: .none)
    }

    private static func context(
        _ chain: [NIOSSLCertificate],
        _ key: NIOSSLPrivateKey,
        _ application: String,
        clients: CertificateVerification
    ) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.certificateVerification = clients
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = [application]
        return try NIOSSLContext(configuration: configuration)
    }

    /// How NIOSSL treats a connection's buffers: an idle client keeps none of a burst's.
    static var handlerConfiguration: NIOSSLHandler.Configuration {
        var configuration = NIOSSLHandler.Configuration()
        configuration.maximumPreservedOutboundBufferCapacity = 1024
        return configuration
    }
}
