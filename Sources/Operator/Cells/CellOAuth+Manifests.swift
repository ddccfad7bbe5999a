// What an edge is told of issuers of tokens and of name servers, and where it finds the certificates of the former.

import KubeClient
import Tenant

extension CellOAuth {
    private static let folder = "/etc/roost/issuers"

    /// What stands under `oauth` in an edge's configuration; nil if that is nothing.
    ///
    /// An edge of an earlier version takes no key that it does not know.
    var configuration: JSON? {
        guard !self.networks.isEmpty || self.authoritiesSecretRef != nil else { return nil }
        let authorities = self.authoritiesSecretRef.map { _ in "\(Self.folder)/authorities.pem" }
        return [
            "networks": self.networks.isEmpty ? .null : .array(self.networks.map(JSON.string)),
            "authorities": JSON(authorities),
        ]
    }

    /// What stands under `dns` in an edge's configuration; nil if it asks the system's name servers.
    static func nameServers(_ edge: CellEdge) -> JSON? {
        guard !edge.nameServers.isEmpty else { return nil }
        return ["servers": .array(edge.nameServers.map { .string($0.text) })]
    }

    /// The certificates; nil if the system's are enough.
    ///
    /// A pod begins without the Secret, so that its edge can say what it lacks: a volume that waits says nothing.
    var volume: JSON? {
        self.authoritiesSecretRef.map { reference in
            [
                "name": "issuers",
                "secret": [
                    "secretName": .string(reference.name), "optional": true, "defaultMode": 0o440,
                    "items": [["key": .string(reference.key), "path": "authorities.pem"]],
                ],
            ]
        }
    }

    /// Where the edge finds them.
    var mount: JSON? {
        self.authoritiesSecretRef.map { _ in
            ["name": "issuers", "mountPath": .string(Self.folder), "readOnly": true]
        }
    }
}
