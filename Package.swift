// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "roost",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "roost", targets: ["roost"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.30.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
        // Without Foundation.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        // The wire: no I/O, no clock.
        .target(
            name: "IRC",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")]
        ),
        // The rules: no I/O, no clock.
        .target(
            name: "Chat",
            dependencies: ["IRC", .product(name: "NIOCore", package: "swift-nio")]
        ),
        // What messages go through before they are said: no I/O, no clock.
        .target(name: "Checks", dependencies: ["IRC", "Chat", "CPCRE2"]),
        .target(
            name: "Tenant",
            dependencies: [
                "Backoff", "Checks", "IRC", "Chat", "Numbers",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        // Writes what is derived from the tables: k8s/crds and pages of docs/operations.
        .executableTarget(name: "definitions", dependencies: ["Tenant"]),
        // How long to wait before trying again: for those who know nothing of each other.
        .target(name: "Backoff"),
        // Arithmetic on numbers of others, which ends no process.
        .target(name: "Numbers"),
        // Clocks, metrics, health, logs; knows nothing of chat.
        .target(
            name: "Observability",
            dependencies: [
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .target(
            name: "StateStore",
            dependencies: [
                "Backoff", "Chat", "Numbers", "Observability", "Tenant", "CHiredis", "CLibPQ",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]
        ),
        .target(
            name: "Metering",
            dependencies: [
                "Backoff", "Numbers", "Observability", "Tenant", "StateStore",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        // What is pushed to devices of those who are not there: a consumer of the feed, and requests to push services.
        .target(
            name: "WebPush",
            dependencies: [
                "Backoff", "IRC", "Chat", "Observability", "Tenant", "StateStore",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        // One mail to one server, by libcurl.
        .target(
            name: "Mail",
            dependencies: [
                "Backoff", "Observability", "Tenant", "StateStore", "CCurl",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        // Blobs: S3 and what speaks it, Google's Cloud Storage, a folder; knows nothing of chat.
        .target(
            name: "ObjectStore",
            dependencies: [
                "Backoff", "Numbers", "Observability",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        // What was said, in segments that lie in an object store.
        .target(
            name: "Archive",
            dependencies: [
                "Backoff", "CZstd", "Chat", "Observability", "ObjectStore", "StateStore", "Tenant",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        // Names in the DNS, by c-ares on a thread of its own.
        .target(name: "NameLookup", dependencies: ["Observability", "Tenant", "CAres"]),
        // A tenant's network as one shard holds it, and what can be done on it: no sockets.
        .target(
            name: "Realm",
            dependencies: [
                "Backoff", "CSpoof", "Checks", "IRC", "Chat", "Numbers", "Observability", "Tenant", "StateStore",
                "Metering",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .target(
            name: "Edge",
            dependencies: [
                "Backoff", "Checks", "IRC", "Chat", "Numbers", "Observability", "Tenant", "StateStore", "Metering",
                "Realm",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
            ]
        ),
        // Kubernetes REST, watch, informer, server-side apply, lease election; knows none of our kinds.
        .target(
            name: "KubeClient",
            dependencies: [
                "Backoff", "Numbers",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        // Tokens of issuers that tenants name: their keys, fetched over HTTPS, and what tokens prove.
        .target(
            name: "OAuth",
            dependencies: [
                "Observability", "Tenant", "WebPush",
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .executableTarget(
            name: "roost",
            dependencies: [
                "Archive", "ObjectStore", "Backoff", "IRC", "Chat", "Edge", "Mail", "Observability", "Tenant", "StateStore", "Metering",
                "KubeClient", "NameLookup", "OAuth", "Operator", "WebPush",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
        // One folder a reconciler, the autoscaler.
        .target(
            name: "Operator",
            dependencies: [
                "Backoff", "IRC", "Numbers", "Observability", "Tenant", "StateStore", "Metering", "KubeClient",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // The toolchain's ICU.
        .systemLibrary(name: "CSpoof"),
        .systemLibrary(name: "CAres", providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CPCRE2", providers: [.apt(["libpcre2-dev"])]),
        // No pkgConfig: the flags of hiredis.pc warn on every target.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        // Processes that tests start; apart, since some need nothing else.
        .systemLibrary(name: "CSpawn", path: "Tests/CSpawn"),
        .target(name: "TestChildren", dependencies: ["CSpawn"], path: "Tests/Children"),
        // What tests of several modules share: servers, a faulty network, deadlines.
        .target(
            name: "TestSupport",
            dependencies: [
                "StateStore", "Tenant", "TestChildren",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Tests/Support",
            exclude: ["Mail/smtp-server.py", "Names/dns-server.py"]
        ),
        // Clients on real sockets; apart, since few tests need TLS.
        .target(
            name: "TestClients",
            dependencies: [
                "TestChildren", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            path: "Tests/Clients"
        ),
        // What every driver of the live store does.
        .testTarget(
            name: "StateStoreConformance",
            dependencies: [
                "Observability", "StateStore", "Tenant", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        // The in-process store's journal on a disk that loses power.
        .testTarget(
            name: "WriteAheadTests",
            dependencies: [
                "Observability", "StateStore", "Tenant", "Simulation", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        // From the operator's writer through a store to an edge that serves.
        .testTarget(
            name: "ProjectionTests",
            dependencies: [
                "Chat", "Edge", "Observability", "StateStore", "Tenant", "Metering", "TestSupport", "TestClients",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "RedisTests",
            dependencies: [
                "Observability", "StateStore", "Tenant", "TestChildren", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        // A Kubernetes API server for tests, in this process.
        .target(
            name: "KubeAPIDouble",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Yams", package: "Yams"),
            ],
            path: "Tests/KubeAPIDouble"
        ),
        .testTarget(
            name: "KubeAPIDoubleTests",
            dependencies: [
                "KubeAPIDouble",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ]
        ),
        // Seeded runs for tests only.
        .target(
            name: "Simulation",
            dependencies: [
                "IRC", "Chat", "Tenant", "StateStore", "Metering", "Realm", "Edge",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .testTarget(
            name: "IRCTests",
            dependencies: ["IRC", .product(name: "NIOCore", package: "swift-nio")]
        ),
        .testTarget(
            name: "ObservabilityTests",
            dependencies: [
                "Observability",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "EdgeListenerTests",
            dependencies: [
                "Edge", "Observability", "Realm", "Tenant", "StateStore", "Metering", "TestClients", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOWebSocket", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "ChatTests",
            dependencies: ["IRC", "Chat", .product(name: "NIOCore", package: "swift-nio")]
        ),
        .testTarget(name: "ChecksTests", dependencies: ["Chat", "Checks", "IRC"]),
        .testTarget(name: "SimulationTests", dependencies: ["IRC", "Chat", "StateStore", "Simulation"]),
        // Every command by lines in and lines out, over the real realm, without a network.
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Checks", "IRC", "Chat", "Tenant", "StateStore", "Realm", "Edge", "Simulation", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        // What the program makes of its configuration.
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "roost", "Edge", "Mail", "Observability", "StateStore", "Tenant", "TestChildren", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        // The style rules as tests; reads the sources, imports none of them.
        .testTarget(name: "TidyTests", dependencies: ["TestChildren"]),
        // Real processes; what it needs of Python is made by scripts/install-python.
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["TestChildren", "TestSupport"],
            exclude: ["harness", "scenarios", "requirements.txt", "scenarios.txt"]
        ),
        .testTarget(
            name: "DurableStoreTests",
            dependencies: [
                "Backoff", "Chat", "IRC", "Observability", "StateStore", "Tenant", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "WebPushTests",
            dependencies: [
                "Chat", "IRC", "StateStore", "Tenant", "TestSupport", "WebPush",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "OAuthTests",
            dependencies: [
                "OAuth", "Tenant", "TestSupport", "WebPush",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "X509", package: "swift-certificates"),
            ]
        ),
        .testTarget(
            name: "MailTests",
            dependencies: [
                "Mail", "Tenant", "TestChildren", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "ArchiveTests",
            dependencies: [
                "Archive", "Chat", "ObjectStore", "Observability", "StateStore", "Tenant", "TestChildren",
                "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "ObjectStoreTests",
            dependencies: [
                "Backoff", "ObjectStore", "TestChildren", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ]
        ),
        .testTarget(
            name: "NameLookupTests",
            dependencies: ["NameLookup", "Observability", "Tenant", "TestChildren", "TestSupport"]
        ),
        .testTarget(
            name: "MeteringTests",
            dependencies: [
                "Metering", "Observability", "StateStore", "Tenant", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(
            name: "KubeClientTests",
            dependencies: [
                "Backoff", "KubeClient", "KubeAPIDouble", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        // Pure computing for half a minute; scripts/test runs it apart from what keeps deadlines.
        .testTarget(name: "AutoscalerTests", dependencies: ["Operator"]),
        .testTarget(
            name: "OperatorTests",
            dependencies: [
                "Backoff", "Chat", "KubeClient", "KubeAPIDouble", "Observability", "Operator", "StateStore", "Tenant",
                "TestChildren", "TestClients", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]
        ),
        .testTarget(
            name: "TenantTests",
            dependencies: [
                "Chat", "Checks", "IRC", "Numbers", "Tenant",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Yams", package: "Yams"),
            ]
        ),
    ]
)

// ROOST_TESTS=ChatTests,IRCTests leaves only these tests and what they need: a change of a rule is built and tested in seconds.
if let wanted = Context.environment["ROOST_TESTS"] {
    let targets = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
    var kept: Set<String> = []
    var open = wanted.split(separator: ",").map(String.init)
    while let name = open.popLast() {
        guard let target = targets[name], kept.insert(name).inserted else { continue }
        for case .byNameItem(let needed, _) in target.dependencies { open.append(needed) }
    }
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll { _ in !kept.contains("roost") }
}

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
    // What the compiler cannot prove exclusive at compile time is checked in debug builds, so by all tests; in a release each such
    // check is a call for every access to a class's field, a tenth of the time of a message.
    target.swiftSettings?.append(.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)))
    // CI is strict; a newer compiler's new warnings must not stop those who only want to build.
    if Context.environment["ROOST_STRICT"] == "1" {
        target.swiftSettings?.append(.treatAllWarnings(as: .error))
    }
}
