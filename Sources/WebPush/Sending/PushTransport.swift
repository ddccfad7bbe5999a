package import Tenant

/// A request to a push service (RFC 8030 section 5).
package struct PushRequest: Sendable {
    package let endpoint: PushEndpoint
    /// `Authorization`: who sends it.
    package let authorization: String
    /// For how many seconds the service keeps it for a device that is not there.
    package let timeToLive: Int
    package let urgency: PushUrgency
    /// What it takes the place of, of what the service still has: at most 32 characters of base64url; nil for nothing.
    package let topic: String?
    /// Encrypted.
    package let body: [UInt8]

    package init(
        endpoint: PushEndpoint,
        authorization: String,
        timeToLive: Int,
        urgency: PushUrgency,
        topic: String?,
        body: [UInt8]
    ) {
        self.endpoint = endpoint
        self.authorization = authorization
        self.timeToLive = timeToLive
        self.urgency = urgency
        self.topic = topic
        self.body = body
    }
}

/// For what a device may be woken (RFC 8030 section 5.3).
package enum PushUrgency: String, Sendable {
    case low, normal, high
}

/// What came of a request.
package enum PushAnswer: Hashable, Sendable {
    /// The service has it.
    case taken
    /// There is no such device any more.
    case gone
    /// The service wants no more for now; perhaps until so many seconds have passed.
    case later(seconds: Int?)
    /// The service does not want this, now or later.
    case refused(status: Int)
    /// The endpoint is where nothing may be sent to.
    case forbidden
    /// Nobody answered.
    case unreachable

    /// What a status means (RFC 8030 section 5 and RFC 9110 section 15); a redirect is not followed, since it leads elsewhere.
    package init(status: Int, retryAfter: String?) {
        switch status {
        case 200..<300: self = .taken
        case 404, 410: self = .gone
        case 408, 429, 500..<600:
            let isPlain = retryAfter.map { 1...9 ~= $0.utf8.count && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
            self = .later(seconds: isPlain == true ? retryAfter.flatMap { Int($0) } : nil)
        default: self = .refused(status: status)
        }
    }
}

/// Sends requests; nothing that happens to one is more than an answer.
package protocol PushTransport: Sendable {
    func post(_ request: PushRequest) async -> PushAnswer
}
