// libcurl's handle, which keeps its connection for the next mail. It belongs to one thread.

import CCurl
import Tenant

/// A connection to a mail server, made when there is something to send.
final class MailConnection {
    private let handle: UnsafeMutableRawPointer
    private let server: MailServer
    private let connectTime: Duration
    private let errors: UnsafeMutablePointer<CChar>
    /// Whether the last mail was taken: after any other libcurl closes the connection.
    private var isKept = false
    /// An older connection is not used again: servers close those that say nothing, after some minutes.
    static let idleTime = 60
    private static let isPrepared = curl_prepare() == CURLE_OK

    /// - Parameters:
    ///   - server: Whom to send to.
    ///   - connectTime: How long it may take until mail can be sent.
    /// - Throws: ``CurlProblem`` if libcurl lacks something.
    init(to server: MailServer, _ connectTime: Duration) throws(CurlProblem) {
        guard Self.isPrepared, let handle = curl_easy_init() else { throw CurlProblem(code: CURLE_FAILED_INIT) }
        self.handle = handle
        self.server = server
        self.connectTime = connectTime
        self.errors = .allocate(capacity: Int(CURL_ERROR_SIZE))
        self.errors.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try self.setUp()
    }

    deinit {
        // Takes its leave of the server, too.
        curl_easy_cleanup(self.handle)
        self.errors.deallocate()
    }

    /// Hands a mail over.
    ///
    /// - Parameters:
    ///   - message: The mail.
    ///   - end: When to give up.
    ///   - isOver: Whether to give up before; asked each second at least.
    /// - Returns: How it ended.
    func send(
        _ message: MailMessage,
        until end: ContinuousClock.Instant,
        isOver: @escaping () -> Bool
    ) -> Result<Void, MailError> {
        let bytes = message.encoded
        while true {
            let exchange = MailExchange(bytes) { isOver() || ContinuousClock.now >= end }
            let code: CURLcode
            do {
                code = try self.perform(message, bytes.count, exchange, until: end, fresh: !self.isKept)
            } catch {
                code = error.code
            }
            let reply = exchange.reply(curl_number(self.handle, CURLINFO_RESPONSE_CODE))
            // The server left while nothing was sent; which says nothing of this mail, and it has nothing of it.
            let wasKept = self.isKept && curl_number(self.handle, CURLINFO_NUM_CONNECTS) == 0
            self.isKept = code == CURLE_OK
            if code != CURLE_OK, wasKept, !exchange.isUnderWay, reply == nil || reply?.code == 421,
                ContinuousClock.now < end
            {
                continue
            }
            guard code != CURLE_OK else { return .success(()) }
            let detail = String(cString: self.errors)
            let outcome = MailOutcome(code: code, reply: reply, detail: detail, wasAskedForMail: exchange.isUnderWay)
            return .failure(outcome.error(from: self.server))
        }
    }

    // MARK: Options

    /// What is the same for each mail.
    private func setUp() throws(CurlProblem) {
        try CurlProblem.check(curl_set_errors(self.handle, self.errors))
        // Signals are the process's. The end of a thread that looks a name up is waited for by nobody.
        try self.set(CURLOPT_NOSIGNAL, 1)
        try self.set(CURLOPT_QUICK_EXIT, 1)
        try self.set(CURLOPT_NOPROGRESS, 0)
        try self.set(CURLOPT_UPLOAD, 1)
        try self.set(CURLOPT_MAXCONNECTS, 1)
        try self.set(CURLOPT_MAXAGE_CONN, Self.idleTime)
        try self.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        try self.set(CURLOPT_REDIR_PROTOCOLS_STR, "smtp,smtps")
        try self.set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        // Whatever the environment says.
        try self.set(CURLOPT_PROXY, "")
        try self.set(CURLOPT_SSL_VERIFYPEER, 1)
        try self.set(CURLOPT_SSL_VERIFYHOST, 2)
        try self.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        let usesTLS = self.server.encryption == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
        try self.set(CURLOPT_USE_SSL, Int(usesTLS.rawValue))
        if let authorities = self.server.authorities {
            try self.set(CURLOPT_CAINFO, authorities)
            try CurlProblem.check(curl_set_text(self.handle, CURLOPT_CAPATH, nil))
        }
        if let username = self.server.username, let password = self.server.password {
            try self.set(CURLOPT_USERNAME, username)
            try self.set(CURLOPT_PASSWORD, password.reveal())
            // Not what the machine's Kerberos or a Windows domain would be asked for.
            try self.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
        }
    }

    private func perform(
        _ message: MailMessage,
        _ count: Int,
        _ exchange: MailExchange,
        until end: ContinuousClock.Instant,
        fresh: Bool
    ) throws(CurlProblem) -> CURLcode {
        let left = max(1, (end - ContinuousClock.now).milliseconds)
        self.errors[0] = 0
        try exchange.attach(to: self.handle)
        // The path is what the client calls itself.
        let scheme = self.server.encryption == .fromTheStart ? "smtps" : "smtp"
        try self.set(CURLOPT_URL, "\(scheme)://\(self.server)/\(message.from.domain)")
        try self.set(CURLOPT_FRESH_CONNECT, fresh ? 1 : 0)
        try self.set(CURLOPT_TIMEOUT_MS, left)
        try self.set(CURLOPT_CONNECTTIMEOUT_MS, min(left, max(1, self.connectTime.milliseconds)))
        try self.set(CURLOPT_SERVER_RESPONSE_TIMEOUT, left / 1000 + 1)
        try self.set(CURLOPT_MAIL_FROM, "<\(message.from.text)>")
        guard let recipients = curl_slist_append(nil, "<\(message.to.text)>") else { return CURLE_OUT_OF_MEMORY }
        defer {
            curl_set_list(self.handle, CURLOPT_MAIL_RCPT, nil)
            curl_slist_free_all(recipients)
        }
        try CurlProblem.check(curl_set_list(self.handle, CURLOPT_MAIL_RCPT, recipients))
        try CurlProblem.check(curl_set_size(self.handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(count)))
        return withExtendedLifetime(exchange) { curl_easy_perform(self.handle) }
    }

    private func set(_ option: CURLoption, _ value: Int) throws(CurlProblem) {
        try CurlProblem.check(curl_set_number(self.handle, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(CurlProblem) {
        try CurlProblem.check(curl_set_text(self.handle, option, value))
    }
}

extension Duration {
    /// A day at most.
    fileprivate var milliseconds: Int {
        let (seconds, attoseconds) = self.components
        return Int(clamping: min(max(seconds, 0), 86_400)) * 1000 + Int(max(attoseconds, 0) / 1_000_000_000_000_000)
    }
}
