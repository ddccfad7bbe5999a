import Foundation
import TestChildren
import TestSupport
import Testing

/// What a program says that cannot start.
@Suite struct StartFailureTests {
    /// Where no server listens: what it needs is asked for in vain.
    private static let nowhere = ["ROOST_DATABASE_URL": "nothing://", "KUBECONFIG": "/nowhere/at/all"]

    @Test(arguments: [("roost", "edge"), ("roost", "worker"), ("roost-operator", "run")], ["text", "json"])
    func `is among lines of JSON a line of JSON`(command: (program: String, name: String), format: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "roost-start-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // One program by two names.
        let program = folder.appending(path: command.program)
        try FileManager.default.createSymbolicLink(atPath: program.path, withDestinationPath: BuiltProgram.path())
        let environment = Self.nowhere.merging(["ROOST_LOG_FORMAT": format]) { $1 }
        let child = try Child(program.path, [command.name], environment: environment, output: .pipe)
        let lines = child.readAll().split(separator: "\n")
        #expect(child.wait() == 78)
        #expect(!lines.isEmpty)
        for line in lines {
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect((object?["message"] as? String != nil) == (format == "json"), "\(line)")
        }
    }
}
