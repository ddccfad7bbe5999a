// Owners are an idea of IRCX. Whoever does not know it is shown a plain network: owners are hosts there.

import IRC

/// Which ranks of members somebody is shown, and by which signs.
package struct VisibleRanks: Hashable, Sendable {
    /// Host and voice alone, as RFC 2812 has them.
    package static let plain = VisibleRanks(ownerSign: nil)

    /// A rank that is shown.
    package struct Row: Sendable {
        package let mode: MemberModes
        package let letter: Character
        package let sign: Character
    }

    /// The sign of owners; nil if they are shown as hosts.
    package let ownerSign: Character?
    /// The signs of each set of ranks: those of all of them, and the highest alone.
    private let allSigns: [String]
    private let highestSigns: [String]

    /// - Parameter ownerSign: The sign of owners; nil to show them as hosts.
    package init(ownerSign: Character?) {
        self.ownerSign = ownerSign
        let rows = Self.rows(ownerSign)
        self.allSigns = (0..<8 as Range<UInt8>).map { bits in
            let modes = Self.shown(MemberModes(rawValue: bits), ownerSign)
            return String(rows.filter { modes.contains($0.mode) }.map(\.sign))
        }
        self.highestSigns = self.allSigns.map { String($0.prefix(1)) }
    }

    package static func == (left: VisibleRanks, right: VisibleRanks) -> Bool { left.ownerSign == right.ownerSign }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.ownerSign) }

    /// The value of PREFIX in ISUPPORT: letters and signs, highest first.
    package var supportValue: String { "(\(String(self.rows.map(\.letter))))\(String(self.rows.map(\.sign)))" }

    /// The signs that may stand before a channel's name as a target (ISUPPORT STATUSMSG): none that begins such a name itself.
    package var messageSigns: String { String(self.rows.map(\.sign).filter { !ChannelName.isChannel(String($0)) }) }

    /// What is shown, highest first, as in ISUPPORT PREFIX.
    package var rows: [Row] { Self.rows(self.ownerSign) }

    private static func rows(_ ownerSign: Character?) -> [Row] {
        MemberModes.ranks.compactMap { rank in
            guard rank.mode == .owner else { return Row(mode: rank.mode, letter: rank.letter, sign: rank.prefix) }
            return ownerSign.map { Row(mode: rank.mode, letter: rank.letter, sign: $0) }
        }
    }

    /// The ranks as they are shown.
    private static func shown(_ modes: MemberModes, _ ownerSign: Character?) -> MemberModes {
        guard ownerSign == nil, modes.contains(.owner) else { return modes }
        return modes.subtracting(.owner).union(.host)
    }

    /// All signs of a member, highest first (IRCv3 multi-prefix), such as `@+`.
    package func signs(of modes: MemberModes) -> String { self.allSigns[Int(modes.rawValue & 7)] }

    /// The highest sign alone, or nothing.
    package func highestSign(of modes: MemberModes) -> String { self.highestSigns[Int(modes.rawValue & 7)] }

    /// All letters of a member's ranks, highest first.
    package func letters(of modes: MemberModes) -> String {
        let shown = Self.shown(modes, self.ownerSign)
        return String(self.rows.filter { shown.contains($0.mode) }.map(\.letter))
    }

    /// The rank that a sign stands for.
    package func rank(sign: Character) -> MemberModes? { self.rows.first { $0.sign == sign }?.mode }

    /// The parameters of a MODE line of the past as they are shown: nothing is left if it was about owners alone.
    package func shown(parameters words: [String]) -> [String] {
        guard self.ownerSign == nil, let letters = words.first else { return words }
        var rest = words.dropFirst()
        var isAdding = true
        var shown: [(isAdding: Bool, letter: Character, parameter: String?)] = []
        for letter in letters {
            if letter == "+" || letter == "-" {
                isAdding = letter == "+"
                continue
            }
            let row = ChannelModeTable.row(letter)
            let parameter = row?.takesParameter(adding: isAdding) == true ? rest.popFirst() : nil
            let isOwner = if case .rank(.owner, _)? = row?.kind { true } else { false }
            let letter = isOwner ? ChannelModeTable.host.letter : letter
            if shown.contains(where: { $0 == (isAdding, letter, parameter) }) { continue }
            shown.append((isAdding, letter, parameter))
        }
        var text = ""
        for (index, change) in shown.enumerated() {
            if index == 0 || shown[index - 1].isAdding != change.isAdding { text += change.isAdding ? "+" : "-" }
            text.append(change.letter)
        }
        return text.isEmpty ? [] : [text] + shown.compactMap(\.parameter)
    }

    /// Changes of modes as they are shown: what makes a host of an owner, or an owner of a host, is not seen where both look alike.
    ///
    /// - Parameters:
    ///   - changes: What was changed, in order.
    ///   - channel: The channel behind these changes.
    /// - Returns: What is left to show, in order.
    package func shown(_ changes: [ModeChange], in channel: ChannelState) -> [ModeChange] {
        if self.ownerSign != nil { return changes }
        var after: [SessionID: MemberModes] = [:]
        var shown: [ModeChange] = []
        // Backwards, since it is known what came of them.
        for change in changes.reversed() {
            guard case .rank(let rank, let session, let nick, let on) = change else {
                shown.append(change)
                continue
            }
            let now = after[session] ?? channel.members.modes(of: session) ?? (on ? rank : [])
            let before = on ? now.subtracting(rank) : now.union(rank)
            after[session] = before
            if rank == .voice {
                shown.append(change)
            } else if before.isHost != now.isHost {
                shown.append(.rank(.host, session, nick: nick, on: now.isHost))
            }
        }
        return shown.reversed()
    }
}

extension MemberModes {
    /// The ranks that a member gets by a rank that somebody gives it: an owner is a host already to who sees it as one.
    func added(by rank: MemberModes, seeing ranks: VisibleRanks) -> [MemberModes] {
        self.contains(rank) || (rank == .host && ranks.ownerSign == nil && self.isHost) ? [] : [rank]
    }

    /// The ranks that a member loses by a rank that somebody takes away: who sees owners as hosts means both.
    func removed(by rank: MemberModes, seeing ranks: VisibleRanks) -> [MemberModes] {
        guard rank == .host, ranks.ownerSign == nil else { return self.contains(rank) ? [rank] : [] }
        return [.owner, .host].filter(self.contains)
    }
}
