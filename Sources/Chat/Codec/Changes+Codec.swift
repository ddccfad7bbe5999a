// Changes of modes and users as bytes.

import IRC
package import NIOCore

extension ModeChange {
    package func encode(into buffer: inout ByteBuffer) {
        switch self {
        case .flag(let mode, let on):
            if let narrow = UInt16(exactly: mode.rawValue) {
                buffer.writeMultipleIntegers(1 as UInt8, narrow)
            } else {
                buffer.writeMultipleIntegers(7 as UInt8, mode.rawValue)
            }
            buffer.writeFlag(on)
        case .key(let key):
            buffer.writeInteger(2 as UInt8)
            buffer.writeOptionalText(key)
        case .limit(let limit):
            buffer.writeInteger(3 as UInt8)
            buffer.writeInteger(Int64(limit ?? -1))
        case .value(let mode, let value):
            buffer.writeInteger(6 as UInt8)
            buffer.writeText(String(mode.rawValue))
            buffer.writeOptionalText(value)
        case .list(let list, let entry, let on):
            // Who does not know of entries that end loads the channel again.
            buffer.writeInteger(entry.until == nil ? 4 : 8 as UInt8)
            buffer.writeText(String(list.rawValue))
            buffer.writeText(entry.mask)
            buffer.writeText(entry.setter)
            buffer.writeInteger(entry.time)
            if let until = entry.until { buffer.writeInteger(until) }
            buffer.writeFlag(on)
        case .rank(let mode, let session, let nick, let on):
            buffer.writeInteger(5 as UInt8)
            buffer.writeInteger(mode.rawValue)
            buffer.writeSession(session)
            buffer.writeText(nick)
            buffer.writeFlag(on)
        }
    }

    package init?(from buffer: inout ByteBuffer) {
        switch buffer.readInteger(as: UInt8.self) {
        case 1:
            guard let bits = buffer.readInteger(as: UInt16.self) else { return nil }
            self.init(flag: UInt32(clamping: bits), from: &buffer)
        case 2:
            guard let key = buffer.readOptionalText() else { return nil }
            self = .key(key)
        case 3:
            guard let limit = buffer.readInteger(as: Int64.self) else { return nil }
            self = .limit(limit < 0 ? nil : ChannelState.limit(nearest: limit))
        case 4: self.init(listFrom: &buffer, ends: false)
        case 8: self.init(listFrom: &buffer, ends: true)
        case 5:
            guard let mode = buffer.readInteger(as: UInt8.self).map(MemberModes.init(rawValue:)),
                MemberModes.ranks.contains(where: { $0.mode == mode }), let session = buffer.readSession(),
                let nick = buffer.readText(), let on = buffer.readFlag()
            else { return nil }
            self = .rank(mode, session, nick: nick, on: on)
        case 6:
            guard let mode = buffer.readText()?.first.flatMap(ValueMode.init(rawValue:)),
                let value = buffer.readOptionalText(),
                value == value.flatMap(mode.value)
            else { return nil }
            self = .value(mode, value)
        case 7:
            guard let bits = buffer.readInteger(as: UInt32.self) else { return nil }
            self.init(flag: bits, from: &buffer)
        default: return nil
        }
    }

    private init?(listFrom buffer: inout ByteBuffer, ends: Bool) {
        guard let list = buffer.readText()?.first.flatMap(ListMode.init(rawValue:)), let mask = buffer.readText(),
            let setter = buffer.readText(), let time = buffer.readInteger(as: Int64.self)
        else { return nil }
        let until = ends ? buffer.readInteger(as: Int64.self) : nil
        guard ends == (until != nil), let on = buffer.readFlag() else { return nil }
        self = .list(list, ListEntry(mask: mask, setter: setter, time: time, until: until), on: on)
    }

    private init?(flag bits: UInt32, from buffer: inout ByteBuffer) {
        let mode = ChannelModes(rawValue: bits)
        // One switch that has a letter: what cannot be shown is not applied either.
        guard ChannelModes.letters.contains(where: { $0.mode == mode }), let on = buffer.readFlag() else { return nil }
        self = .flag(mode, on: on)
    }
}

extension UserChange {
    package func encode(into buffer: inout ByteBuffer) {
        switch self {
        case .nick(let nick):
            buffer.writeInteger(1 as UInt8)
            buffer.writeText(nick.raw)
        case .away(let reason):
            buffer.writeInteger(2 as UInt8)
            buffer.writeOptionalText(reason)
        case .account(let account):
            buffer.writeInteger(3 as UInt8)
            buffer.writeOptionalText(account)
        case .host(let username, let host):
            buffer.writeInteger(4 as UInt8)
            buffer.writeText(username)
            buffer.writeText(host)
        case .realname(let realname):
            buffer.writeInteger(5 as UInt8)
            buffer.writeText(realname)
        case .modes(let modes):
            buffer.writeInteger(6 as UInt8)
            buffer.writeInteger(modes.rawValue)
        case .metadata(let changes):
            buffer.writeInteger(7 as UInt8)
            MetadataChange.encode(changes, into: &buffer)
        }
    }

    package init?(from buffer: inout ByteBuffer) {
        switch buffer.readInteger(as: UInt8.self) {
        case 1:
            guard let nick = buffer.readNickname() else { return nil }
            self = .nick(nick)
        case 2:
            guard let reason = buffer.readOptionalText() else { return nil }
            self = .away(reason)
        case 3:
            guard let account = buffer.readOptionalText() else { return nil }
            self = .account(account)
        case 4:
            guard let username = buffer.readText(), let host = buffer.readText() else { return nil }
            self = .host(username: username, host: host)
        case 5:
            guard let realname = buffer.readText() else { return nil }
            self = .realname(realname)
        case 6:
            guard let modes = buffer.readInteger(as: UInt8.self) else { return nil }
            self = .modes(UserModes(rawValue: modes))
        case 7:
            guard let changes = MetadataChange.read(from: &buffer) else { return nil }
            self = .metadata(changes)
        default: return nil
        }
    }
}

extension ByteBuffer {
    mutating func writeFlag(_ flag: Bool) { self.writeInteger(flag ? 1 : 0 as UInt8) }

    mutating func readFlag() -> Bool? { self.readInteger(as: UInt8.self).map { $0 != 0 } }
}
