/// One letter of a MODE line that was accepted.
package enum ModeChange: Hashable, Sendable {
    case flag(ChannelModes, on: Bool)
    /// The member key, or none.
    case key(String?)
    case limit(Int?)
    case value(ValueMode, String?)
    case list(ListMode, ListEntry, on: Bool)
    case rank(MemberModes, SessionID, nick: String, on: Bool)

    /// The sign, the letter and the parameter as a MODE line shows them.
    package var shown: (on: Bool, letter: Character, parameter: String?) {
        switch self {
        case .flag(let mode, let on): (on, Character(mode.text), nil)
        case .key(let key): (key != nil, ChannelModeTable.key.letter, key ?? "*")
        case .limit(let limit): (limit != nil, ChannelModeTable.limit.letter, limit.map(String.init))
        case .value(let mode, let value): (value != nil, mode.rawValue, value)
        case .list(let list, let entry, let on): (on, list.rawValue, entry.mask)
        case .rank(let mode, _, let nick, let on):
            (on, MemberModes.ranks.first { $0.mode == mode }?.letter ?? ChannelModeTable.voice.letter, nick)
        }
    }
}

extension [ModeChange] {
    /// The changes in groups whose parameters have at most so many bytes, each group at least one change: a mask that was
    /// completed may be longer than what the client sent.
    package func grouped(bytes: Int) -> [[ModeChange]] {
        var groups: [[ModeChange]] = []
        var length = 0
        for change in self {
            let added = 2 + (change.shown.parameter?.utf8.count ?? 0) + 1
            if groups.isEmpty || length + added > bytes {
                groups.append([])
                length = 0
            }
            groups[groups.count - 1].append(change)
            length += added
        }
        return groups
    }

    /// The changes as the parameters of a MODE line, such as `["+ov-t", "alice", "bob"]`.
    package var parameters: [String] {
        var letters = ""
        var parameters: [String] = []
        var sign: Bool?
        for change in self {
            let shown = change.shown
            if sign != shown.on {
                letters.append(shown.on ? "+" : "-")
                sign = shown.on
            }
            letters.append(shown.letter)
            if let parameter = shown.parameter { parameters.append(parameter) }
        }
        return [letters] + parameters
    }
}
