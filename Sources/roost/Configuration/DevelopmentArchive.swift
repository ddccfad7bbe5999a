import Foundation

/// Where `roost dev` has its archives and their key, which it makes.
enum DevelopmentArchive {
    static func url(_ data: String) -> String { "folder:\(data)/archive" }
    static func keys(_ data: String) -> String { "\(data)/archive-keys" }

    /// Makes the folder of keys with one, if there is none.
    ///
    /// - Throws: ``EdgeConfiguration/Problem`` that names the file.
    static func makeKeys(_ data: String) throws {
        let folder = Self.keys(data)
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch { throw EdgeConfiguration.Problem(description: "\(folder): cannot be made: \(error)") }
        _ = try InstallationSecret.loadOrMake("\(folder)/1")
    }
}
