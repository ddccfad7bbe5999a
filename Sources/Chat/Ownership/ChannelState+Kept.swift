// What is kept of a registered channel when its log is lost, and how it comes back.

import IRC
import NIOCore

extension ChannelState {
    /// A larger number than any channel has of fields: what says that there are more is damage.
    private static let mostKept: UInt32 = 100_000

    /// Whether an event changes what is kept of a registered channel: all but its members and who is invited.
    package static func isKept(_ event: ChannelEvent) -> Bool {
        switch event {
        case .topic, .metadata, .registration, .renamed, .raid: true
        case .modes(let changes, _):
            changes.contains { if case .rank = $0 { false } else { true } }
        case .joined, .parted, .quit, .kicked, .changed, .invited, .message, .redacted, .knocked, .continued, .restored,
            .awaited:
            false
        }
    }

    /// The fields of what is kept.
    private var keptUpdates: [FieldUpdate] {
        var state = self
        (state.members, state.invited, state.awaited) = (MemberTable(), [], [:])
        return state.allUpdates
    }

    /// What is kept: the number of fields, and of each its section's byte, its name and its value.
    package var kept: [UInt8] { Self.bytes(of: self.keptUpdates) }

    /// What is kept, without the key that who joins has to know.
    ///
    /// - Returns: nil if the bytes are not what ``kept`` wrote.
    package static func withoutKey(kept bytes: [UInt8]) -> [UInt8]? {
        self.updates(kept: bytes).map { updates in self.bytes(of: updates.filter { $0.key != self.keyField }) }
    }

    private static func bytes(of updates: [FieldUpdate]) -> [UInt8] {
        var buffer = ByteBuffer()
        let updates = updates.sorted {
            ($0.key.section.rawValue, $0.key.name) < ($1.key.section.rawValue, $1.key.name)
        }
        buffer.writeInteger(UInt32(clamping: updates.count))
        for update in updates {
            let value = update.value ?? []
            buffer.writeInteger(UInt8(ascii: update.key.section.rawValue))
            buffer.writeText(update.key.name)
            buffer.writeInteger(UInt32(clamping: value.count))
            buffer.writeBytes(value)
        }
        return Array(buffer.readableBytesView)
    }

    /// The fields with which a channel comes back of which this was kept.
    ///
    /// Those of sections that this program does not know are left out.
    ///
    /// - Returns: nil if the bytes are not what ``kept`` wrote.
    package static func updates(kept bytes: [UInt8]) -> [FieldUpdate]? {
        var buffer = ByteBuffer(bytes: bytes)
        guard let count = buffer.readInteger(as: UInt32.self), count <= Self.mostKept else { return nil }
        var updates: [FieldUpdate] = []
        for _ in 0..<count {
            guard let section = buffer.readInteger(as: UInt8.self), let name = buffer.readText(),
                let length = buffer.readInteger(as: UInt32.self),
                let value = buffer.readBytes(length: Int(clamping: length))
            else { return nil }
            guard let section = FieldKey.Section(rawValue: Unicode.Scalar(section)) else { continue }
            updates.append(FieldUpdate(FieldKey(section, name), value))
        }
        return updates
    }
}
