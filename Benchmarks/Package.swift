// swift-tools-version: 6.2

import PackageDescription

/// The load generator stands apart from the server's package: it builds in seconds and shares no code with what it
/// measures.
let package = Package(
    name: "roost-benchmarks",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "roost-bench", targets: ["RoostBench"])
    ],
    targets: [
        .executableTarget(name: "RoostBench", dependencies: ["CEpoll", "COpenSSL"]),
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
}
