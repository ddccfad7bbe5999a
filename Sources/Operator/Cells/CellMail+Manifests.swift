// What an edge is told of the mail server, and where it finds the password.

import KubeClient
import Tenant

extension CellMail {
    private static let folder = "/etc/roost/mail"

    /// What stands under `mail` in an edge's configuration.
    var configuration: JSON {
        let passwordFile = self.passwordSecretRef.map { _ in "\(Self.folder)/password" }
        return [
            "server": .string(self.server.text), "from": .string(self.from), "username": JSON(self.username),
            "passwordFile": JSON(passwordFile), "tls": .string(self.tls.rawValue),
        ]
    }

    /// The same for an edge that only has to know that workers send mail.
    var notice: JSON {
        ["server": .string(self.server.text), "from": .string(self.from), "tls": .string(self.tls.rawValue)]
    }

    /// The password; nil if the server asks for none.
    ///
    /// A pod begins without the Secret, so that its edge can say what it lacks: a volume that waits says nothing.
    var volume: JSON? {
        self.passwordSecretRef.map { reference in
            [
                "name": "mail",
                "secret": [
                    "secretName": .string(reference.name), "optional": true, "defaultMode": 0o440,
                    "items": [["key": .string(reference.key), "path": "password"]],
                ],
            ]
        }
    }

    /// Where the edge finds that.
    var mount: JSON? {
        self.passwordSecretRef.map { _ in
            ["name": "mail", "mountPath": .string(Self.folder), "readOnly": true]
        }
    }
}
