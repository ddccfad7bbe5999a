// The page that does the work which a client was asked for.

import Crypto
import Edge
import NIOCore
import Synchronization
import Tenant
import TestClients
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ProofPageTests {
    private func ask(_ server: any Channel, _ head: String, _ body: String = "", until end: String) async throws
        -> String
    {
        try await Client.talk(to: server) { conversation in
            let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
            try await conversation.send("\(head)\r\n\(length)Connection: close\r\n\r\n\(body)")
            return try await conversation.hear(until: end)
        }
    }

    private func challenge(_ rig: Rig, _ tenant: String = "acme", expires: Int64 = 4_000_000_000) throws
        -> ProofChallenge
    {
        let key = ProofKey(from: rig.secret, tenant: try #require(TenantID(tenant)))
        return key.challenge(for: "192.0.2.1", difficulty: 4, expires: expires, random: .random(in: 0 ... .max))
    }

    @Test func `the page stands on the network's own host, for its own questions, and loads nothing else`() async throws
    {
        try await Rig.run { rig in
            let server = try await HTTPListener(directory: rig.directory, shards: rig.shards, logger: rig.logger)
                .bind(to: Rig.anyPort())
            let path = "/proof/\(try self.challenge(rig).text)"
            let page = try await self.ask(server, "GET \(path) HTTP/1.1\r\nHost: acme.localhost", until: "</html>")
            #expect(page.hasPrefix("HTTP/1.1 200 ") && page.contains("bits = 4"))
            let head = page.lowercased()
            #expect(head.contains("content-security-policy: default-src 'none'; script-src 'nonce-"))
            #expect(head.contains("cache-control: no-store") && head.contains("x-content-type-options: nosniff"))
            #expect(!page.contains("src=") && !page.contains("http://") && !page.contains("https://"))
            let other = try self.challenge(rig, "beta").text
            let old = try self.challenge(rig, expires: 1).text
            for (host, path) in [
                ("acme.localhost", "/proof/\(other)"), ("acme.localhost", "/proof/\(old)"), ("nobody.localhost", path),
                ("beta.localhost", path), ("acme.localhost", "/proof/x"),
            ] {
                let answer = try await self.ask(server, "GET \(path) HTTP/1.1\r\nHost: \(host)", until: "\r\n\r\n404")
                #expect(answer.hasPrefix("HTTP/1.1 404 "), "\(host) \(path)")
            }
        }
    }

    @Test func `an answer is taken once, and a wrong one not at all`() async throws {
        try await Rig.run { rig in
            let server = try await HTTPListener(directory: rig.directory, shards: rig.shards, logger: rig.logger)
                .bind(to: Rig.anyPort())
            let challenge = try self.challenge(rig)
            let right = try #require((0..<100_000).first { challenge.isSolved(by: "\($0)") })
            let wrong = try #require((0..<100_000).first { !challenge.isSolved(by: "\($0)") })
            let head = "POST /proof/\(challenge.text) HTTP/1.1\r\nHost: acme.localhost"
            for (body, status) in [
                ("\(wrong)", "403"), ("x", "403"), (String(repeating: "1", count: 100), "413"), ("\(right)", "200"),
                ("\(right)", "403"),
            ] {
                let answer = try await self.ask(server, head, body, until: "\r\n\r\n\(status)")
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(body)")
            }
        }
    }

    @Test func `who asks too often is told when to come again, and nobody else waits for that`() async throws {
        try await Rig.run { rig in
            let uptime = Mutex<UInt64>(1_000_000_000)
            let pace = RequestPace(uptime: { uptime.withLock { $0 } })
            let entrance = Entrance(
                bound: .max,
                slack: 0,
                waitingOfNetwork: 1024,
                logger: nil,
                lowestFree: { 0 },
                proofRequests: pace
            )
            let server = try await HTTPListener(
                directory: rig.directory,
                shards: rig.shards,
                trustedProxies: try TrustedNetworks(["127.0.0.0/8"]),
                entrance: entrance,
                logger: rig.logger
            ).bind(to: Rig.anyPort())
            let page = "GET /proof/\(try self.challenge(rig).text) HTTP/1.1\r\nHost: acme.localhost"
            func status(from address: String, _ head: String, _ body: String = "") async throws -> String {
                let whole = "\(head)\r\nX-Forwarded-For: \(address)"
                let end = body.isEmpty ? "\r\n\r\n" : "\n"
                return String(try await self.ask(server, whole, body, until: end).prefix(12).suffix(3))
            }
            for _ in 0..<RequestPace.burst { #expect(try await status(from: "192.0.2.1", page) == "200") }
            let refused = try await self.ask(server, "\(page)\r\nX-Forwarded-For: 192.0.2.1", until: "\r\n\r\n429")
            #expect(refused.hasPrefix("HTTP/1.1 429 ") && refused.lowercased().contains("\r\nretry-after: 1\r\n"))
            // Answers are counted with the pages, whatever they are, and so is what asks for nothing that there is.
            let answer = "POST /proof/x HTTP/1.1\r\nHost: nobody.localhost"
            #expect(try await status(from: "192.0.2.1", answer, "1") == "429")
            #expect(try await status(from: "192.0.2.2", page) == "200")
            uptime.withLock { $0 += 1_000_000_000 }
            #expect(try await status(from: "192.0.2.1", page) == "200")
            #expect(try await status(from: "192.0.2.1", page) == "429")
        }
    }
}
