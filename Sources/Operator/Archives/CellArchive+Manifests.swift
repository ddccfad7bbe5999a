// What who does a cell's work is told of its archives, and where it finds keys, credentials and the folder.

import KubeClient
import Tenant

extension CellArchive {
    private static let keysFolder = "/etc/roost/archive/keys"
    private static let credentialsFolder = "/etc/roost/archive/credentials"
    private static let authoritiesFolder = "/etc/roost/archive/authorities"
    private static let authoritiesFile = "authorities.pem"
    private static let volumeFolder = "/var/lib/roost/archive"

    /// What stands under `archive` in the configuration.
    var configuration: JSON {
        var configuration: JSON = ["url": .string(self.url), "keys": .string(Self.keysFolder)]
        // A process of an earlier version takes no key that it does not know.
        if self.credentialsSecretRef != nil {
            configuration["credentials"] = .string(Self.credentialsFolder)
        }
        if self.s3?.authoritiesSecretRef != nil {
            configuration["authorities"] = .string("\(Self.authoritiesFolder)/\(Self.authoritiesFile)")
        }
        return configuration
    }

    /// Where archives are, in one text.
    private var url: String {
        if let s3 {
            var options: [(String, String)] = [("region", s3.region)]
            if let endpoint = s3.endpoint { options.append(("endpoint", endpoint)) }
            if s3.pathStyle { options.append(("style", "path")) }
            if let name = s3.storageClass { options.append(("storageClass", name)) }
            if let encryption = s3.encryption.map(Self.encryption) { options.append(("encryption", encryption)) }
            let query = options.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&")
            return "s3://\(s3.bucket)\(Self.path(s3.prefix))?\(query)"
        }
        if let gcs { return "gs://\(gcs.bucket)\(Self.path(gcs.prefix))" }
        return "folder:\(Self.volumeFolder)/\(self.folder?.path ?? "archive")"
    }

    /// How the store encrypts, as a place's text has it: `store`, `kms`, or `kms:` and a key.
    private static func encryption(_ word: String) -> String {
        word == "AES256" ? "store" : String(word.dropFirst("aws:".count))
    }

    private static func path(_ prefix: String?) -> String { prefix.map { "/\($0)" } ?? "" }

    /// As RFC 3986 has it: all but what is unreserved.
    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~":
                encoded.unicodeScalars.append(scalar)
            default: encoded += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    /// The ports that the store is reached at.
    var ports: [Int] {
        // Pods with an identity of their own ask for it at their provider, and at an address of their node.
        let isAsked = self.credentialsSecretRef == nil
        if let s3 { return [s3.endpoint.map(Self.port) ?? 443] + (isAsked ? [443, 80] : []) }
        return self.gcs == nil ? [] : [443] + (isAsked ? [80, 988] : [])
    }

    /// Keys, credentials and the folder.
    ///
    /// A pod begins without the Secrets, so that its process can say what it lacks: a volume that waits says nothing.
    var volumes: [JSON] {
        func secret(_ name: String, _ reference: ObjectReference) -> JSON {
            [
                "name": .string(name),
                "secret": ["secretName": .string(reference.name), "optional": true, "defaultMode": 0o440],
            ]
        }
        var volumes = [secret("archive-keys", self.keysSecretRef)]
        if let reference = self.credentialsSecretRef {
            volumes.append(secret("archive-credentials", reference))
        }
        if let reference = self.s3?.authoritiesSecretRef {
            volumes.append([
                "name": "archive-authorities",
                "secret": [
                    "secretName": .string(reference.name), "optional": true, "defaultMode": 0o440,
                    "items": [["key": .string(reference.key), "path": .string(Self.authoritiesFile)]],
                ],
            ])
        }
        if let folder {
            volumes.append([
                "name": "archive",
                "persistentVolumeClaim": ["claimName": .string(folder.persistentVolumeClaim)],
            ])
        }
        return volumes
    }

    /// Where the process finds them.
    var mounts: [JSON] {
        var mounts: [JSON] = [
            ["name": "archive-keys", "mountPath": .string(Self.keysFolder), "readOnly": true]
        ]
        if self.credentialsSecretRef != nil {
            mounts.append([
                "name": "archive-credentials", "mountPath": .string(Self.credentialsFolder),
                "readOnly": true,
            ])
        }
        if self.s3?.authoritiesSecretRef != nil {
            mounts.append([
                "name": "archive-authorities", "mountPath": .string(Self.authoritiesFolder), "readOnly": true,
            ])
        }
        if self.folder != nil {
            mounts.append(["name": "archive", "mountPath": .string(Self.volumeFolder)])
        }
        return mounts
    }
}
