// Changes of a channel's registration as bytes. Numbers are never used for something else once released.

import NIOCore

extension RegistrationChange {
    func encode(into buffer: inout ByteBuffer) {
        switch self {
        case .founder(let account, let since):
            buffer.writeInteger(1 as UInt8)
            account.encode(into: &buffer)
            buffer.writeInteger(since)
        case .dropped: buffer.writeInteger(2 as UInt8)
        case .successor(let account):
            buffer.writeInteger(3 as UInt8)
            buffer.writeFlag(account != nil)
            account?.encode(into: &buffer)
        case .level(let folded, let level):
            buffer.writeInteger(4 as UInt8)
            buffer.writeText(folded)
            buffer.writeFlag(level != nil)
            level?.encode(into: &buffer)
        case .autoKick(let mask, let entry):
            buffer.writeInteger(5 as UInt8)
            buffer.writeText(mask)
            buffer.writeFlag(entry != nil)
            entry?.encode(into: &buffer)
        case .modeLock(let lock):
            buffer.writeInteger(6 as UInt8)
            buffer.writeFlag(lock != nil)
            lock?.encode(into: &buffer)
        case .topicLock(let isOn):
            buffer.writeInteger(7 as UInt8)
            buffer.writeFlag(isOn)
        case .description(let text):
            buffer.writeInteger(8 as UInt8)
            buffer.writeOptionalText(text)
        case .isPrivate(let isOn):
            buffer.writeInteger(9 as UInt8)
            buffer.writeFlag(isOn)
        case .used(let time):
            buffer.writeInteger(10 as UInt8)
            buffer.writeInteger(time)
        }
    }

    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote.
    init?(from buffer: inout ByteBuffer) {
        guard let tag = buffer.readInteger(as: UInt8.self), let change = Self.read(tag, &buffer) else { return nil }
        self = change
    }

    private static func read(_ tag: UInt8, _ buffer: inout ByteBuffer) -> RegistrationChange? {
        switch tag {
        case 1:
            guard let account = AccountReference(from: &buffer), let since = buffer.readInteger(as: Int64.self) else {
                return nil
            }
            return .founder(account, since: since)
        case 2: return .dropped
        case 3:
            guard let isSet = buffer.readFlag() else { return nil }
            if !isSet { return .successor(nil) }
            return AccountReference(from: &buffer).map { .successor($0) }
        case 4:
            guard let folded = buffer.readText(), let isSet = buffer.readFlag() else { return nil }
            if !isSet { return .level(folded: folded, nil) }
            guard let level = ChannelLevel(from: &buffer), level.account.folded == folded else { return nil }
            return .level(folded: folded, level)
        case 5:
            guard let mask = buffer.readText(), let isSet = buffer.readFlag() else { return nil }
            if !isSet { return .autoKick(mask: mask, nil) }
            return AutoKick(mask: mask, from: &buffer).map { .autoKick(mask: mask, $0) }
        case 6:
            guard let isSet = buffer.readFlag() else { return nil }
            if !isSet { return .modeLock(nil) }
            return ModeLock(from: &buffer).map { .modeLock($0) }
        case 7: return buffer.readFlag().map { .topicLock($0) }
        case 8: return buffer.readOptionalText().map { .description($0) }
        case 9: return buffer.readFlag().map { .isPrivate($0) }
        case 10: return buffer.readInteger(as: Int64.self).map { .used($0) }
        default: return nil
        }
    }
}
