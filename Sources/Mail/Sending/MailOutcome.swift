// What becomes of a mail that a server has not taken: libcurl's number and the server's last reply say it together.

import CCurl

/// How an attempt ended that failed.
struct MailOutcome {
    let code: CURLcode
    /// The server's last reply to this mail, if there was one.
    let reply: SMTPReply?
    /// What libcurl says of it.
    let detail: String
    /// Whether the server had taken sender and recipient.
    let wasAskedForMail: Bool

    /// With these a server asks for encryption or a log-in (RFC 4954 section 6), whomever the mail is to.
    private static let signOnCodes: Set<Int> = [530, 534, 535, 538]

    /// The error for who sends.
    func error(from server: MailServer) -> MailError {
        let said = self.reply.map { "\($0.code) \($0.reason(hiding: server.secrets))" } ?? ""
        // libcurl says so where a command failed that is about this mail.
        if let reply = self.reply, self.code == CURLE_SEND_ERROR || self.wasAskedForMail {
            if (500...599).contains(reply.code), !Self.signOnCodes.contains(reply.code) {
                return .refused(code: reply.code, reason: reply.reason(hiding: server.secrets))
            }
            if (400...599).contains(reply.code) { return .deferred(reason: "\(server) says: \(said)") }
        }
        let detail = SMTPReply.reason(HeaderText.withoutControls(self.detail), hiding: server.secrets)
        return .deferred(reason: self.reason(server, said, detail.isEmpty ? CurlProblem(code: self.code).text : detail))
    }

    private func reason(_ server: MailServer, _ said: String, _ detail: String) -> String {
        switch self.code {
        case CURLE_COULDNT_RESOLVE_HOST: "\(server.host) has no address: check the name, and the machine's name servers"
        case CURLE_COULDNT_CONNECT: "\(server) cannot be reached: \(detail)"
        case CURLE_OPERATION_TIMEDOUT: "\(server) took too long: \(detail)"
        case CURLE_ABORTED_BY_CALLBACK: "\(server) took too long"
        case CURLE_USE_SSL_FAILED:
            "\(server) does not do STARTTLS, so nothing was sent (\(detail)): if it has TLS from the start, write smtps://"
        case CURLE_SSL_CACERT_BADFILE: "the authorities for \(server) cannot be read: \(detail)"
        case CURLE_PEER_FAILED_VERIFICATION: "the certificate of \(server) does not hold: \(detail)"
        case CURLE_SSL_CONNECT_ERROR: "TLS with \(server) failed: \(detail)"
        case CURLE_LOGIN_DENIED:
            said.isEmpty
                ? "\(server) has no log-in that is known here: \(detail)"
                : "\(server) refused the username or the password: \(said)"
        default: "\(server) failed: \(detail)" + (said.isEmpty ? "" : "; it said: \(said)")
        }
    }
}
