// How long a connection lasts is the client's to say, and it is told (RFC 9112 section 9.3).

import Edge
import NIOCore
import Observability
import TestClients
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct PersistenceTests {
    /// A listener that speaks HTTP.
    enum Listener: CaseIterable {
        case clients, clientsOverTLS, operations
    }

    /// Whoever waits for the end in vain waits for a minute, which is when a silent connection is closed anyway.
    private static let patience = TimeAmount.seconds(20)

    private func answer(
        _ listener: Listener,
        _ body: @escaping @Sendable (inout Client.Conversation) async throws -> String
    ) async throws -> String {
        var answer = ""
        try await Rig.run { rig in
            var tls: Client.TLS?
            let server: any Channel
            switch listener {
            case .clients:
                server = try await HTTPListener(directory: rig.directory, shards: rig.shards, logger: rig.logger)
                    .bind(to: Rig.anyPort())
            case .clientsOverTLS:
                let certificates = try CertificateStore(authority: .ephemeral(), logger: rig.logger)
                tls = try Client.TLS(roots: nil, serverName: "acme.localhost")
                server = try await HTTPListener(
                    directory: rig.directory,
                    shards: rig.shards,
                    certificates: certificates,
                    logger: rig.logger
                ).bind(to: Rig.anyPort())
            case .operations:
                server = try await OperationsListener(
                    metrics: MetricsRegistry(),
                    readiness: Readiness(),
                    logger: rig.logger
                ).bind(to: Rig.anyPort())
            }
            answer = try await within(Self.patience) { [tls] in try await Client.talk(to: server, tls: tls, body) }
        }
        return answer
    }

    @Test(
        arguments: Listener.allCases,
        [
            "GET /none HTTP/1.0\r\n\r\n", "GET /none HTTP/1.0\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n",
            "HEAD /none HTTP/1.0\r\n\r\n", "GET /none HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n",
            "GET /none HTTP/1.1\r\nHost: acme.localhost\r\nConnection: Close, TE\r\n\r\n",
            "POST /none HTTP/1.0\r\nContent-Length: 3\r\n\r\nabcGET /none HTTP/1.0\r\n\r\n",
        ]
    )
    func `the last request of a connection is answered, and the connection ends`(
        listener: Listener,
        request: String
    ) async throws {
        let answer = try await self.answer(listener) { conversation in
            try await conversation.send(request)
            return String(decoding: try await conversation.hearAll(), as: UTF8.self)
        }
        #expect(answer.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(answer.ranges(of: "HTTP/1.").count == 1, "it is answered once")
    }

    @Test(
        arguments: Listener.allCases,
        [
            ("GET /none HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
            ("GET /none HTTP/1.1\r\nHost: acme.localhost\r\n\r\n", false),
        ]
    )
    func `a connection that may stay serves another request`(
        listener: Listener,
        request: (text: String, isToldSo: Bool)
    ) async throws {
        let answer = try await self.answer(listener) { conversation in
            try await conversation.send(request.text)
            let first = try await conversation.hear(until: "404 Not Found\n")
            try await conversation.send("GET /again HTTP/1.0\r\n\r\n")
            let all = String(decoding: try await conversation.hearAll(), as: UTF8.self)
            #expect(!first.lowercased().contains("\r\nconnection: close\r\n"))
            return all
        }
        #expect(answer.lowercased().contains("\r\nconnection: keep-alive\r\n") == request.isToldSo)
        #expect(answer.ranges(of: "HTTP/1.1 404 Not Found\r\n").count == 2)
    }

    @Test(
        arguments: Listener.allCases,
        ["", "GET /none HTTP/1.1\r\nHost: acme.localhost\r\n\r\n"].flatMap { before in
            ["NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 200_000))\r\n\r\n"].map {
                (before, $0)
            }
        }
    )
    func `what cannot be read is told so, however much of it there is, and the connection ends`(
        listener: Listener,
        said: (before: String, nonsense: String)
    ) async throws {
        let answer = try await self.answer(listener) { conversation in
            if !said.before.isEmpty {
                try await conversation.send(said.before)
                _ = try await conversation.hear(until: "404 Not Found\n")
            }
            try? await conversation.send(said.nonsense)
            return String(decoding: try await conversation.hearAll(), as: UTF8.self)
        }
        let start = try #require(answer.ranges(of: "HTTP/1.1 ").last?.upperBound, "\(answer)")
        let last = answer[start...]
        #expect(last.hasPrefix("400 Bad Request\r\n"))
        #expect(last.lowercased().contains("\r\nconnection: close\r\n"))
    }
}
