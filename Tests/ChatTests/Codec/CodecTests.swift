// Events as bytes: what is written reads back, and no bytes whatever end a process.

import Chat
import IRC
import NIOCore
import Testing

/// Everything that is read from a log, behind one name.
private enum AnyEvent: Hashable {
    case channel(ChannelEvent)
    case user(UserEvent)
    case tenant(TenantEvent)
    case nick(NickEvent)

    enum Kind: CaseIterable, Sendable { case channel, user, tenant, nick }

    var encoded: ByteBuffer {
        switch self {
        case .channel(let event): event.encoded
        case .user(let event): event.encoded
        case .tenant(let event): event.encoded
        case .nick(let event): event.encoded
        }
    }

    init?(_ kind: Kind, _ payload: ByteBuffer) {
        let event: AnyEvent? =
            switch kind {
            case .channel: ChannelEvent(payload).map { .channel($0) }
            case .user: UserEvent(payload).map { .user($0) }
            case .tenant: TenantEvent(payload).map { .tenant($0) }
            case .nick: NickEvent(payload).map { .nick($0) }
            }
        guard let event else { return nil }
        self = event
    }

    static func samples(_ kind: Kind) throws -> [AnyEvent] {
        switch kind {
        case .channel: try Samples.channelEvents().map { .channel($0) }
        case .user: try Samples.userEvents().map { .user($0) }
        case .tenant: try Samples.tenantEvents().map { .tenant($0) }
        case .nick: Samples.nickEvents.map { .nick($0) }
        }
    }

    /// Does with an event what a shard does: shows it and applies it.
    func use(on state: ChannelState) -> [String] {
        guard case .channel(let event) = self else { return [] }
        var state = state
        let updates = state.updates(for: event)
        state.evolve(event)
        guard case .modes(let changes, _) = event else { return updates.map(\.key.name) }
        return changes.parameters + state.modeParameters(showingKey: true)
    }
}

@Suite struct CodecTests {
    @Test(arguments: AnyEvent.Kind.allCases)
    private func `every event reads back as it was written`(kind: AnyEvent.Kind) throws {
        for event in try AnyEvent.samples(kind) { #expect(AnyEvent(kind, event.encoded) == event) }
    }

    @Test(arguments: AnyEvent.Kind.allCases)
    private func `an event cut anywhere is none, or one that can be written again`(kind: AnyEvent.Kind) throws {
        let state = try channel("#Room", [(try person("Bob"), .owner)])
        for event in try AnyEvent.samples(kind) {
            let whole = event.encoded
            for length in 0..<whole.readableBytes {
                try self.check(kind, Array(whole.readableBytesView.prefix(length)), state, "\(event) cut at \(length)")
            }
        }
    }

    /// The line of a message is what is left, so it may be cut; nothing else of an event may.
    @Test(arguments: AnyEvent.Kind.allCases)
    private func `a cut event is told from a whole one`(kind: AnyEvent.Kind) throws {
        for event in try AnyEvent.samples(kind) {
            switch event {
            case .channel(.message), .user(.message): continue
            default: break
            }
            let whole = event.encoded
            for length in 0..<whole.readableBytes {
                #expect(AnyEvent(kind, ByteBuffer(whole.readableBytesView.prefix(length))) == nil)
            }
        }
    }

    @Test(arguments: AnyEvent.Kind.allCases, 0..<12)
    private func `damaged bytes are no event, or one that can be used`(kind: AnyEvent.Kind, seed: Int) throws {
        var random = SeededBytes(seed: UInt64(seed))
        let state = try channel("#Room", [(try person("Bob"), .owner)])
        for event in try AnyEvent.samples(kind) {
            let whole = Array(event.encoded.readableBytesView)
            for _ in 0..<20 {
                var bytes = whole
                for _ in 0...Int.random(in: 0..<3, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: .min ... .max, using: &random)
                }
                try self.check(kind, bytes, state, "\(event), seed \(seed), \(bytes)")
            }
        }
    }

    @Test(arguments: AnyEvent.Kind.allCases, 0..<4)
    private func `random bytes are no event, or one that can be used`(kind: AnyEvent.Kind, seed: Int) throws {
        var random = SeededBytes(seed: UInt64(seed))
        let state = try channel("#Room", [(try person("Bob"), .owner)])
        for _ in 0..<2_000 {
            var bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                // Small numbers are tags, flags and lengths: they lead further in.
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...9, using: &random) : .random(in: .min ... .max, using: &random)
            }
            if bytes.count > 1 {
                bytes[0] = EntryForm.byte(Bool.random(using: &random) ? .passOver : .loadAgain)
                bytes[1] = .random(in: 0...10, using: &random)
            }
            try self.check(kind, bytes, state, "seed \(seed), \(bytes)")
        }
    }

    @Test(arguments: [
        // No switch, two at once, an unknown one.
        (ModeChange.flag([], on: true)), .flag([.secret, .private], on: true),
        .flag(.init(rawValue: 1 << 31), on: false),
        // No value of such a mode.
        .value(.throttle, "5"), .value(.slow, "007"), .value(.forward, ""),
        // No rank, two at once, an unknown one.
        .rank([], SessionID(rawValue: 1), nick: "x", on: true),
        .rank([.host, .voice], SessionID(rawValue: 1), nick: "x", on: true),
        .rank(.init(rawValue: 64), SessionID(rawValue: 1), nick: "x", on: true),
    ])
    func `a change that no letter shows is no change`(change: ModeChange) throws {
        let actor = try Samples.actors()[0]
        #expect(ChannelEvent(ChannelEvent.modes([change], by: actor).encoded) == nil)
    }

    @Test func `an event keeps 255 changes`() throws {
        let actor = try Samples.actors()[0]
        let changes = (1...300).map { ModeChange.limit($0) }
        let written = ChannelEvent.modes(changes, by: actor).encoded
        let read = ChannelEvent(written)
        #expect(read == .modes(Array(changes.prefix(255)), by: actor))
        #expect(read?.encoded == written)
    }

    @Test func `texts keep 65,535 bytes`() {
        var buffer = ByteBuffer()
        buffer.writeText(String(repeating: "x", count: 70_000))
        #expect(buffer.readableBytes == 2 + 65_535)
        #expect(buffer.readText()?.utf8.count == 65_535)
    }

    private func check(
        _ kind: AnyEvent.Kind,
        _ bytes: [UInt8],
        _ state: ChannelState,
        _ context: @autoclosure () -> String
    ) throws {
        guard let event = AnyEvent(kind, ByteBuffer(bytes: bytes)) else { return }
        _ = event.use(on: state)
        #expect(AnyEvent(kind, event.encoded) == event, "\(context())")
    }
}

/// SplitMix64.
struct SeededBytes: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
