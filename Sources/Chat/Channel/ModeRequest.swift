package import IRC

/// One letter of a MODE command as the client sent it.
package struct ModeRequest: Hashable, Sendable {
    package var isAdding: Bool
    package var letter: Character
    package var parameter: String?

    package init(isAdding: Bool, letter: Character, parameter: String?) {
        self.isAdding = isAdding
        self.letter = letter
        self.parameter = parameter
    }

    /// Takes the parameters after the channel's name apart (modern.ircdocs.horse MODE, types A to D).
    ///
    /// A letter that wants a parameter takes the next one if there is one; letters without a sign are added.
    package static func parse(_ parameters: [String]) -> [ModeRequest] {
        guard let letters = parameters.first else { return [] }
        var rest = parameters.dropFirst()
        var isAdding = true
        var requests: [ModeRequest] = []
        for letter in letters {
            switch letter {
            case "+": isAdding = true
            case "-": isAdding = false
            default:
                let takesParameter = ChannelModeTable.row(letter)?.takesParameter(adding: isAdding) ?? false
                requests.append(
                    ModeRequest(
                        isAdding: isAdding,
                        letter: letter,
                        parameter: takesParameter ? rest.popFirst() : nil
                    )
                )
            }
        }
        return requests
    }

    /// The channel that somebody is to come into instead, if it says so.
    var forward: ChannelName? {
        guard let parameter else { return nil }
        switch ChannelModeTable.row(self.letter)?.kind {
        case .value(.forward): return ChannelName(parameter, under: Names.caseMapping)
        case .list(.ban, _, _): return Ban(parameter)?.forward
        default: return nil
        }
    }

    /// Channels that somebody is to come into instead, of which it has to be known who may have that.
    package static func forwards(in requests: [ModeRequest]) -> [ChannelName] {
        requests.filter(\.isAdding).compactMap(\.forward)
    }
}

/// What comes of a MODE command: some of it may be accepted, some refused, some a question.
package struct ModeDecision: Hashable, Sendable {
    package var changes: [ModeChange] = []
    package var refusals: [Refusal] = []
    /// Lists that the client asked to see.
    package var listings: [ListMode] = []

    /// Takes a change in; a switch that is turned back cancels its turning.
    mutating func add(_ change: ModeChange) {
        if case .flag(let mode, let on) = change,
            let contrary = self.changes.firstIndex(of: .flag(mode, on: !on))
        {
            self.changes.remove(at: contrary)
        } else {
            self.changes.append(change)
        }
    }
}
