import Edge
import NIOCore
import Observability
import Tenant
import TestClients
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HTTPListenerTests {
    private static func request(
        _ path: String = "/irc",
        host: String? = "acme.localhost",
        upgrade: Bool = true,
        protocols: String? = nil,
        more: String = ""
    ) -> String {
        var text = "GET \(path) HTTP/1.1\r\n"
        if let host { text += "Host: \(host)\r\n" }
        if upgrade {
            text += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            text += "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        }
        if let protocols { text += "Sec-WebSocket-Protocol: \(protocols)\r\n" }
        return text + more + "\r\n"
    }

    private static func masked(_ text: String) -> [UInt8] {
        [0x81, 0x80 | UInt8(text.utf8.count), 1, 2, 3, 4] + text.utf8.enumerated().map { $1 ^ UInt8($0 % 4 + 1) }
    }

    private func withServer(
        _ body: (Rig, any Channel) async throws -> Void
    ) async throws {
        try await Rig.run { rig in
            let server = try await HTTPListener(
                directory: rig.directory,
                shards: rig.shards,
                logger: rig.logger
            ).bind(to: Rig.anyPort())
            try await body(rig, server)
        }
    }

    @Test(
        arguments: [
            ("text.ircv3.net", "text.ircv3.net", 0x81), ("binary.ircv3.net, text.ircv3.net", "binary.ircv3.net", 0x82),
        ] as [(String, String, UInt8)]
    )
    func `a client speaks IRC in messages, in the protocol that it asked for first`(
        asked: String,
        agreed: String,
        first: UInt8
    ) async throws {
        try await self.withServer { _, server in
            let heard = try await Client.talk(to: server) { conversation in
                // The first line comes in one segment with the request.
                let request = Self.request(host: "ACME.localhost:8080", protocols: asked)
                try await conversation.send(Array(request.utf8) + Self.masked("CAP LS 302"))
                _ = try await conversation.hear(until: "CAP * LS")
                return conversation.heard
            }
            let head = String(decoding: heard, as: UTF8.self)
            #expect(head.hasPrefix("HTTP/1.1 101 "))
            // The example of RFC 6455 section 1.3.
            #expect(head.lowercased().contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=\r\n"))
            #expect(head.contains("Sec-WebSocket-Protocol: \(agreed)\r\n"))
            let end = try #require(head.utf8.firstRange(of: "\r\n\r\n".utf8))
            let frames = Array(heard.dropFirst(head.utf8.distance(from: head.startIndex, to: end.upperBound)))
            #expect(frames.first == first)
            #expect(!frames.contains(UInt8(ascii: "\n")))
        }
    }

    @Test func `a client that asks for no protocol gets text`() async throws {
        try await self.withServer { _, server in
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(Self.request())
                try await conversation.send(Self.masked("CAP LS 302"))
                return try await conversation.hear(until: "CAP * LS")
            }
            #expect(answer.hasPrefix("HTTP/1.1 101 "))
            #expect(!answer.lowercased().contains("sec-websocket-protocol"))
            #expect(answer.contains(":acme.localhost CAP * LS"))
        }
    }

    @Test(arguments: [
        (request(host: "nobody.localhost"), "404 Not Found"), (request(host: nil), "404 Not Found"),
        (request(host: ""), "404 Not Found"), (request(host: "beta.localhost"), "403 Forbidden"),
        (request("/other"), "404 Not Found"),
        (request("/", upgrade: false), "404 Not Found"), (request(upgrade: false), "426 Upgrade Required"),
        (request(host: "nobody.localhost", upgrade: false), "404 Not Found"),
    ])
    func `what cannot become a connection is told why, as text`(request: String, status: String) async throws {
        try await self.withServer { _, server in
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(request)
                return try await conversation.hear(until: "\r\n\r\n\(status)\n")
            }
            #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"))
            #expect(answer.hasSuffix("\r\n\r\n\(status)\n"))
            #expect(answer.lowercased().contains("\r\ndate: "))
        }
    }

    @Test(arguments: [
        ("http://acme.localhost/irc", "nobody.localhost"), ("ws://acme.localhost:80/irc?x", "beta.localhost"),
        ("HTTPS://ACME.localhost/irc", ""),
    ])
    func `a target in absolute form names the host, whatever the field says`(target: String, host: String) async throws
    {
        try await self.withServer { _, server in
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(Self.request(target, host: host))
                try await conversation.send(Self.masked("CAP LS 302"))
                return try await conversation.hear(until: "CAP * LS")
            }
            #expect(answer.contains(":acme.localhost CAP * LS"))
        }
    }

    @Test(arguments: [
        (NamelessClients.Rule.belong(to: "acme"), "127.0.0.1:8080", "101"), (.firstByName, "[::1]", "101"),
        (.refused, "127.0.0.1", "404"), (.belong(to: "acme"), "nobody.localhost", "404"),
        (.belong(to: "acme"), "1.2.3", "404"),
    ])
    func `who comes by an address belongs to the tenant that was named for these`(
        rule: NamelessClients.Rule,
        host: String,
        status: String
    ) async throws {
        try await Rig.run { rig in
            let server = try await HTTPListener(
                directory: rig.directory,
                shards: rig.shards,
                nameless: NamelessClients(rule),
                logger: rig.logger
            ).bind(to: Rig.anyPort())
            for target in ["/", "/irc"] {
                let answer = try await Client.talk(to: server) { conversation in
                    try await conversation.send(Self.request(target, host: host))
                    return try await conversation.hear(until: "\r\n\r\n")
                }
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(target): \(answer)")
            }
        }
    }

    @Test(arguments: [
        "http://", "http:///irc", "http://user@acme.localhost/irc", "ftp://acme.localhost/irc", "acme/irc",
    ])
    func `a target that is no path is none`(target: String) async throws {
        try await self.withServer { _, server in
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(Self.request(target, upgrade: false))
                return try await conversation.hear(until: "\r\n\r\n")
            }
            #expect(answer.hasPrefix("HTTP/1.1 40"), "\(answer)")
        }
    }

    @Test(arguments: [("/irc", "426 Upgrade Required"), ("/x", "404 Not Found")])
    func `HEAD is answered as GET without the body`(target: String, status: String) async throws {
        try await self.withServer { _, server in
            func head(_ method: String) async throws -> (head: String, body: String) {
                let request = Self.request(target, upgrade: false, more: "Connection: close\r\n")
                let answer = try await Client.talk(to: server) { conversation in
                    try await conversation.send(request.replacing("GET", with: method))
                    return String(decoding: try await conversation.hearAll(), as: UTF8.self)
                }
                let end = try #require(answer.firstRange(of: "\r\n\r\n"))
                let lines = answer[..<end.lowerBound].split(separator: "\r\n").filter {
                    !$0.lowercased().hasPrefix("date:")
                }
                return (lines.sorted().joined(separator: "\n"), String(answer[end.upperBound...]))
            }
            let (get, other) = (try await head("GET"), try await head("HEAD"))
            #expect(get.body == status + "\n" && other.body.isEmpty)
            #expect(get.head == other.head && get.head.contains("HTTP/1.1 \(status)"))
        }
    }

    @Test(arguments: [
        request(host: "acme.localhost\r\nHost: beta.localhost"), "NICK dan\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        request(upgrade: false, more: "X: " + String(repeating: "x", count: 20_000) + "\r\n"),
    ])
    func `what is no request gets no service`(request: String) async throws {
        try await self.withServer { _, server in
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(request)
                return String(decoding: try await conversation.hearAll(), as: UTF8.self)
            }
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        }
    }

    @Test(arguments: [("", ""), ("GET /x HTTP/1.1\r\nHost: a", ""), (request("/x", upgrade: false), "404 Not Found\n")])
    func `who hangs up after a request is answered, who does before its end is let go at once`(
        said: String,
        answer: String
    ) async throws {
        try await Rig.run { rig in
            var listener = HTTPListener(directory: rig.directory, shards: rig.shards, logger: rig.logger)
            listener.arrivalTimeout = .hours(1)
            let heard = try await Client.talk(to: try await listener.bind(to: Rig.anyPort())) { conversation in
                try await conversation.send(said)
                conversation.finish()
                return String(decoding: try await conversation.hearAll(), as: UTF8.self)
            }
            #expect(answer.isEmpty ? heard.isEmpty : heard.hasSuffix(answer))
        }
    }

    @Test(arguments: [
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8"), ("nonce", "x"), ("GET", "POST"),
        ("Upgrade: websocket", "Upgrade: h2c"),
    ])
    func `what asks for another protocol is told what there is`(good: String, bad: String) async throws {
        try await self.withServer { _, server in
            let request = Self.request().replacing(
                good.contains("nonce") ? "dGhlIHNhbXBsZSBub25jZQ==" : good,
                with: bad
            )
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(request)
                return String(decoding: try await conversation.hearAll(), as: UTF8.self)
            }
            let status = bad == "POST" ? "404 Not Found" : "426 Upgrade Required"
            #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"))
            #expect(bad == "POST" || answer.lowercased().contains("\r\nsec-websocket-version: 13\r\n"))
        }
    }

    @Test func `a deleted tenant's host is as unknown as any`() async throws {
        try await self.withServer { rig, server in
            rig.directory.replace(.empty)
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(Self.request())
                return try await conversation.hear(until: "\n404 Not Found\n")
            }
            #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        }
    }

    @Test func `a connection serves one request after the other`() async throws {
        try await self.withServer { _, server in
            let answer = try await Client.talk(to: server) { conversation in
                try await conversation.send(Self.request(upgrade: false))
                _ = try await conversation.hear(until: "426 Upgrade Required\n")
                try await conversation.send(Self.request("/x", upgrade: false))
                return try await conversation.hear(until: "404 Not Found\n")
            }
            #expect(answer.hasSuffix("404 Not Found\n"))
        }
    }

    @Test func `requests are measured by route, and no client makes up a label`() async throws {
        try await Rig.run { rig in
            let registry = MetricsRegistry()
            let server = try await HTTPListener(
                directory: rig.directory,
                shards: rig.shards,
                requestTimes: Latencies(registry).request,
                logger: rig.logger
            ).bind(to: Rig.anyPort())
            for line in ["GET /irc", "GET /secret/a", "GET /secret/b", "PROPFIND /irc"] {
                _ = try await Client.talk(to: server) { conversation in
                    let fields = "Host: acme.localhost\r\nConnection: close\r\n"
                    try await conversation.send("\(line) HTTP/1.1\r\n\(fields)\r\n")
                    return try await conversation.hearAll()
                }
            }
            let counts = await registry.render().split(separator: "\n").filter {
                $0.hasPrefix("roost_http_request_seconds_count")
            }
            #expect(
                counts == [
                    #"roost_http_request_seconds_count{method="GET",route="/irc",status="426"} 1"#,
                    #"roost_http_request_seconds_count{method="GET",route="NotFound",status="404"} 2"#,
                    #"roost_http_request_seconds_count{method="other",route="NotFound",status="404"} 1"#,
                ]
            )
        }
    }

    @Test func `over TLS, the certificate is the host's and unknown names get the alert`() async throws {
        try await Rig.run { rig in
            let authority = try DevelopmentAuthority.ephemeral()
            let certificates = try CertificateStore(authority: authority, logger: rig.logger)
            let server = try await HTTPListener(
                directory: rig.directory,
                shards: rig.shards,
                certificates: certificates,
                logger: rig.logger
            ).bind(to: Rig.anyPort())
            let tls = try Client.TLS(roots: authority.certificatePEM, serverName: "acme.localhost")
            let answer = try await Client.talk(to: server, tls: tls) { conversation in
                try await conversation.send(Array(Self.request().utf8) + Self.masked("CAP LS 302"))
                return try await conversation.hear(until: "CAP * LS")
            }
            #expect(answer.contains(":acme.localhost CAP * LS"))
            // The server name says whose connection it is, in each of its requests.
            for first in ["", "GET /x HTTP/1.1\r\nHost: acme.localhost\r\n\r\n"] {
                let misdirected = try await Client.talk(to: server, tls: tls) { conversation in
                    if !first.isEmpty {
                        try await conversation.send(first)
                        _ = try await conversation.hear(until: "404 Not Found\n")
                    }
                    try await conversation.send("GET /irc HTTP/1.1\r\nHost: beta.localhost\r\n\r\n")
                    return String(decoding: try await conversation.hearAll(), as: UTF8.self)
                }
                #expect(misdirected.contains("HTTP/1.1 421 Misdirected Request\r\n"))
            }
            let refused = try await Client.talk(to: server) { conversation in
                try await conversation.send(ClientHello.bytes(serverName: "nobody.localhost"))
                return try await conversation.hearAll()
            }
            #expect(refused == [21, 3, 3, 0, 2, 2, 112])
        }
    }

    @Test(arguments: [
        ("10.0.0.1", ["198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["203.0.113.5, 198.51.100.9"], "198.51.100.9"),
        ("10.0.0.1", ["198.51.100.9, 10.0.0.2"], "198.51.100.9"),
        ("10.0.0.1", ["198.51.100.9", "10.0.0.2 "], "198.51.100.9"),
        ("10.0.0.1", ["10.0.0.7"], "10.0.0.7"), ("10.0.0.1", [], "10.0.0.1"), ("10.0.0.1", ["junk"], "10.0.0.1"),
        ("10.0.0.1", ["[2001:db8::1]:443"], "2001:db8::1"), ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.1", ["198.51.100.9:5000"], "198.51.100.9"),
        ("192.0.2.1", ["198.51.100.9"], "192.0.2.1"),
    ])
    func `the client is the last address that no trusted proxy has`(
        peer: String,
        fields: [String],
        client: String
    ) throws {
        let found = ForwardedClient.address(
            peer: IPAddress(peer),
            fields: fields,
            trusted: try TrustedNetworks(["10.0.0.0/8"])
        )
        #expect(found?.description == client)
    }
}

@Suite(.timeLimit(.minutes(2)))
struct OperationsListenerTests {
    @Test func `metrics, liveness and readiness are told`() async throws {
        try await Rig.run { rig in
            let metrics = MetricsRegistry()
            metrics.counter("roost_starts_total", help: "Starts.").add()
            let readiness = Readiness(["store"])
            let server = try await OperationsListener(metrics: metrics, readiness: readiness, logger: rig.logger)
                .bind(to: Rig.anyPort())
            @Sendable func get(_ path: String) async throws -> String {
                let bytes = try await Client.talk(to: server) { conversation in
                    try await conversation.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    return try await conversation.hearAll()
                }
                return String(decoding: bytes, as: UTF8.self)
            }
            let text = try await get("/metrics")
            #expect(text.lowercased().contains("\r\ncontent-type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(
                text.hasSuffix(
                    "\r\n\r\n# HELP roost_starts_total Starts.\n# TYPE roost_starts_total counter\nroost_starts_total 1\n"
                )
            )
            #expect(try await get("/livez").hasPrefix("HTTP/1.1 200 OK\r\n"))
            let unready = try await get("/readyz")
            #expect(unready.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            #expect(unready.hasSuffix("\r\n\r\nstore: not yet\n"))
            readiness.met("store")
            #expect(try await get("/readyz").hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(try await get("/").hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        }
    }
}
