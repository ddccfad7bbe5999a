// MODE on a channel: each letter decided by itself.

import IRC

extension ChannelState {
    /// How many letters with a parameter one MODE may have (ISUPPORT MODES).
    package static let maximumModes = 6
    /// How many masks one list may have (ISUPPORT MAXLIST).
    package static let maximumListEntries = 250
    /// The longest key (ISUPPORT KEYLEN).
    package static let maximumKeyLength = 31

    /// Decides a MODE on the channel (RFC 2811 4; owner and host after the IRCX draft 4.1).
    ///
    /// Each letter is decided by itself, seeing what the letters before it did. What changes nothing is left out, and so
    /// is a switch that was set and taken back: a line of contrary letters would become an event without a bound.
    ///
    /// - Parameters:
    ///   - requests: The letters in order.
    ///   - requester: Who asks.
    ///   - ranks: What the requester is shown: who sees owners as hosts means both by `o`.
    ///   - now: Milliseconds since 1970.
    ///   - forwards: Why nobody may be forwarded to a channel, by its folded name, of those that ``ModeRequest/forwards(in:)`` names.
    /// - Returns: What is accepted, what is refused and what was asked.
    package func decideModes(
        _ requests: [ModeRequest],
        by requester: Requester,
        seeing ranks: VisibleRanks,
        now: Int64,
        forwards: [String: Refusal] = [:]
    ) -> ModeDecision {
        var decision = ModeDecision()
        var state = self
        var withParameter = 0
        for request in requests {
            if request.parameter == nil, let list = ListMode(rawValue: request.letter) {
                if !decision.listings.contains(list) { decision.listings.append(list) }
                continue
            }
            if request.parameter != nil {
                withParameter += 1
                if withParameter > Self.maximumModes { continue }
            }
            do throws(Refusal) {
                try state.checkHost(requester)
                if request.isAdding, let refusal = request.forward.flatMap({ forwards[$0.folded] }) { throw refusal }
                let changes = try state.changes(for: request, by: requester, seeing: ranks, now: now)
                if let lock = state.registration?.modeLock, changes.contains(where: lock.forbids) {
                    throw Refusal(.modeIsLocked, self.name.raw, String(request.letter), lock.letters)
                }
                for change in changes {
                    state.evolve(.modes([change], by: requester.author))
                    decision.add(change)
                }
            } catch {
                // Each complaint once, however many letters led to it.
                if !decision.refusals.contains(error) { decision.refusals.append(error) }
            }
        }
        return decision
    }

    /// What a letter changes, whoever asks for a switch or a value.
    func changes(
        for request: ModeRequest,
        by requester: Requester,
        seeing ranks: VisibleRanks,
        now: Int64
    ) throws(Refusal) -> [ModeChange] {
        let on = request.isAdding
        guard let row = ChannelModeTable.row(request.letter) else {
            throw Refusal(.unknownMode, String(request.letter))
        }
        switch row.kind {
        case .list(let list, _, _):
            return try self.listChange(list, request.parameter ?? "", on: on, by: requester, now: now)
        case .rank(let rank, _):
            return try self.rankChange(rank, request.parameter, on: on, by: requester, seeing: ranks)
        case .key: return try self.keyChange(request.parameter, on: on)
        case .limit: return try self.limitChange(request.parameter, on: on)
        case .value(let mode): return try self.valueChange(mode, request.parameter, on: on)
        case .flag(let mode, let isSettable): return try self.flagChange(mode, row.letter, isSettable, on: on)
        }
    }

    private func flagChange(
        _ mode: ChannelModes,
        _ letter: Character,
        _ isSettable: Bool,
        on: Bool
    ) throws(Refusal) -> [ModeChange] {
        guard isSettable else { throw self.invalid("*", of: letter, "Only the server sets this mode") }
        guard self.modes.contains(mode) != on else { return [] }
        if on, mode == .secureOnly, self.members.contains(where: { !$0.user.modes.contains(.secure) }) {
            throw Refusal(.insecureMembers, self.name.raw)
        }
        var changes: [ModeChange] = []
        // Private and secret exclude each other (IRCX draft 4.2): the one replaces the other.
        let opposite: ChannelModes = mode == .secret ? .private : mode == .private ? .secret : []
        if on, !opposite.isEmpty, self.modes.contains(opposite) { changes.append(.flag(opposite, on: false)) }
        return changes + [.flag(mode, on: on)]
    }

    private func keyChange(_ key: String?, on: Bool) throws(Refusal) -> [ModeChange] {
        guard on else { return self.key == nil ? [] : [.key(nil)] }
        let letter = ChannelModeTable.key.letter
        guard let key else { throw self.invalid("*", of: letter, "A key is needed") }
        guard !key.isEmpty, key.utf8.count <= Self.maximumKeyLength, !key.contains(where: { $0 == "," || $0 == " " }),
            !key.hasPrefix(":")
        else {
            let text: Phrase = "A key has 1 to \(Self.maximumKeyLength) bytes without comma, space and leading colon"
            throw self.invalid("*", of: letter, text)
        }
        return key == self.key ? [] : [.key(key)]
    }

    /// How many members a channel may be limited to.
    private static let limits = 1...1_000_000

    /// The limit that a number from a store or another pod means: the nearest that may be set.
    static func limit(nearest number: Int64) -> Int {
        Int(min(max(number, Int64(self.limits.lowerBound)), Int64(self.limits.upperBound)))
    }

    /// The limit that somebody wrote; nil if it is none that may be set.
    static func limit(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { Self.limits.contains($0) ? $0 : nil }
    }

    /// What a limit is, for whoever gave another.
    static var limitForm: Phrase {
        "A limit is a number from \(Self.limits.lowerBound) to \(Self.limits.upperBound)"
    }

    private func limitChange(_ limit: String?, on: Bool) throws(Refusal) -> [ModeChange] {
        guard on else { return self.limit == nil ? [] : [.limit(nil)] }
        guard let number = Self.limit(limit) else {
            throw self.invalid(Self.shown(limit), of: ChannelModeTable.limit.letter, Self.limitForm)
        }
        return number == self.limit ? [] : [.limit(number)]
    }

    private func valueChange(_ mode: ValueMode, _ text: String?, on: Bool) throws(Refusal) -> [ModeChange] {
        guard on else { return self.values[mode] == nil ? [] : [.value(mode, nil)] }
        guard let value = text.flatMap(mode.value), mode != .forward || value != self.name.raw else {
            throw self.invalid(Self.shown(text), of: mode.rawValue, mode.form)
        }
        return value == self.values[mode] ? [] : [.value(mode, value)]
    }

    private func listChange(
        _ list: ListMode,
        _ text: String,
        on: Bool,
        by requester: Requester,
        now: Int64
    ) throws(Refusal) -> [ModeChange] {
        guard let ban = Ban(text, seesAddresses: requester.may(.seeAddresses)) else {
            throw self.invalid(Self.shown(text), of: list.rawValue, "Not a mask")
        }
        let entries = self.lists[list] ?? []
        let existing = entries.first { $0.ban == ban }
        if on {
            // One that ends is replaced by one that does not.
            if let existing, existing.until == nil { return [] }
            guard ban.fits(list) else {
                throw self.invalid(Self.shown(text), of: list.rawValue, "Not for this list")
            }
            if ban.needsAddresses, !requester.may(.seeAddresses) { throw Refusal(.rightNeeded) }
            guard existing != nil || entries.count < Self.maximumListEntries else {
                throw Refusal(.listIsFull, self.name.raw, String(list.rawValue))
            }
            let entry = ListEntry(mask: ban.text, setter: requester.user.nick.raw, time: now)
            return [.list(list, entry, on: true)]
        }
        return existing.map { [.list(list, $0, on: false)] } ?? []
    }

    private func rankChange(
        _ rank: MemberModes,
        _ nick: String?,
        on: Bool,
        by requester: Requester,
        seeing ranks: VisibleRanks
    ) throws(Refusal) -> [ModeChange] {
        guard let nick else { return [] }
        guard let name = Nickname(nick, under: Names.caseMapping), let target = self.member(nick: name) else {
            throw Refusal(.userNotInChannel, Self.shown(nick), self.name.raw)
        }
        let ownModes = self.members.modes(of: requester.session) ?? []
        let isSelf = target.session == requester.session
        let needsOwner = rank == .owner || (target.modes.contains(.owner) && !on && rank == .host)
        if needsOwner, !ownModes.contains(.owner), !requester.may(.runAnyChannel), !(isSelf && !on) {
            throw Refusal(.ownerNeeded, self.name.raw)
        }
        let changed = on ? target.modes.added(by: rank, seeing: ranks) : target.modes.removed(by: rank, seeing: ranks)
        return changed.map { .rank($0, target.session, nick: target.user.nick.raw, on: on) }
    }

    /// What is wrong with a letter's parameter.
    private func invalid(_ parameter: String, of letter: Character, _ text: Phrase) -> Refusal {
        Refusal(.invalidModeParameter, self.name.raw, String(letter), parameter, text: text)
    }

    /// A parameter that is safe in the middle of a reply.
    private static func shown(_ parameter: String?) -> String {
        guard let parameter, !parameter.isEmpty, !parameter.contains(" "), !parameter.hasPrefix(":") else { return "*" }
        return parameter
    }

    /// The modes as RPL_CHANNELMODEIS shows them; the key only to those who may know it.
    package func modeParameters(showingKey: Bool) -> [String] {
        var letters = "+" + self.modes.text
        var parameters: [String] = []
        if let limit = self.limit {
            letters.append(ChannelModeTable.limit.letter)
            parameters.append(String(limit))
        }
        if let key = self.key {
            letters.append(ChannelModeTable.key.letter)
            parameters.append(showingKey ? key : "*")
        }
        for mode in ValueMode.allCases {
            guard let value = self.values[mode] else { continue }
            letters.append(mode.rawValue)
            parameters.append(value)
        }
        return [letters] + parameters
    }
}
