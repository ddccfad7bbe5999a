import Chat
import IRC
import Realm

/// SILENCE: of whom one wants to hear nothing (as Undernet's servers have it; ISUPPORT SILENCE).
enum SilenceCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "SILENCE",
            help: [
                "SILENCE [{+|-}<mask or account:name>{,{+|-}<mask or account:name>}]",
                "Of whom you want no messages and invitations, whatever their host if it is an account; alone, who they are.",
            ]
        ) { Self.run($0, $1) }
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        // Whose list it is: nobody is shown another's.
        let isOwn = Nickname(call[0], under: Names.caseMapping) == actor.session.user.nick
        guard let words = call.optional(0), !isOwn else {
            for entry in actor.session.silence.entries { call.reply(.rplSilenceList, entry.text) }
            return call.reply(.rplEndOfSilenceList)
        }
        let changes = words.split(separator: ",").map { word in
            (isOn: !word.hasPrefix("-"), text: word.hasPrefix("-") || word.hasPrefix("+") ? word.dropFirst() : word)
        }
        self.change(changes[...], call, actor)
    }

    /// One after the other: each rests on those before it.
    private static func change(
        _ changes: ArraySlice<(isOn: Bool, text: Substring)>,
        _ call: Call,
        _ actor: Actor
    ) {
        guard let (isOn, text) = changes.first else { return }
        guard let entry = Silenced(text) else {
            call.fail(
                "INVALID_MASK",
                String(text).asWord,
                text: "Neither a mask nor an account, which is written account:name"
            )
            return self.change(changes.dropFirst(), call, actor)
        }
        call.network.silence(
            entry,
            isOn: isOn,
            by: actor,
            call.awaitingAny { result in
                switch result {
                case .success(true):
                    call.send { writer in
                        writer.message(
                            source: actor.session.prefix,
                            command: "SILENCE",
                            parameters: [(isOn ? "+" : "-") + entry.text]
                        )
                    }
                case .success(false): break
                case .failure(let refusal): call.refuse(refusal)
                }
                self.change(changes.dropFirst(), call, actor)
            }
        )
    }
}
