// What was written several times once, and has one home now.

import Testing

@Suite struct TwinTests {
    /// A mark that such code cannot do without, and where it may stand.
    private static let homes: [(mark: String, homes: Set<String>)] = [
        // The civil calendar: 719,468 days from the year 0 to 1970, and what asks the system for it.
        ("719_468", ["Sources/Observability/Clock/CivilDate.swift"]),
        ("146_097", ["Sources/Observability/Clock/CivilDate.swift"]),
        ("gmtime_r", []), ("timegm", []),
        ("CLOCK_REALTIME", ["Sources/Observability/Clock/WallClock.swift"]),
        // Addresses and networks.
        ("inet_pton", ["Sources/Tenant/Identity/IPAddress.swift"]),
        // FNV-1a.
        ("0x100_0000_01b3", ["Sources/StateStore/TextHash.swift"]),
    ]

    @Test(arguments: homes)
    func `what has one home is nowhere else`(mark: String, homes: Set<String>) {
        let errors = Repository.swiftFiles(under: "Sources").flatMap { file in
            homes.contains(file.path)
                ? [] : file.lines(whoseCodeHolds: mark).map { "\(file.place($0)): \(mark); use \(homes.sorted())" }
        }
        #expect(errors.isEmpty, "\(errors.listed)")
    }
}
