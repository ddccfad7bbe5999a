import Edge
import NIOCore
import Tenant

/// Somebody who connects to one shard again and again, and says what they are told to.
final class Person {
    /// What they call themselves at first.
    let name: String
    let isOperator: Bool
    /// The address behind the cloak.
    let address: String
    let shard: Int
    private(set) var client: SimulatedClient?
    private(set) var view = ClientView()
    private var lastNumber = 0

    init(name: String, isOperator: Bool, address: String, shard: Int) {
        self.name = name
        self.isOperator = isOperator
        self.address = address
        self.shard = shard
    }

    func nextNumber() -> Int {
        self.lastNumber += 1
        return self.lastNumber
    }

    func connect(to tenant: HostedTenant, on shard: ShardClients) {
        let client = SimulatedClient(to: tenant, on: shard, address: self.address)
        self.client = client
        self.view = ClientView()
        client.send(
            "CAP REQ :multi-prefix message-tags echo-message",
            "NICK \(self.name)",
            "USER \(self.name) 0 * :\(self.name)"
        )
        client.send("CAP END")
        if self.isOperator { client.send("OPER boss secret") }
    }

    /// Reads what came.
    func read() {
        guard let client else { return }
        for line in client.take() { self.view.read(line) }
        if client.isClosed { self.disconnect() }
    }

    func disconnect() {
        self.client?.disconnect()
        self.client = nil
    }
}
