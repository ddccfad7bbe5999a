// Where the archives of a cell go: a bucket of S3 or of what speaks it, of Google's Cloud Storage, or a folder of a volume.

/// The archives of a cell.
package struct CellArchive: Hashable, Sendable {
    /// A bucket of S3, or of what speaks it.
    package var s3: S3?
    /// A bucket of Google's Cloud Storage.
    package var gcs: GCS?
    /// A folder of a volume.
    package var folder: Folder?
    /// The Secret with the cell's keys, by their names.
    package var keysSecretRef = ObjectReference()
    /// Whether edges have keys and credentials to read for clients.
    package var readByClients = false

    /// A bucket of S3.
    package struct S3: Hashable, Sendable {
        /// The endpoint's URL; nil for AWS's own.
        package var endpoint: String?
        /// The region that requests are signed for.
        package var region = "us-east-1"
        /// The bucket's name.
        package var bucket = ""
        /// What the keys of all objects begin with, without slashes at its ends; nil for nothing.
        package var prefix: String?
        /// Whether the bucket's name is in the path rather than in the host's name.
        package var pathStyle = false
        /// The Secret with the access key; nil where pods have an identity of their own.
        package var credentialsSecretRef: ObjectReference?
        /// The certificates that prove the store beside the system's; nil for none.
        package var authoritiesSecretRef: SecretKeyReference?
        /// In which storage class segments are kept; nil is the bucket's own.
        package var storageClass: String?
        /// How the store encrypts them; nil is as the bucket says.
        package var encryption: String?
    }

    /// A bucket of Google's Cloud Storage.
    package struct GCS: Hashable, Sendable {
        /// The bucket's name.
        package var bucket = ""
        /// As that of ``S3``.
        package var prefix: String?
        /// The Secret with a service account's key; nil where pods have an identity of their own.
        package var credentialsSecretRef: ObjectReference?
    }

    /// A folder of a volume.
    package struct Folder: Hashable, Sendable {
        /// The claim of the volume, in the operator's namespace.
        package var persistentVolumeClaim = ""
        /// Which folder of it.
        package var path = "archive"
    }

    /// The Secret with what the store asks for; nil if it asks for nothing, or pods have an identity of their own.
    package var credentialsSecretRef: ObjectReference? {
        self.s3?.credentialsSecretRef ?? self.gcs?.credentialsSecretRef
    }

    private static let places = ["s3", "gcs", "folder"]

    /// Whether another cell's archives lie in the same place, under the same keys: what one made the other goes on with.
    package func isSamePlace(as other: CellArchive) -> Bool {
        guard self.keysSecretRef == other.keysSecretRef, self.folder == other.folder else { return false }
        let (mine, theirs) = (self.s3, other.s3)
        return mine?.endpoint == theirs?.endpoint && mine?.region == theirs?.region && mine?.bucket == theirs?.bucket
            && mine?.prefix == theirs?.prefix && self.gcs?.bucket == other.gcs?.bucket
            && self.gcs?.prefix == other.gcs?.prefix
    }
}

extension CellArchive: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("s3", \.s3, .object, "A bucket of S3, or of what speaks it."),
        Setting("gcs", \.gcs, .object, "A bucket of Google's Cloud Storage."),
        Setting("folder", \.folder, .object, "A folder of a volume."),
        Setting(
            "keysSecretRef",
            \.keysSecretRef,
            .object,
            required: "write keysSecretRef: {name: …}, a Secret with a key of 32 random bytes",
            """
            The Secret in the operator's namespace with the cell's keys by their names, 32 random bytes each. The last by name \
            encrypts what is new, the others open what is there. Without them nobody can read the archives: keep a copy.
            """
        ),
        Setting(
            "readByClients",
            \.readByClients,
            .flag,
            """
            Whether people whose tenant's plan has the feature ArchivedHistory read on in the archive where the history ends. Edges \
            get the keys and the credentials for it.
            """
        ),
    ]

    static let rules = [
        Schema.Rule(
            "[has(self.s3), has(self.gcs), has(self.folder)].filter(x, x).size() == 1",
            "write one of s3, gcs and folder"
        )
    ]

    static func check(_ value: Self, _ fields: ObjectFields) {
        let written = Self.places.filter { fields[$0].isPresent }
        if written.isEmpty {
            fields["s3"].report(.missing, "is missing: write one of s3, gcs and folder")
        } else if written.count > 1 {
            fields[written[1]].report(
                .badValue,
                "there is \(written[0]) already: write one of s3, gcs and folder"
            )
        }
    }
}

extension CellArchive.S3: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "endpoint",
            \.endpoint,
            .url,
            "The endpoint's URL; by default AWS's own for the region."
        ),
        Setting("region", \.region, .region, "The region that requests are signed for."),
        Setting("bucket", \.bucket, .bucket, required: "name the bucket", "The bucket's name."),
        Setting(
            "prefix",
            \.prefix,
            .prefix,
            "What the keys of all objects begin with, such as chat/eu; by default nothing."
        ),
        Setting(
            "pathStyle",
            \.pathStyle,
            .flag,
            "Whether the bucket's name is in the path rather than in the host's name, as stores of one's own often want it."
        ),
        Setting(
            "credentialsSecretRef",
            \.credentialsSecretRef,
            .object,
            """
            The Secret in the operator's namespace with accessKeyId and secretAccessKey. Without it pods need an identity of \
            their own (worker.serviceAccountAnnotations).
            """
        ),
        Setting(
            "authoritiesSecretRef",
            \.authoritiesSecretRef,
            .object,
            """
            The key of a Secret in the operator's namespace that holds certificates in PEM, by which a store of one's own proves who \
            it is beside the system's.
            """
        ),
        Setting(
            "storageClass",
            \.storageClass,
            .storageClass,
            "In which storage class segments are kept, such as STANDARD_IA; by default the bucket's own."
        ),
        Setting(
            "encryption",
            \.encryption,
            .encryption,
            """
            How the store encrypts segments, which are encrypted as they come: AES256, aws:kms, or aws:kms: with a key's name \
            behind it; by default as the bucket says.
            """
        ),
    ]
}

extension CellArchive.GCS: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting("bucket", \.bucket, .bucket, required: "name the bucket", "The bucket's name."),
        Setting(
            "prefix",
            \.prefix,
            .prefix,
            "What the keys of all objects begin with, such as chat/eu; by default nothing."
        ),
        Setting(
            "credentialsSecretRef",
            \.credentialsSecretRef,
            .object,
            """
            The Secret in the operator's namespace with a service account's key as key.json. Without it pods need an identity of \
            their own (worker.serviceAccountAnnotations).
            """
        ),
    ]
}

extension CellArchive.Folder: SettingsObject {
    static let settings: [Setting<Self>] = [
        Setting(
            "persistentVolumeClaim",
            \.persistentVolumeClaim,
            .objectName,
            required: "name the claim",
            "The claim of the volume in the operator's namespace; all who do the cell's work must be able to mount it (ReadWriteMany)."
        ),
        Setting(
            "path",
            \.path,
            .text(
                "name",
                "folder: write one name of letters, digits, - and _",
                pattern: "^[A-Za-z0-9_-]{1,63}$",
                { text in
                    (1...63).contains(text.utf8.count) && text.utf8.allSatisfy(CellArchive.isNameByte)
                        ? text : nil
                }
            ),
            "The folder's name, below the volume's root; it is made if it is missing."
        ),
    ]
}

extension CellArchive {
    fileprivate static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    fileprivate static func isWord(
        _ text: some StringProtocol,
        _ lengths: ClosedRange<Int>,
        and more: String
    ) -> Bool {
        lengths.contains(text.utf8.count)
            && text.utf8.allSatisfy { Self.isNameByte($0) || more.utf8.contains($0) }
    }
}

extension SettingType where Value == String {
    fileprivate static var url: SettingType {
        .text(
            "URL",
            "URL: write https:// or http://, a host, and a port if it needs one",
            pattern: #"^https?://([A-Za-z0-9._-]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?/?$"#,
            { CellArchive.isEndpoint($0) ? $0 : nil }
        )
    }

    fileprivate static var region: SettingType {
        .text("region", "region: write one such as eu-central-1", pattern: "^[A-Za-z0-9_-]{1,63}$") {
            CellArchive.isWord($0, 1...63, and: "") ? $0 : nil
        }
    }

    fileprivate static var bucket: SettingType {
        .text(
            "name",
            "bucket: write 3 to 222 letters, digits, - . _",
            pattern: "^[A-Za-z0-9._-]{3,222}$"
        ) {
            CellArchive.isWord($0, 3...222, and: ".") ? $0 : nil
        }
    }

    fileprivate static var prefix: SettingType {
        .text(
            "prefix",
            "prefix: write names of letters, digits, - . _ with slashes between them",
            pattern: "^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$",
            maxLength: 256
        ) { text in
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            let isPrefix = parts.allSatisfy {
                CellArchive.isWord($0, 1...256, and: ".") && !$0.hasPrefix(".")
            }
            return isPrefix && text.utf8.count <= 256 ? text : nil
        }
    }

    static var storageClass: SettingType {
        .text("word", "storage class: write one such as STANDARD_IA", pattern: "^[A-Z0-9_]{1,64}$") {
            text in
            (1...64).contains(text.utf8.count)
                && text.utf8.allSatisfy {
                    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || $0 == UInt8(ascii: "_")
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                } ? text : nil
        }
    }

    fileprivate static var encryption: SettingType {
        .text(
            "word",
            "encryption: write AES256, aws:kms or aws:kms:KEY",
            pattern: "^(AES256|aws:kms(:[A-Za-z0-9:/_.-]{1,2048})?)$"
        ) { text in
            if text == "AES256" || text == "aws:kms" { return text }
            guard text.hasPrefix("aws:kms:") else { return nil }
            return CellArchive.isWord(text.dropFirst("aws:kms:".count), 1...2048, and: ":/.") ? text : nil
        }
    }
}

extension CellArchive {
    /// Whether a text is the URL of a store, without a path.
    fileprivate static func isEndpoint(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }) else {
            return false
        }
        var rest = text.dropFirst(scheme.count)
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        let host: Substring
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            host = rest[rest.index(after: rest.startIndex)..<end]
            rest = rest[rest.index(after: end)...]
            guard !host.isEmpty, host.utf8.allSatisfy({ "0123456789abcdefABCDEF:.".utf8.contains($0) })
            else {
                return false
            }
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest.dropFirst(host.count)
            guard Self.isWord(host, 1...253, and: ".") else { return false }
        }
        if rest.isEmpty { return true }
        let digits = rest.dropFirst()
        return rest.hasPrefix(":") && (1...5).contains(digits.utf8.count)
            && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// The port that a store's URL leads to.
    ///
    /// - Parameter endpoint: As ``S3/endpoint`` has it.
    /// - Returns: The port, that of the scheme if none is written.
    package static func port(of endpoint: String) -> Int {
        let end = endpoint.hasSuffix("/") ? endpoint.dropLast() : endpoint[...]
        let digits = end.reversed().prefix { $0.isASCII && $0.isNumber }
        let isPort =
            !digits.isEmpty && end.dropLast(digits.count).hasSuffix(":")
            && end.dropLast(digits.count + 1).contains("/")
        let written = isPort ? Int(String(digits.reversed())) : nil
        return written ?? (endpoint.hasPrefix("http://") ? 80 : 443)
    }
}
