import Crypto
import Edge
import Logging
import Mail
import Observability
import StateStore
import Tenant

/// Sends the mail of an edge's tenants.
struct MailServices: Sendable {
    /// Rings when there is something to send.
    let bell = MailBell()
    private let settings: MailSettings
    private let secret: SymmetricKey
    private let figures = MailFigures()

    init(_ settings: MailSettings, secret: SymmetricKey) {
        self.settings = settings
        self.secret = secret
    }

    /// What became of mail.
    var families: [MetricFamily] { self.figures.families }

    /// Sends what waits in a durable store, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - codes: What waits.
    ///   - directory: The tenants that are served.
    ///   - logger: Hears of failures.
    func run(_ codes: AccountCodeRepository, for directory: TenantDirectory, logger: Logger) async {
        let (from, secret) = (self.settings.from, self.secret)
        let writer = MailWriter(
            codes: codes,
            sender: MailSender(server: self.settings.server),
            bell: self.bell,
            letter: { due in
                // Who moves to another cell is written to from there.
                guard let tenant = directory.current.tenants[due.tenant], tenant.farewell == nil,
                    tenant.state != .suspended,
                    let to = EmailAddress(due.subject.address)
                else { return nil }
                let letter = CodeLetter(
                    for: due,
                    code: CodeKey(from: secret, tenant: due.tenant).code(for: due.subject),
                    network: tenant.displayName,
                    serverName: tenant.serverName
                )
                return MailMessage(
                    from: from,
                    fromName: tenant.displayName,
                    to: to,
                    subject: letter.subject,
                    text: letter.text,
                    date: WallClock.system(),
                    identifier: "\(due.subject.serial).\(due.subject.purpose.rawValue)",
                    language: due.language
                )
            },
            figures: self.figures,
            logger: logger
        )
        await writer.run()
    }
}
