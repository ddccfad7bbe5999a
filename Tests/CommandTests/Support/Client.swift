import Chat
import Simulation
import StateStore

/// Somebody in a test: sends lines and reads what comes.
struct Client {
    let harness: CommandHarness
    let wire: SimulatedClient

    /// Sends lines, lets them come to their end, and reads.
    func send(_ lines: String...) async -> [Line] {
        for line in lines { self.wire.send(line) }
        return await self.hears()
    }

    /// Sends lines that are carried out as far as they are at once; nobody else hears of it yet.
    func begin(_ lines: String...) { for line in lines { self.wire.send(line) } }

    /// Everything that came since the last time.
    func hears() async -> [Line] {
        await self.harness.settle()
        return self.wire.take().map { Line($0) }
    }

    /// The answer to a labelled command.
    func ask(_ label: String, _ line: String) async -> Answer {
        let rest = line.hasPrefix("@") ? ";" + line.dropFirst() : " " + line
        return Answer(label, in: await self.send("@label=\(label)\(rest)"))
    }

    var isClosed: Bool { self.wire.isClosed }
}

extension CommandHarness {
    /// Somebody who has not registered.
    func stranger(shard: Int = 0, address: String = "192.0.2.1", isSecure: Bool = true) -> Client {
        Client(harness: self, wire: self.connect(shard: shard, address: address, isSecure: isSecure))
    }

    /// Somebody on the network, and in some channels.
    func client(
        _ nick: String,
        shard: Int = 0,
        _ capabilities: String = "",
        address: String = "192.0.2.1",
        in channels: String...
    ) async -> Client {
        let wire = await self.join(nick, shard: shard, capabilities: capabilities, address: address)
        let client = Client(harness: self, wire: wire)
        for channel in channels { _ = await client.send("JOIN \(channel)") }
        return client
    }

    /// Some who come into a channel one after the other; the first owns it.
    ///
    /// What they were told on the way is read.
    func room(_ channel: String, _ nicks: String..., shard: (Int) -> Int = { _ in 0 }) async -> [Client] {
        var clients: [Client] = []
        for (index, nick) in nicks.enumerated() {
            clients.append(await self.client(nick, shard: shard(index), in: channel))
        }
        for client in clients { _ = await client.hears() }
        return clients
    }

    /// An account with every right, called `boss`, whose password is `sesame`.
    func boss(_ nick: String = "boss", shard: Int = 0, _ capabilities: String = "") async -> Client {
        self.accounts.add("boss", password: "sesame", role: .admin)
        let client = await self.client(nick, shard: shard, capabilities)
        _ = await client.send("OPER boss sesame")
        return client
    }
}

extension [Client] {
    /// What came to all of them until now is read.
    func listen() async { for client in self { _ = await client.hears() } }
}

/// All capabilities that change what a client is told.
let everyCapability =
    "account-notify account-tag away-notify batch chghost echo-message extended-join invite-notify labeled-response "
    + "message-tags multi-prefix server-time setname standard-replies userhost-in-names"
