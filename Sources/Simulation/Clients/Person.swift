import Edge
import Foundation
import NIOCore
import Realm
import Tenant

/// Somebody at one client, who connects again and again and says what they are told to.
///
/// Several may be the clients of one account.
final class Person {
    /// What they call themselves at first.
    let name: String
    let isOperator: Bool
    /// The address behind the cloak.
    let address: String
    /// The account that they log in to.
    let account: String?
    /// Of those of the account.
    let number: Int
    private(set) var shard: Int
    private(set) var client: SimulatedClient?
    private(set) var view = ClientView()
    /// What earlier clients of theirs were told, and where those were.
    private(set) var former: [(view: ClientView, pod: UInt64)] = []
    /// The process of the shard.
    private(set) var pod: UInt64 = 0
    /// When they connected, and when they left before, in the clock's milliseconds.
    private(set) var connected: Int64 = 0
    private(set) var left: Int64 = 0
    /// Whether their client has signed off.
    private(set) var hasQuit = false
    /// When any of their clients did last.
    private(set) var lastQuit: Int64?
    /// Their account signed off through another client while the process of this one was taken for dead.
    var isSignedOffElsewhere = false
    /// Whether a client of theirs was told that its session is no more, without that.
    private(set) var wasLost = false
    /// How the client came to its session; nil until it has.
    var arrival: MemberArrival?
    private var lastNumber = 0
    /// Gets what they say and what they are told.
    var trace: ((String) -> Void)?

    init(name: String, isOperator: Bool, address: String, shard: Int, account: String? = nil, number: Int = 0) {
        self.name = name
        self.isOperator = isOperator
        self.address = address
        self.shard = shard
        self.account = account
        self.number = number
    }

    func nextNumber() -> Int {
        self.lastNumber += 1
        return self.lastNumber
    }

    /// Whether they take part in a session, for all that they know.
    var isAttached: Bool {
        guard let client else { return false }
        return client.isConnected && !client.isClosed && self.view.isRegistered && !self.hasQuit
    }

    func connect(to tenant: HostedTenant, on shard: ShardClients, of pod: UInt64, at now: Int64) {
        let client = SimulatedClient(to: tenant, on: shard, address: self.address)
        self.trace?("\(self.label) connects to shard \(shard.realm.number) of pod \(pod)")
        self.client = client
        self.view = ClientView()
        (self.shard, self.pod, self.connected) = (shard.realm.number, pod, now)
        (self.hasQuit, self.arrival, self.isSignedOffElsewhere) = (false, nil, false)
        client.send(
            "CAP REQ :multi-prefix userhost-in-names message-tags echo-message" + (self.account == nil ? "" : " sasl")
        )
        if let account {
            let plain = Data("\0\(account)\0sesame".utf8).base64EncodedString()
            return client.send("AUTHENTICATE PLAIN", "AUTHENTICATE \(plain)")
        }
        self.register()
    }

    private func register() {
        guard let client else { return }
        client.send("NICK \(self.name)", "USER \(self.name) 0 * :\(self.name)")
        client.send("CAP END")
        if self.isOperator { client.send("OPER boss secret") }
    }

    func say(_ line: String, at now: Int64) {
        if line.hasPrefix("QUIT") {
            self.hasQuit = true
            (self.left, self.lastQuit) = (now, now)
        }
        self.trace?("\(self.label) says \(line)")
        self.client?.send(line)
    }

    /// Tells the two clients of an account apart.
    private var label: String { "\(self.name)\(self.number)" }

    /// Reads what came.
    func read(at now: Int64) {
        guard let client else { return }
        for line in client.take() {
            self.trace?("\(self.label) hears \(line)")
            if line.hasPrefix("PING") { client.send("PONG x") }
            if line.contains(" 903 ") { self.register() }
            // Who cannot log in does not come as somebody else.
            if line.contains(" 904 ") || line.contains(" NOTICE * :AUTHENTICATE: ") { return self.disconnect(at: now) }
            self.view.read(line)
        }
    }

    /// Is gone once the other side has closed, after all was read that came before.
    func leaveIfClosed(at now: Int64) {
        if self.client?.isClosed == true { self.disconnect(at: now) }
    }

    func disconnect(at now: Int64) {
        let client = self.client
        self.lose(at: now)
        client?.disconnect()
    }

    /// The process at the other end is no more.
    func lose(at now: Int64) {
        guard self.client != nil else { return }
        self.trace?("\(self.label) is gone")
        self.former.append((self.view, self.pod))
        // Who signed off left then, however late that is taken up.
        if !self.hasQuit {
            self.left = now
            if self.view.isLost, !self.isSignedOffElsewhere { self.wasLost = true }
        }
        self.client = nil
    }

    func set(_ origin: StayOrigin, of channel: String) { self.view.set(origin, of: channel) }
}
