// swift-tools-version: 6.2

// A package of its own, so that the project's builds see neither the sanitizers nor a program whose main libFuzzer
// supplies. The modules and the invariants are links to the project's files. Of some modules only a part is built: what
// hashes passwords, speaks TLS or talks to servers takes minutes to build and is not what is fuzzed.

import PackageDescription

let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    products: [
        // No executables: SwiftPM would want a main of their own. scripts/fuzz links them.
        .library(name: "WireFuzzer", type: .static, targets: ["WireFuzzer"]),
        .library(name: "TenantFuzzer", type: .static, targets: ["TenantFuzzer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .target(
            name: "IRC",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")]
        ),
        .target(
            name: "WireFuzzer",
            dependencies: ["IRC", "Chat", .product(name: "NIOCore", package: "swift-nio")]
        ),
        .target(name: "Numbers"),
        .target(name: "Backoff"),
        .target(
            name: "Observability",
            exclude: ["Metrics/MetricsBackend.swift"],
            sources: ["Clock", "Metrics"]
        ),
        .target(
            name: "Chat",
            dependencies: ["IRC", .product(name: "NIOCore", package: "swift-nio")]
        ),
        .systemLibrary(name: "CPCRE2", providers: [.apt(["libpcre2-dev"])]),
        .target(name: "Checks", dependencies: ["IRC", "Chat", "CPCRE2"]),
        .target(
            name: "Tenant",
            dependencies: ["Checks", "IRC", "Chat", "Numbers", .product(name: "Yams", package: "Yams")],
            exclude: [
                "Accounts", "Identity/HostCloak.swift", "Push/Base64URL.swift", "Push/PushKeys.swift",
                "Push/VapidKey.swift", "Push/VapidKeys.swift", "Watch",
            ]
        ),
        .target(
            name: "StateStore",
            dependencies: [
                "Backoff", "Chat", "Numbers", "Observability", "Tenant",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
            ],
            sources: ["Live", "InProcess", "Files"]
        ),
        .target(
            name: "TenantFuzzer",
            dependencies: [
                "Numbers", "StateStore", "Tenant",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ]
        ),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"]),
    ]
}
