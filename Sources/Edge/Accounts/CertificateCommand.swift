import Chat
import IRC
import Observability
import Realm
import StateStore

/// CERT: the certificates by which an account is logged in to (SASL EXTERNAL).
enum CertificateCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "CERT",
            parameters: 1,
            cost: 2,
            help: [
                "CERT ADD [<fingerprint>] | LIST | DEL <fingerprint>",
                "Which client certificates log in to your account; ADD alone takes the one that you show.",
            ]
        ) { Self.run($0, $1) }
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        switch (call[0].uppercased(), call.count) {
        case ("ADD", 1): self.add(nil, call, actor)
        case ("ADD", 2):
            guard let certificate = self.fingerprint(call) else { return }
            self.add(certificate, call, actor)
        case ("DEL", 2):
            guard let certificate = self.fingerprint(call) else { return }
            call.network.removeCertificate(
                certificate,
                by: actor,
                call.awaiting {
                    self.note(
                        call,
                        "CERTIFICATE_REMOVED",
                        certificate.text,
                        "It does not log in to your account any more"
                    )
                }
            )
        case ("LIST", 1):
            call.network.certificates(
                of: actor,
                call.awaiting { certificates in
                    for certificate in certificates {
                        let since = UTCInstant(milliseconds: certificate.addedAt).text(withThousandths: false)
                        self.note(call, "CERTIFICATE", certificate.fingerprint, .verbatim(since))
                    }
                    self.note(call, "CERTIFICATES_END", "\(certificates.count)", "End of your certificates")
                }
            )
        default: call.fail("INVALID_PARAMS", text: "CERT takes ADD, LIST, or DEL with a fingerprint")
        }
    }

    private static func add(_ certificate: CertificateFingerprint?, _ call: Call, _ actor: Actor) {
        call.network.addCertificate(
            certificate,
            by: actor,
            call.awaiting { added in
                self.note(call, "CERTIFICATE_ADDED", added.text, "It logs in to your account now (SASL EXTERNAL)")
            }
        )
    }

    private static func fingerprint(_ call: Call) -> CertificateFingerprint? {
        if let certificate = CertificateFingerprint(call[1]) { return certificate }
        call.fail("INVALID_FINGERPRINT", call[0].asWord, text: "A fingerprint is the SHA-256 in 64 hexadecimal digits")
        return nil
    }

    private static func note(_ call: Call, _ code: String, _ context: String, _ text: Phrase) {
        call.connection.standardReply(.note, command: call.row.name, code: code, context: [context], text)
    }
}
