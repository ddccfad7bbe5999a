// swift-tools-version: 6.2

import PackageDescription

// Products of other packages, by short names.
extension Target.Dependency {
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let dequeModule = product(name: "DequeModule", package: "swift-collections")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let heapModule = product(name: "HeapModule", package: "swift-collections")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTLS = product(name: "HummingbirdTLS", package: "hummingbird")
    static let jwtKit = product(name: "JWTKit", package: "jwt-kit")
    static let logging = product(name: "Logging", package: "swift-log")
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioHTTPTypes = product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioHTTPTypesHTTP1 = product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let nioTLS = product(name: "NIOTLS", package: "swift-nio")
    static let nioWebSocket = product(name: "NIOWebSocket", package: "swift-nio")
    static let serviceLifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let subprocess = product(name: "Subprocess", package: "swift-subprocess")
    static let asn1 = product(name: "SwiftASN1", package: "swift-asn1")
    static let systemPackage = product(name: "SystemPackage", package: "swift-system")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let x509 = product(name: "X509", package: "swift-certificates")
    static let yams = product(name: "Yams", package: "Yams")
}

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
            dependencies: [.nioCore]
        ),
        // The rules: no I/O, no clock.
        .target(
            name: "Chat",
            dependencies: ["IRC", .nioCore]
        ),
        // What messages go through before they are said: no I/O, no clock.
        .target(name: "Checks", dependencies: ["IRC", "Chat", "CPCRE2"]),
        .target(
            name: "Tenant",
            dependencies: ["Backoff", "Checks", "IRC", "Chat", "Numbers", .crypto, .cryptoExtras, .yams]
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
            dependencies: [.coreMetrics, .logging]
        ),
        .target(
            name: "StateStore",
            dependencies: [
                "Backoff", "Chat", "Numbers", "Observability", "Tenant", "CHiredis", "CLibPQ", .nioCore, .nioPosix,
                .nioSSL, .dequeModule, .logging, .crypto, .grdb, .grdbSQLite,
            ]
        ),
        .target(
            name: "Metering",
            dependencies: ["Backoff", "Numbers", "Observability", "Tenant", "StateStore", .logging]
        ),
        // What is pushed to devices of those who are not there: a consumer of the feed, and requests to push services.
        .target(
            name: "WebPush",
            dependencies: [
                "Backoff", "IRC", "Chat", "Observability", "Tenant", "StateStore", .nioCore, .nioPosix, .nioHTTP1,
                .nioSSL, .dequeModule, .logging, .crypto,
            ]
        ),
        // One mail to one server, by libcurl.
        .target(
            name: "Mail",
            dependencies: ["Backoff", "Observability", "Tenant", "StateStore", "CCurl", .logging]
        ),
        // Blobs: S3 and what speaks it, Google's Cloud Storage, a folder; knows nothing of chat.
        .target(
            name: "ObjectStore",
            dependencies: [
                "Backoff", "Numbers", "Observability", .asyncHTTPClient, .crypto, .cryptoExtras, .dequeModule,
                .logging, .nioCore, .nioHTTP1, .nioPosix, .nioSSL,
            ]
        ),
        // What was said, in segments that lie in an object store.
        .target(
            name: "Archive",
            dependencies: [
                "Backoff", "CZstd", "Chat", "Numbers", "Observability", "ObjectStore", "StateStore", "Tenant", .crypto,
                .logging,
                .nioCore,
            ]
        ),
        // Names in the DNS, by c-ares on a thread of its own.
        .target(name: "NameLookup", dependencies: ["Observability", "Tenant", "CAres"]),
        // A tenant's network as one shard holds it, and what can be done on it: no sockets.
        .target(
            name: "Realm",
            dependencies: [
                "Backoff", "CSpoof", "Checks", "IRC", "Chat", "Numbers", "Observability", "Tenant", "StateStore",
                "Metering", .nioCore, .dequeModule, .logging, .crypto,
            ]
        ),
        .target(
            name: "Edge",
            dependencies: [
                "Backoff", "Checks", "IRC", "Chat", "Numbers", "Observability", "Tenant", "StateStore", "Metering",
                "Realm", .nioCore, .nioPosix, .nioHTTP1, .nioWebSocket, .nioTLS, .nioSSL, .dequeModule, .logging,
                .crypto, .x509, .asn1, .httpTypes, .nioHTTPTypes, .nioHTTPTypesHTTP1, .serviceLifecycle, .hummingbird,
                .hummingbirdCore,
            ]
        ),
        // Kubernetes REST, watch, informer, server-side apply, lease election; knows none of our kinds.
        .target(
            name: "KubeClient",
            dependencies: [
                "Backoff", "Numbers", .asyncHTTPClient, .dequeModule, .heapModule, .logging, .nioCore, .nioHTTP1,
                .nioPosix, .nioSSL, .subprocess, .systemPackage, .yams,
            ]
        ),
        // Tokens of issuers that tenants name: their keys, fetched over HTTPS, and what tokens prove.
        .target(
            name: "OAuth",
            dependencies: ["Observability", "Tenant", "WebPush", .jwtKit, .nioCore, .nioHTTP1, .nioPosix, .nioSSL]
        ),
        .executableTarget(
            name: "roost",
            dependencies: [
                "Archive", "ObjectStore", "Backoff", "IRC", "Chat", "Edge", "Mail", "Observability", "Tenant",
                "StateStore", "Metering", "KubeClient", "NameLookup", "OAuth", "Operator", "WebPush", .crypto,
                .nioCore, .nioPosix, .nioSSL, .argumentParser, .coreMetrics, .logging, .serviceLifecycle,
                .unixSignals, .yams,
            ]
        ),
        // One folder a reconciler, the autoscaler.
        .target(
            name: "Operator",
            dependencies: [
                "Archive", "Backoff", "IRC", "Numbers", "Observability", "Tenant", "StateStore", "Metering",
                "KubeClient",
                .dequeModule, .crypto, .x509, .asn1, .logging, .nioCore,
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
            dependencies: ["StateStore", "Tenant", "TestChildren", .nioCore, .nioPosix],
            path: "Tests/Support",
            exclude: ["Mail/smtp-server.py", "Names/dns-server.py", "Objects/servers"]
        ),
        // Clients on real sockets; apart, since few tests need TLS.
        .target(
            name: "TestClients",
            dependencies: ["TestChildren", "TestSupport", .nioCore, .nioPosix, .nioSSL],
            path: "Tests/Clients"
        ),
        // What every driver of the live store does.
        .testTarget(
            name: "StateStoreConformance",
            dependencies: ["Observability", "StateStore", "Tenant", "TestSupport", .nioCore, .nioPosix, .logging]
        ),
        // The in-process store's journal on a disk that loses power.
        .testTarget(
            name: "WriteAheadTests",
            dependencies: [
                "Observability", "StateStore", "Tenant", "Simulation", "TestSupport", .nioCore, .nioEmbedded,
                .logging,
            ]
        ),
        // From the operator's writer through a store to an edge that serves.
        .testTarget(
            name: "ProjectionTests",
            dependencies: [
                "Chat", "Edge", "Observability", "StateStore", "Tenant", "Metering", "TestSupport", "TestClients",
                .nioCore, .nioPosix, .nioSSL, .crypto, .logging,
            ]
        ),
        .testTarget(
            name: "RedisTests",
            dependencies: [
                "Observability", "StateStore", "Tenant", "TestChildren", "TestSupport", .nioCore, .nioPosix, .nioSSL,
                .logging,
            ]
        ),
        // A Kubernetes API server for tests, in this process.
        .target(
            name: "KubeAPIDouble",
            dependencies: [
                .nioCore, .nioPosix, .nioSSL, .logging, .httpTypes, .hummingbird, .hummingbirdCore, .hummingbirdTLS,
                .yams,
            ],
            path: "Tests/KubeAPIDouble"
        ),
        .testTarget(
            name: "KubeAPIDoubleTests",
            dependencies: ["KubeAPIDouble", .nioCore, .nioPosix, .nioHTTP1]
        ),
        // Seeded runs for tests only.
        .target(
            name: "Simulation",
            dependencies: [
                "IRC", "Chat", "Tenant", "StateStore", "Metering", "Realm", "Edge", .nioCore, .dequeModule,
                .heapModule, .logging, .crypto,
            ]
        ),
        .testTarget(
            name: "IRCTests",
            dependencies: ["IRC", .nioCore]
        ),
        .testTarget(
            name: "ObservabilityTests",
            dependencies: ["Observability", .coreMetrics, .logging]
        ),
        .testTarget(
            name: "EdgeListenerTests",
            dependencies: [
                "Edge", "Observability", "Realm", "Tenant", "StateStore", "Metering", "TestClients", "TestSupport",
                .nioCore, .nioPosix, .nioEmbedded, .nioWebSocket, .nioSSL, .crypto, .logging,
            ]
        ),
        .testTarget(
            name: "ChatTests",
            dependencies: ["IRC", "Chat", .nioCore]
        ),
        .testTarget(name: "ChecksTests", dependencies: ["Chat", "Checks", "IRC"]),
        .testTarget(name: "SimulationTests", dependencies: ["IRC", "Chat", "StateStore", "Simulation"]),
        // Every command by lines in and lines out, over the real realm, without a network.
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Checks", "IRC", "Chat", "Tenant", "StateStore", "Realm", "Edge", "Simulation", "TestSupport",
                .crypto,
            ]
        ),
        // What the program makes of its configuration.
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "roost", "Edge", "Mail", "Observability", "StateStore", "Tenant", "TestChildren", "TestSupport",
                .logging,
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
                "Archive", "Backoff", "Chat", "IRC", "ObjectStore", "Observability", "StateStore", "Tenant",
                "TestSupport",
                .crypto, .nioCore, .logging,
            ]
        ),
        .testTarget(
            name: "WebPushTests",
            dependencies: [
                "Chat", "IRC", "StateStore", "Tenant", "TestSupport", "WebPush", .crypto, .logging, .nioCore,
                .nioPosix,
            ]
        ),
        .testTarget(
            name: "OAuthTests",
            dependencies: [
                "OAuth", "Tenant", "TestSupport", "WebPush", .crypto, .cryptoExtras, .jwtKit, .nioCore, .nioHTTP1,
                .nioPosix, .nioSSL, .asn1, .x509,
            ]
        ),
        .testTarget(
            name: "MailTests",
            dependencies: ["Mail", "Tenant", "TestChildren", "TestSupport", .nioCore]
        ),
        .testTarget(
            name: "ArchiveTests",
            dependencies: [
                "Archive", "Chat", "ObjectStore", "Observability", "StateStore", "Tenant", "TestChildren",
                "TestSupport", .crypto, .logging, .nioCore,
            ]
        ),
        .testTarget(
            name: "ObjectStoreTests",
            dependencies: [
                "ObjectStore", "TestSupport", .asyncHTTPClient, .crypto, .cryptoExtras, .dequeModule, .logging,
                .nioCore,
                .nioHTTP1, .nioPosix, .nioSSL,
            ]
        ),
        .testTarget(
            name: "NameLookupTests",
            dependencies: ["NameLookup", "Observability", "Tenant", "TestChildren", "TestSupport"]
        ),
        .testTarget(
            name: "MeteringTests",
            dependencies: ["Metering", "Observability", "StateStore", "Tenant", "TestSupport", .logging]
        ),
        .testTarget(
            name: "KubeClientTests",
            dependencies: [
                "Backoff", "KubeClient", "KubeAPIDouble", "TestSupport", .logging, .nioCore, .nioSSL, .x509, .asn1,
                .crypto,
            ]
        ),
        // Pure computing for half a minute; scripts/test runs it apart from what keeps deadlines.
        .testTarget(name: "AutoscalerTests", dependencies: ["Operator"]),
        .testTarget(
            name: "OperatorTests",
            dependencies: [
                "Archive", "Backoff", "Chat", "KubeClient", "KubeAPIDouble", "Observability", "ObjectStore", "Operator",
                "StateStore", "Tenant",
                "TestChildren", "TestClients", "TestSupport", .logging, .nioCore, .nioPosix, .x509, .asn1, .crypto,
            ]
        ),
        .testTarget(
            name: "TenantTests",
            dependencies: ["Chat", "Checks", "IRC", "Numbers", "Tenant", .crypto, .yams]
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
