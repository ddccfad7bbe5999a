import Archive
import Foundation
import Logging
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
        case s3(S3Settings)
        /// Google's Cloud Storage.
        case google(S3Settings)
    }

    /// How a place is written, for those who write another thing.
    static let forms =
        "write folder:PATH, s3://BUCKET/PREFIX?region=REGION&endpoint=URL&style=path, or gs://BUCKET/PREFIX"

    let store: Store
    /// What all keys of the bucket begin with; empty, or with a slash at its end.
    let prefix: String
    let keys: CellKeys
    /// A folder with the files `accessKeyId` and `secretAccessKey`, or `key.json` of a service account; empty for what the environment says.
    let credentials: String

    /// Takes settings.
    ///
    /// - Parameters:
    ///   - url: `folder:PATH`, `s3://BUCKET/PREFIX?region=…&endpoint=…&style=path&storageClass=…&encryption=…` or `gs://BUCKET/PREFIX`; empty if
    ///     nothing is archived.
    ///   - keys: The folder with the cell's keys.
    ///   - credentials: The folder with what proves to the store who this is; empty for what the environment says.
    ///   - authorities: A file with certificates in PEM that prove the store; empty for the system's.
    ///   - name: How the settings are called: `archive.` or `--archive-`.
    /// - Throws: ``EdgeConfiguration/Problem`` that names the setting.
    init?(
        url: String,
        keys: String,
        credentials: String = "",
        authorities: String = "",
        named name: String
    ) throws {
        guard !url.isEmpty else {
            guard keys.isEmpty, credentials.isEmpty else {
                throw EdgeConfiguration.Problem(description: "\(name)url: is missing: without it nothing is archived")
            }
            return nil
        }
        guard let (store, prefix) = try Self.read(url, authorities, name) else {
            throw EdgeConfiguration.Problem(description: "\(name)url: `\(url)` is no place: \(Self.forms)")
        }
        guard !keys.isEmpty else {
            throw EdgeConfiguration.Problem(
                description: "\(name)keys: is missing: name a folder with a file of 32 random bytes for each key"
            )
        }
        (self.store, self.prefix, self.credentials) = (store, prefix, credentials)
        do throws(ArchiveError) { self.keys = try CellKeys(folder: keys) } catch {
            throw EdgeConfiguration.Problem(description: "\(name)keys: \(error)")
        }
    }

    private static func read(_ url: String, _ authorities: String, _ name: String) throws -> (Store, String)? {
        if url.hasPrefix("folder:") {
            let path = String(url.dropFirst("folder:".count))
            return path.isEmpty ? nil : (.folder(path), "")
        }
        guard let parts = URLComponents(string: url), let bucket = parts.host, !bucket.isEmpty,
            ["s3", "gs"].contains(parts.scheme), parts.user == nil, parts.port == nil, parts.fragment == nil
        else { return nil }
        var settings = S3Settings(bucket: bucket)
        if !authorities.isEmpty {
            guard let pem = FileManager.default.contents(atPath: authorities) else {
                throw EdgeConfiguration.Problem(description: "\(name)authorities: \(authorities) cannot be read")
            }
            settings.authorities = Array(pem)
        }
        for item in parts.queryItems ?? [] {
            let value = item.value ?? ""
            switch (item.name, parts.scheme) {
            case ("region", "s3"): settings.region = value
            case ("endpoint", _): settings.endpoint = value
            case ("style", "s3") where ["path", "virtual"].contains(value): settings.isPathStyle = value == "path"
            case ("storageClass", _): settings.storageClass = value
            case ("encryption", "s3") where value == "store": settings.encryption = .store
            case ("encryption", "s3") where value.hasPrefix("kms"):
                settings.encryption = .keyService(key: value.hasPrefix("kms:") ? String(value.dropFirst(4)) : nil)
            default:
                throw EdgeConfiguration.Problem(description: "\(name)url: `\(item.name)=\(value)`: \(Self.forms)")
            }
        }
        let path = parts.path.split(separator: "/").joined(separator: "/")
        return (parts.scheme == "s3" ? .s3(settings) : .google(settings), path.isEmpty ? "" : path + "/")
    }

    /// Opens the store.
    ///
    /// - Throws: ``ObjectStoreError``
    func open(logger: Logger) async throws(ObjectStoreError) -> any ObjectStore {
        switch self.store {
        case .folder(let path): try await FolderStore.open(path)
        case .s3(let settings):
            try S3Store(settings, credentials: self.s3Credentials(settings.region), logger: logger)
        case .google(let settings):
            try GCSStore(settings, credentials: try self.googleCredentials(), logger: logger)
        }
    }

    /// From the folder if there is one, else from what the machine says of itself.
    private func s3Credentials(_ region: String) -> CachedCredentials {
        if !self.credentials.isEmpty { return CachedCredentials(self.files) }
        let environment = ProcessInfo.processInfo.environment
        return CachedCredentials(
            CredentialChain([
                EnvironmentCredentials(environment), WebIdentityCredentials(environment, region: region),
                ContainerCredentials(environment),
            ])
        )
    }

    private var files: FileCredentials {
        FileCredentials(self.credentials, accessKey: "accessKeyId", secretKey: "secretAccessKey")
    }

    private func googleCredentials() throws(ObjectStoreError) -> GCSCredentials {
        if self.credentials.isEmpty { return .metadata() }
        if let json = FileManager.default.contents(atPath: "\(self.credentials)/key.json") {
            return .serviceAccount(json: Secret(String(decoding: json, as: UTF8.self)))
        }
        return .hmac(CachedCredentials(self.files))
    }
}

/// A cell's archives, opened.
struct OpenArchives: Sendable {
    let place: ArchivePlace
    let objects: any ObjectStore

    /// Opens what there is; failures end the program with a message and its exit code.
    static func open(
        _ place: ArchivePlace?,
        as format: LineLogHandler.Format,
        logger: Logger
    ) async throws -> OpenArchives? {
        guard let place else { return nil }
        do throws(ObjectStoreError) {
            return OpenArchives(place: place, objects: try await place.open(logger: logger))
        } catch {
            throw CommandFailure.exit(CommandFailure.configuration, "the archive: \(error)", as: format)
        }
    }

    /// A tenant's archive.
    ///
    /// - Parameters:
    ///   - tenant: Whose.
    ///   - repository: What the database knows; nil has everything read from the bucket.
    ///   - storageClass: In which one segments are put; nil is the place's.
    /// - Returns: The archive.
    func archive(
        of tenant: TenantID,
        _ repository: ArchiveRepository?,
        storageClass: String? = nil
    ) -> TenantArchive {
        var options = PutOptions()
        options.storageClass = storageClass
        return TenantArchive(
            tenant,
            in: self.objects,
            prefix: self.place.prefix,
            keys: self.place.keys,
            repository: repository,
            options: options
        )
    }

    /// What is archived, as clients read on in it.
    func history(_ repository: ArchiveRepository, logger: Logger) -> ArchivedHistory {
        ArchivedHistory(repository, archive: { self.archive(of: $0, repository) }, logger: logger)
    }
}
