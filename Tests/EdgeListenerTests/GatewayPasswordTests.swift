// The password of web gateways, in a file that may change at any time.

import Edge
import FoundationEssentials
import Logging
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct GatewayPasswordTests {
    @Test func `gateways are believed by the word that their file holds now`() async throws {
        let file = "/tmp/roost-gateway-\(UInt64.random(in: 0...UInt64.max))"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let networks = try TrustedNetworks(["192.0.2.0/24"])
        let gateways = WebGateways(networks: networks, passwordFile: file, logger: logger)
        #expect(!gateways.accepts("") && !gateways.accepts("hunter2"), "there is no file yet")
        try await withThrowingTaskGroup { group in
            group.addTask { try await gateways.run() }
            for (text, word) in [("hunter2\n", "hunter2"), ("hunter3", "hunter3")] {
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                try await until("\(word) to be believed") { gateways.accepts(word) }
            }
            #expect(!gateways.accepts("hunter2"))
            for text in ["", "two words"] {
                try "hunter3".write(toFile: file, atomically: true, encoding: .utf8)
                try await until("it to be believed again") { gateways.accepts("hunter3") }
                try text.write(toFile: file, atomically: true, encoding: .utf8)
                try await until("nobody to be believed") { !gateways.accepts("hunter3") }
                #expect(!gateways.accepts(text))
            }
            group.cancelAll()
        }
    }
}
