import Archive
import Foundation
import ObjectStore
import Observability
import StateStore
import Tenant

/// Where a cell's archives lie, and with which keys: a bucket's URL and a folder of keys.
struct ArchivePlace: Sendable {
    /// What kind of store, and where in it.
    enum Store: Hashable, Sendable {
        /// A folder of this machine.
        case folder(String)
    }

    let store: Store
    /// What all keys of the bucket begin with; empty, or with a slash at its end.
    let prefix: String
    let keys: CellKeys

    /// Takes settings.
    ///
    /// - Parameters:
    ///   - url: `folder:PATH`; empty if nothing is archived.
    ///   - keys: The folder with the cell's keys.
    ///   - name: How the settings are called: `archive.` or `--archive-`.
    /// - Throws: ``EdgeConfiguration/Problem`` that names the setting.
    init?(url: String, keys: String, named name: String) throws {
        guard !url.isEmpty else {
            guard keys.isEmpty else {
                throw EdgeConfiguration.Problem(description: "\(name)url: is missing: without it nothing is archived")
            }
            return nil
        }
        guard url.hasPrefix("folder:"), url.utf8.count > "folder:".utf8.count else {
            throw EdgeConfiguration.Problem(description: "\(name)url: `\(url)` is no place: write folder:PATH")
        }
        guard !keys.isEmpty else {
            throw EdgeConfiguration.Problem(
                description: "\(name)keys: is missing: name a folder with a file of 32 random bytes for each key"
            )
        }
        self.store = .folder(String(url.dropFirst("folder:".count)))
        self.prefix = ""
        do throws(ArchiveError) { self.keys = try CellKeys(folder: keys) } catch {
            throw EdgeConfiguration.Problem(description: "\(name)keys: \(error)")
        }
    }

    /// Opens the store.
    ///
    /// - Throws: ``ObjectStoreError``
    func open() async throws(ObjectStoreError) -> any ObjectStore {
        switch self.store {
        case .folder(let path): try await FolderStore.open(path)
        }
    }
}

/// A cell's archives, opened.
struct CellArchive: Sendable {
    let place: ArchivePlace
    let objects: any ObjectStore

    /// Opens what there is; failures end the program with a message and its exit code.
    static func open(_ place: ArchivePlace?, as format: LineLogHandler.Format) async throws -> CellArchive? {
        guard let place else { return nil }
        do throws(ObjectStoreError) { return CellArchive(place: place, objects: try await place.open()) } catch {
            throw CommandFailure.exit(CommandFailure.configuration, "the archive: \(error)", as: format)
        }
    }

    /// A tenant's archive.
    func archive(of tenant: TenantID, _ repository: ArchiveRepository?) -> TenantArchive {
        TenantArchive(
            tenant,
            in: self.objects,
            prefix: self.place.prefix,
            keys: self.place.keys,
            repository: repository
        )
    }
}
