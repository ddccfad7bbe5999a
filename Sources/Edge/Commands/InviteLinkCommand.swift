import Chat
import IRC
import Observability
import Realm
import StateStore
import Tenant

/// INVITELINK: codes that let people into a registered channel, so many and until an end.
enum InviteLinkCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "INVITELINK",
            parameters: 2,
            cost: 3,
            secret: true,
            help: [
                "INVITELINK CREATE <channel> [<uses>] [<duration>] | LIST <channel> | REVOKE <channel> <link> | USE <code>",
                "Makes a code that lets so many (1) into a registered channel for a while (1d), shows and ends such, or comes in by one.",
            ],
            .registered { Self.run($0, $1) }
        )
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        switch (call[0].uppercased(), call.count) {
        case ("USE", 2):
            call.network.useInviteLink(
                call[1],
                from: call.connection.origin,
                by: actor,
                call.awaiting { ChannelCommands.show($0, to: call, actor) }
            )
        case ("CREATE", 2...4): self.create(call, actor)
        case ("LIST", 2): self.list(call, actor)
        case ("REVOKE", 3):
            guard let name = call.channelName(1) else { return }
            call.network.revokeInviteLink(
                call[2],
                to: name,
                by: actor,
                call.awaiting { call.note("LINK_REVOKED", name.raw, "The link lets nobody in any more") }
            )
        default:
            call.fail(
                "INVALID_PARAMS",
                text: "INVITELINK takes CREATE, LIST or REVOKE with a channel, or USE with a code"
            )
        }
    }

    private static func create(_ call: Call, _ actor: Actor) {
        guard let name = call.channelName(1) else { return }
        let rest = (2..<max(2, call.count)).map { call[$0] }
        let uses = rest.first.flatMap { Int($0) }
        let written = uses == nil ? rest.first : rest.dropFirst().first
        let seconds = written.flatMap { GoDuration.parse($0)?.components.seconds }
        let isRead = rest.count == (uses == nil ? 0 : 1) + (seconds == nil ? 0 : 1)
        guard isRead, uses.map(Network.inviteLinkUses.contains) ?? true,
            seconds.map({ (1...Network.longestInviteLink).contains($0) }) ?? true
        else {
            return call.fail(
                "INVALID_PARAMS",
                name.raw,
                text: "A link is for 1 to 1000 uses, and for 30d at most: CREATE #channel 5 12h"
            )
        }
        call.network.makeInviteLink(
            to: name,
            uses: uses ?? 1,
            for: seconds ?? Network.usualInviteLink,
            by: actor,
            call.awaiting { made in
                let (code, link) = made
                let text: Phrase =
                    "Who knows this code comes in, \(link.uses) times; \(QuarantineCommands.end(link.expiresAt))"
                call.note("LINK_CREATED", name.raw, link.id, code, text: text)
            }
        )
    }

    private static func list(_ call: Call, _ actor: Actor) {
        guard let name = call.channelName(1) else { return }
        call.network.inviteLinks(
            to: name,
            by: actor,
            call.awaiting { links in
                call.answer(
                    links,
                    { link in
                        let end = UTCInstant(milliseconds: link.expiresAt).text(withThousandths: false)
                        let text: Phrase = "\(link.uses) uses are left"
                        call.note("LINK", name.raw, link.id, "\(link.uses)", end, link.creator.asWord, text: text)
                    },
                    done: { call.note("LINKS_END", name.raw, "End of the invite links") }
                )
            }
        )
    }
}
