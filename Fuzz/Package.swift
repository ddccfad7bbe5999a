// swift-tools-version: 6.2

// A package of its own, so that the project's builds see neither the sanitizers nor a program whose main libFuzzer
// supplies. Sources/IRC and the invariants are links to the project's files.

import PackageDescription

let package = Package(
    name: "fuzz",
    platforms: [.macOS(.v15)],
    products: [
        // Not an executable: SwiftPM would want a main of its own. scripts/fuzz links it.
        .library(name: "Fuzzer", type: .static, targets: ["Fuzzer"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2")
    ],
    targets: [
        .target(
            name: "IRC",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")]
        ),
        .target(
            name: "Fuzzer",
            dependencies: ["IRC", .product(name: "NIOCore", package: "swift-nio")]
        ),
    ]
)

for target in package.targets {
    target.swiftSettings = [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .unsafeFlags(["-sanitize=fuzzer,address", "-parse-as-library"]),
    ]
}
