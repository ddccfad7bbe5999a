package import IRC
import NIOCore

/// Modes of a registered channel that are always on, and others that are always off (MLOCK): `+nt-s`.
///
/// Switches and the limit are locked on; a key is not, since everybody may see the lock. Whatever has no list is locked off.
package struct ModeLock: Hashable, Sendable {
    /// Switches that are on.
    package private(set) var on: ChannelModes = []
    /// The limit that there is.
    package private(set) var limit: Int?
    /// Letters of those that are off.
    package private(set) var off: Set<Character> = []

    /// Takes what somebody wrote as modes are written; only a limit that is on has a parameter.
    ///
    /// - Parameters:
    ///   - words: Signs and letters, and what stands behind them; of two that contradict each other the later one holds.
    ///   - channel: Of which channel.
    /// - Throws: Why that is no lock.
    package init(_ words: [String], of channel: ChannelName) throws(Refusal) {
        func refusal(_ letter: Character, _ text: Phrase) -> Refusal {
            Refusal(.invalidModeParameter, channel.raw, String(letter), "*", text: text)
        }
        var parameters = words.dropFirst()
        var isAdding = true
        for letter in words.first ?? "" {
            if letter == "+" || letter == "-" {
                isAdding = letter == "+"
                continue
            }
            guard let row = ChannelModeTable.row(letter) else {
                throw refusal("*", "There is no mode \(String(letter))")
            }
            switch (row.kind, isAdding) {
            case (.flag(let mode, isSettable: true), let isOn):
                if isOn { self.on.insert(mode) } else { self.on.remove(mode) }
            case (.limit, true):
                guard let limit = ChannelState.limit(parameters.popFirst()) else {
                    throw refusal(letter, ChannelState.limitForm)
                }
                self.limit = limit
            case (.limit, false): self.limit = nil
            case (.key, false), (.value, false): break
            case (.key, true), (.value, true):
                throw refusal(letter, "Mode \(String(letter)) can only be locked off")
            case (.list, _), (.rank, _), (.flag, _):
                throw refusal(letter, "Mode \(String(letter)) cannot be locked")
            }
            if isAdding { self.off.remove(letter) } else { self.off.insert(letter) }
        }
        if self.isEmpty { throw refusal("*", "Say which modes are always on or off, such as +nt-s") }
        if self.on.isSuperset(of: [.private, .secret]) {
            throw refusal("s", "A channel is private or secret, not both")
        }
    }

    private var isEmpty: Bool { self.on.isEmpty && self.limit == nil && self.off.isEmpty }

    private var offText: String {
        String(ChannelModeTable.rows.map(\.letter).filter(self.off.contains))
    }

    /// Signs and letters alone, one word: `+ntl-k`.
    package var letters: String {
        let set = self.on.text + (self.limit == nil ? "" : String(ChannelModeTable.limit.letter))
        return (set.isEmpty ? "" : "+\(set)") + (self.off.isEmpty ? "" : "-" + self.offText)
    }

    /// As it is shown, with the limit behind it.
    package var text: String { self.letters + (self.limit.map { " \($0)" } ?? "") }

    /// Whether a change of the channel's modes would break it.
    func forbids(_ change: ModeChange) -> Bool {
        let shown = change.shown
        switch change {
        case .flag(let mode, let on): return on ? self.off.contains(shown.letter) : self.on.contains(mode)
        case .limit(let limit):
            if let locked = self.limit { return limit != locked }
            return limit != nil && self.off.contains(shown.letter)
        case .key, .value: return shown.on && self.off.contains(shown.letter)
        case .list, .rank: return false
        }
    }

    /// What makes a channel's modes what it says.
    var requests: [ModeRequest] {
        var requests = self.on.text.map { ModeRequest(isAdding: true, letter: $0, parameter: nil) }
        if let limit {
            let letter = ChannelModeTable.limit.letter
            requests.append(ModeRequest(isAdding: true, letter: letter, parameter: String(limit)))
        }
        return requests + self.offText.map { ModeRequest(isAdding: false, letter: $0, parameter: nil) }
    }

    // MARK: Bytes

    func encode(into buffer: inout ByteBuffer) {
        buffer.writeText(self.on.text)
        buffer.writeText(self.offText)
        buffer.writeInteger(Int64(self.limit ?? -1))
    }

    /// Letters that a later version knows are left out.
    ///
    /// - Returns: nil if the bytes are not what ``encode(into:)`` wrote, or nothing of it is known here.
    init?(from buffer: inout ByteBuffer) {
        guard let on = buffer.readText(), let off = buffer.readText(), let limit = buffer.readInteger(as: Int64.self)
        else { return nil }
        self.on = ChannelModes(text: on).subtracting(.registered)
        self.off = Set(off.filter { ChannelModeTable.row($0) != nil })
        self.limit = limit < 0 ? nil : ChannelState.limit(nearest: limit)
        if self.isEmpty { return nil }
    }
}
