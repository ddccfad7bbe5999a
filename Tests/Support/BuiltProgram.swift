import Foundation

/// The `roost` that was built with the tests.
package enum BuiltProgram {
    /// There is none.
    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// Its path: in the folder that holds the bundle or program that runs, or what ROOST_BINARY names.
    package static func path() throws -> String {
        if let path = ProcessInfo.processInfo.environment["ROOST_BINARY"] { return path }
        var places = [Bundle.main.bundleURL, Bundle.main.executableURL?.deletingLastPathComponent()].compactMap { $0 }
        places += CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map { URL(filePath: $0) }
        places += places.map { $0.deletingLastPathComponent() }
        for place in places {
            let path = place.appending(path: "roost").path
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue { return path }
        }
        throw Missing(description: "there is no roost beside \(places.map(\.path)): build it, or set ROOST_BINARY")
    }
}
