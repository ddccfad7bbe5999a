// The clients that requests go out by; nothing of them is shared with others.

import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

extension HTTPClient {
    /// A client for one store; it follows nobody anywhere, and tries nothing again by itself.
    static func forStores(_ settings: S3Settings) throws(ObjectStoreError) -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorities = settings.authorities {
            do { tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authorities)) } catch {
                throw .configuration("the authorities of the object store hold no certificate in PEM form")
            }
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: TimeAmount(settings.readTime))
        )
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(settings.concurrency, 1)
        configuration.connectionPool.retryConnectionEstablishment = false
        // With HTTP/2 all share one connection, and one that is silently dead would be used again and again.
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    /// A client for those who give out credentials.
    static func forCredentials() -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(10))
        )
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }
}
