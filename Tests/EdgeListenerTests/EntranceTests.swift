// Who is let in while the process has no room, or while too many of one network are not known yet.

import Edge
import NIOCore
import NIOPosix
import Observability
import Synchronization
import TestClients
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct EntranceTests {
    /// The descriptors that are open, as the test says.
    private final class Descriptors: Sendable {
        let count = Atomic(0)
    }

    private static func entrance(
        _ descriptors: Descriptors = Descriptors(),
        slack: Int = 2,
        waitingOfNetwork: Int = 100
    ) -> Entrance {
        Entrance(bound: 10, slack: slack, waitingOfNetwork: waitingOfNetwork, logger: nil) {
            descriptors.count.load(ordering: .relaxed)
        }
    }

    private static func value(_ name: String, of entrance: Entrance) -> Double? {
        entrance.families.first { $0.name == name }?.samples.first?.value
    }

    /// A connection that says no more than a proxy says of it.
    private static func silent(
        to server: any Channel,
        from address: String,
        in rig: Rig
    ) async throws -> any Channel {
        let local = try #require(server.localAddress)
        let channel = try await ClientBootstrap(group: rig.group).connect(to: local).get()
        let version = address.contains(":") ? "TCP6" : "TCP4"
        let header = "PROXY \(version) \(address) \(version == "TCP6" ? "2001:db8::9" : "10.0.0.1") 1 2\r\n"
        try await channel.writeAndFlush(ByteBuffer(string: header))
        return channel
    }

    private static func secure(_ entrance: Entrance, in rig: Rig) async throws -> any Channel {
        try await TLSListener(
            directory: rig.directory,
            certificates: CertificateStore(authority: .ephemeral(), logger: rig.logger),
            trustedProxies: TrustedNetworks(["127.0.0.0/8"]),
            shards: rig.shards,
            entrance: entrance
        ).bind(to: Rig.anyPort())
    }

    private static func plain(_ entrance: Entrance, in rig: Rig) async throws -> any Channel {
        try await PlainListener(
            directory: rig.directory,
            nameless: NamelessClients(.belong(to: "acme")),
            shards: rig.shards,
            entrance: entrance
        ).bind(to: Rig.anyPort())
    }

    @Test func `descriptors are looked at once for some connections, and accepting stops so many late at most`()
        async throws
    {
        try await Rig.run { rig in
            let entrance = Entrance(bound: 10, slack: 1, looksEvery: 3, waitingOfNetwork: 100, logger: nil) { 10 }
            let irc = try await Self.plain(entrance, in: rig)
            let address = try #require(irc.localAddress)
            for count in 1...2 {
                _ = try await ClientBootstrap(group: rig.group).connect(to: address).get()
                try await until("\(count) to be in") { Self.value("roost_open_sockets", of: entrance) == Double(count) }
            }
            #expect(Self.value("roost_accept_pauses_total", of: entrance) == 0)
            _ = try await ClientBootstrap(group: rig.group).connect(to: address).get()
            try await until("accepting to stop") { Self.value("roost_accept_pauses_total", of: entrance) == 1 }
        }
    }

    @Test func `no listener accepts while there is no room, and all do once some connections have ended`() async throws
    {
        try await Rig.run { rig in
            let descriptors = Descriptors()
            let entrance = Self.entrance(descriptors, slack: 3)
            let irc = try await Self.plain(entrance, in: rig)
            let http = try await HTTPListener(
                directory: rig.directory,
                shards: rig.shards,
                entrance: entrance,
                logger: rig.logger
            ).bind(to: Rig.anyPort())
            let address = try #require(irc.localAddress)
            var inside: [any Channel] = []
            for nick in ["ann", "ben", "cid"] {
                let channel = try await ClientBootstrap(group: rig.group).connect(to: address).get()
                try await channel.writeAndFlush(ByteBuffer(string: "NICK \(nick)\r\nUSER u 0 * :U\r\n"))
                inside.append(channel)
            }
            // Whoever is known is not closed to make room.
            try await until("three that are known") {
                Self.value("roost_open_sockets", of: entrance) == 3
                    && Self.value("roost_waiting_sockets", of: entrance) == 0
            }
            descriptors.count.store(10, ordering: .relaxed)
            inside.append(try await ClientBootstrap(group: rig.group).connect(to: address).get())
            try await until("accepting to stop") { Self.value("roost_accepting", of: entrance) == 0 }
            #expect(Self.value("roost_open_sockets", of: entrance) == 4, "the one that took the last place stays")
            // Both listeners are on one loop: this comes after they have heard of it.
            try await rig.group.next().submit {}.get()
            // The kernel lets them connect; nobody answers until three have gone.
            async let overIRC = Client.talk(to: irc) { conversation in
                try await conversation.send("CAP LS 302\r\n")
                return (try await conversation.hear(until: "CAP * LS"), descriptors.count.load(ordering: .relaxed))
            }
            async let overHTTP = Client.talk(to: http) { conversation in
                try await conversation.send("GET /x HTTP/1.0\r\n\r\n")
                return (try await conversation.hear(until: "404 Not Found"), descriptors.count.load(ordering: .relaxed))
            }
            for channel in inside[..<2] { try await channel.close() }
            try await until("two to have gone") { Self.value("roost_open_sockets", of: entrance) == 2 }
            #expect(Self.value("roost_accepting", of: entrance) == 0, "two are not enough")
            descriptors.count.store(5, ordering: .relaxed)
            try await inside[2].close()
            let heard = try await [overIRC, overHTTP]
            #expect(heard[0].0.contains("CAP * LS") && heard[1].0.contains("404 Not Found"))
            #expect(heard.map(\.1) == [5, 5], "they were answered once there was room")
            #expect(Self.value("roost_accepting", of: entrance) == 1)
            #expect(Self.value("roost_accept_pauses_total", of: entrance) == 1)
        }
    }

    @Test func `who is closed to make room leaves gaps among the descriptors, and no more come in for that`()
        async throws
    {
        try await Rig.run { rig in
            let descriptors = Descriptors()
            let entrance = Self.entrance(descriptors)
            let irc = try await Self.plain(entrance, in: rig)
            let address = try #require(irc.localAddress)
            for count in 1...3 {
                _ = try await ClientBootstrap(group: rig.group).connect(to: address).get()
                try await until("\(count) to be in") { Self.value("roost_open_sockets", of: entrance) == Double(count) }
            }
            // Six of the process itself, and four of clients.
            descriptors.count.store(10, ordering: .relaxed)
            _ = try await ClientBootstrap(group: rig.group).connect(to: address).get()
            try await until("two to make room") { Self.value("roost_waiting_shed_total", of: entrance) == 2 }
            // A gap stays all the time: nobody sees that there is no room.
            descriptors.count.store(1, ordering: .relaxed)
            for turn in 2...5 {
                try await until("accepting to go on") { Self.value("roost_accepting", of: entrance) == 1 }
                for _ in 1...2 { _ = try await ClientBootstrap(group: rig.group).connect(to: address).get() }
                try await until("two more to make room") {
                    Self.value("roost_waiting_shed_total", of: entrance) == Double(2 * turn)
                }
            }
            #expect(Self.value("roost_accept_pauses_total", of: entrance) == 5)
        }
    }

    @Test func `when room gets scarce, who waits of the network that has most waiting goes, the oldest first`()
        async throws
    {
        try await Rig.run { rig in
            let descriptors = Descriptors()
            let entrance = Self.entrance(descriptors)
            let server = try await Self.secure(entrance, in: rig)
            var waiting: [any Channel] = []
            for address in ["192.0.2.1", "192.0.2.2", "192.0.2.2", "192.0.2.2", "192.0.2.3"] {
                waiting.append(try await Self.silent(to: server, from: address, in: rig))
                let count = Double(waiting.count)
                try await until("it to wait") { Self.value("roost_waiting_sockets", of: entrance) == count }
            }
            descriptors.count.store(10, ordering: .relaxed)
            let last = try await Self.silent(to: server, from: "192.0.2.4", in: rig)
            // Two go, which is what it takes for accepting to go on.
            try await waiting[1].closeFuture.get()
            try await waiting[2].closeFuture.get()
            descriptors.count.store(5, ordering: .relaxed)
            try await until("accepting to go on") { Self.value("roost_accepting", of: entrance) == 1 }
            #expect(Self.value("roost_waiting_shed_total", of: entrance) == 2)
            for index in [0, 3, 4] { #expect(waiting[index].isActive) }
            #expect(last.isActive)
        }
    }

    @Test(arguments: [
        (["192.0.2.1", "192.0.2.1", "192.0.2.1"], [2]), (["192.0.2.1", "192.0.2.1", "192.0.2.2"], []),
        (["2001:db8::1", "2001:db8::2", "2001:db8::3"], [2]), (["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"], []),
    ])
    func `of one network only so many wait to be known, by the address that a trusted proxy gives`(
        addresses: [String],
        refused: [Int]
    ) async throws {
        try await Rig.run { rig in
            let entrance = Self.entrance(waitingOfNetwork: 2)
            let server = try await Self.secure(entrance, in: rig)
            var channels: [any Channel] = []
            for (index, address) in addresses.enumerated() {
                channels.append(try await Self.silent(to: server, from: address, in: rig))
                let count = Double(index + 1)
                try await until("it to be seen") {
                    let waiting = Self.value("roost_waiting_sockets", of: entrance) ?? 0
                    return waiting + (Self.value("roost_waiting_refused_total", of: entrance) ?? 0) == count
                }
            }
            for index in refused { try await channels[index].closeFuture.get() }
            for index in channels.indices where !refused.contains(index) { #expect(channels[index].isActive) }
            // A place that was left is another's.
            try await channels[0].close()
            try await until("the place") {
                Self.value("roost_waiting_sockets", of: entrance) == Double(addresses.count - refused.count - 1)
            }
            let next = try await Self.silent(to: server, from: addresses[0], in: rig)
            try await until("the next one") {
                Self.value("roost_waiting_sockets", of: entrance) == Double(addresses.count - refused.count)
            }
            #expect(next.isActive)
        }
    }

    @Test func `whoever is known takes no place of those who wait`() async throws {
        try await Rig.run { rig in
            let entrance = Self.entrance(waitingOfNetwork: 1)
            let server = try await Self.plain(entrance, in: rig)
            let address = try #require(server.localAddress)
            for nick in ["ann", "ben", "cid"] {
                let channel = try await ClientBootstrap(group: rig.group).connect(to: address).get()
                try await channel.writeAndFlush(ByteBuffer(string: "NICK \(nick)\r\nUSER u 0 * :U\r\n"))
                try await until("\(nick) to be known") {
                    Self.value("roost_open_sockets", of: entrance) != 0
                        && Self.value("roost_waiting_sockets", of: entrance) == 0
                }
                #expect(channel.isActive)
            }
            #expect(Self.value("roost_waiting_refused_total", of: entrance) == 0)
        }
    }

    @Test func `who has not registered waits, whatever was said before`() async throws {
        try await Rig.run { rig in
            let entrance = Self.entrance(waitingOfNetwork: 2)
            let server = try await PlainListener(
                directory: rig.directory,
                nameless: NamelessClients(.belong(to: "acme")),
                trustedProxies: TrustedNetworks(["127.0.0.0/8"]),
                shards: rig.shards,
                entrance: entrance
            ).bind(to: Rig.anyPort())
            let first = try await Self.silent(to: server, from: "192.0.2.1", in: rig)
            try await first.writeAndFlush(ByteBuffer(string: "CAP LS 302\r\nNICK ann\r\n"))
            let second = try await Self.silent(to: server, from: "192.0.2.1", in: rig)
            try await until("both to wait") { Self.value("roost_waiting_sockets", of: entrance) == 2 }
            let header = Array("PROXY TCP4 192.0.2.1 10.0.0.1 1 2\r\n".utf8)
            let refused = try await Client.talk(to: server, prefix: header) { try await $0.hearAll() }
            #expect(String(decoding: refused, as: UTF8.self).contains("Too many connections from your address"))
            try await first.writeAndFlush(ByteBuffer(string: "USER u 0 * :U\r\nCAP END\r\n"))
            try await until("one to be known") { Self.value("roost_waiting_sockets", of: entrance) == 1 }
            let third = try await Self.silent(to: server, from: "192.0.2.1", in: rig)
            try await until("another to wait") { Self.value("roost_waiting_sockets", of: entrance) == 2 }
            for channel in [first, second, third] { #expect(channel.isActive) }
        }
    }
}
