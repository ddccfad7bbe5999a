// What may import what: the design's list of modules, as data.

/// One module's row: what it may import beside the standard library.
struct ImportRow {
    /// Modules of this package.
    let own: Set<String>
    /// Modules of other packages and of the system.
    let libraries: Set<String>

    /// Writes a row.
    ///
    /// - Parameters:
    ///   - own: modules of this package.
    ///   - libraries: modules of others.
    init(own: [String], libraries: Set<String>...) {
        self.own = Set(own)
        self.libraries = libraries.reduce(into: []) { $0.formUnion($1) }
    }
}

/// The import table.
///
/// Imports point down the design's list only; a module that is not in the table may not exist.
enum ImportTable {
    /// Part of every toolchain, free of I/O.
    static let standard: Set<String> = ["Swift", "Synchronization", "_Concurrency", "RegexBuilder"]

    private static let collections: Set<String> = [
        "BitCollections", "Collections", "DequeModule", "HashTreeCollections", "HeapModule", "OrderedCollections",
    ]
    private static let foundation: Set<String> = ["Foundation", "FoundationEssentials"]
    private static let platform: Set<String> = ["Darwin", "Dispatch", "Glibc", "Musl"]
    private static let observing: Set<String> = [
        "CoreMetrics", "Logging", "Metrics", "ServiceLifecycle", "UnixSignals",
    ]
    private static let sockets: Set<String> = ["NIOCore", "NIOConcurrencyHelpers", "NIOPosix", "NIOSSL", "NIOTLS"]
    private static let web: Set<String> = [
        "AsyncAlgorithms", "AsyncHTTPClient", "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdTLS",
        "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1", "NIOWebSocket",
    ]
    private static let cryptography: Set<String> = ["Crypto", "CryptoExtras", "SwiftASN1", "X509", "_CryptoExtras"]

    /// The rows, in the order of the design.
    static let rows: [String: ImportRow] = [
        // No I/O and no clock in these two: nothing that could give them one.
        "IRC": ImportRow(own: [], libraries: collections, ["NIOCore"]),
        "Chat": ImportRow(own: ["IRC"], libraries: collections, ["NIOCore"]),
        // Likewise.
        "Checks": ImportRow(own: ["IRC", "Chat", "CPCRE2"]),
        "Tenant": ImportRow(
            own: ["Backoff", "Checks", "IRC", "Chat", "Numbers"],
            libraries: collections,
            foundation,
            platform,
            observing,
            cryptography,
            ["NIOCore", "Yams"]
        ),
        "definitions": ImportRow(own: ["Tenant"], libraries: foundation),
        "Backoff": ImportRow(own: []),
        "Numbers": ImportRow(own: []),
        // Knows nothing of chat.
        "Observability": ImportRow(own: [], libraries: foundation, platform, observing),
        "StateStore": ImportRow(
            own: ["Backoff", "Chat", "Numbers", "Observability", "Tenant", "CHiredis", "CLibPQ"],
            libraries: collections,
            foundation,
            platform,
            observing,
            sockets,
            cryptography,
            ["GRDB", "GRDBSQLite"]
        ),
        "Metering": ImportRow(
            own: ["Backoff", "Numbers", "Observability", "Tenant", "StateStore"],
            libraries: collections,
            foundation,
            platform,
            observing,
            ["NIOCore"]
        ),
        "WebPush": ImportRow(
            own: ["Backoff", "Chat", "IRC", "Observability", "StateStore", "Tenant"],
            libraries: collections,
            foundation,
            observing,
            sockets,
            cryptography,
            ["NIOHTTP1"]
        ),
        "OAuth": ImportRow(
            own: ["Observability", "Tenant", "WebPush"],
            libraries: foundation,
            sockets,
            ["JWTKit", "NIOHTTP1"]
        ),
        "Mail": ImportRow(
            own: ["Backoff", "CCurl", "Observability", "StateStore", "Tenant"],
            libraries: foundation,
            platform,
            ["Logging"]
        ),
        "NameLookup": ImportRow(own: ["CAres", "Observability", "Tenant"], libraries: foundation, platform),
        "ObjectStore": ImportRow(
            own: ["Backoff", "Numbers", "Observability"],
            libraries: collections,
            foundation,
            platform,
            observing,
            sockets,
            web,
            cryptography,
        ),
        "CZstd": ImportRow(own: []),
        "Archive": ImportRow(
            own: ["Backoff", "CZstd", "Chat", "Numbers", "ObjectStore", "Observability", "StateStore", "Tenant"],
            libraries: foundation,
            cryptography,
            ["Logging", "NIOCore"]
        ),
        // No sockets and no channels of NIO: an event loop and bytes.
        "Realm": ImportRow(
            own: ["Backoff", "CSpoof", "Checks", "IRC", "Chat", "Observability", "Tenant", "StateStore", "Metering"],
            libraries: collections,
            ["Logging", "NIOCore", "Crypto"]
        ),
        "Edge": ImportRow(
            own: ["Checks", "IRC", "Chat", "Numbers", "Observability", "Tenant", "StateStore", "Metering", "Realm"],
            libraries: collections,
            foundation,
            platform,
            observing,
            sockets,
            cryptography,
            web,
            ["Yams"]
        ),
        // Knows none of our kinds.
        "KubeClient": ImportRow(
            own: ["Backoff", "Numbers"],
            libraries: collections,
            foundation,
            observing,
            ["AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "Subprocess", "SystemPackage", "Yams"]
        ),
        "Operator": ImportRow(
            own: [
                "Archive", "Backoff", "IRC", "Chat", "Numbers", "Observability", "Tenant", "StateStore", "KubeClient",
            ],
            libraries: collections,
            foundation,
            observing,
            cryptography,
            web,
            ["NIOCore", "NIOPosix", "Yams"]
        ),
        "roost": ImportRow(
            own: [
                "Archive", "Backoff", "IRC", "Chat", "Mail", "ObjectStore", "Observability", "Tenant", "StateStore",
                "Metering", "Edge", "KubeClient", "NameLookup", "OAuth", "Operator", "WebPush",
            ],
            libraries: collections,
            foundation,
            platform,
            observing,
            cryptography,
            ["ArgumentParser", "NIOCore", "NIOPosix", "NIOSSL", "Yams"]
        ),
        "Simulation": ImportRow(
            own: ["IRC", "Chat", "Tenant", "StateStore", "Metering", "Realm", "Edge"],
            libraries: collections,
            foundation,
            observing,
            platform,
            cryptography,
            ["NIOCore"]
        ),
        "CAres": ImportRow(own: []),
        "CCurl": ImportRow(own: []),
        "CHiredis": ImportRow(own: []),
        "CSpoof": ImportRow(own: []),
        "CPCRE2": ImportRow(own: []),
        "CLibPQ": ImportRow(own: []),
    ]
}
