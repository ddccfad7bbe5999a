import Chat
import IRC
import Realm

/// RAID: closes the doors of the network, or of a channel, to who has no account.
enum RaidCommand {
    static let rows: [CommandRow] = [
        CommandRow(
            "RAID",
            cost: 2,
            help: [
                "RAID [<channel>] [ON [<duration>] :<reason> | OFF]",
                "Closes a channel, or the network, to guests for a while (1h); opens it; or says how it is. For those who run it.",
            ]
        ) { Self.run($0, $1) }
    ]

    private static func run(_ call: Call, _ actor: Actor) {
        let isChannel = ChannelName.isChannel(call[0])
        let first = isChannel ? 1 : 0
        var name: ChannelName?
        if isChannel {
            guard let channel = call.channelName(0) else { return }
            name = channel
        }
        switch (call[first].uppercased(), call.count - first) {
        case ("ON", 1...3):
            guard let (duration, reason) = call.durationAndReason(from: first + 1) else { return }
            let seconds = duration ?? Network.usualRaid
            guard (1...Network.longestRaid).contains(seconds) else {
                return call.fail("INVALID_DURATION", call[first + 1].asWord, text: "Doors are closed for 7d at most")
            }
            self.close(name, for: seconds, reason, call, actor)
        case ("OFF", 1):
            guard let name else {
                return call.network.endRaid(
                    by: actor,
                    call.awaiting { _ in self.tell(nil, nil, nil, "*", call) }
                )
            }
            call.network.setRaid(
                of: name,
                for: nil,
                reason: "",
                by: actor,
                call.awaiting { _ in self.tell(nil, nil, nil, name.raw, call) }
            )
        case ("", ...0):
            guard let name else {
                return call.network.raid(
                    by: actor,
                    call.awaiting { self.tell($0?.until, $0?.setter, $0?.reason, "*", call) }
                )
            }
            call.network.raid(
                of: name,
                by: actor,
                call.awaiting { self.tell($0?.until, $0?.setter, $0?.reason, name.raw, call) }
            )
        default:
            call.fail(
                "INVALID_PARAMS",
                text: "RAID takes ON with a duration and a reason, or OFF; behind a channel or alone"
            )
        }
    }

    private static func close(
        _ name: ChannelName?,
        for seconds: Int64,
        _ reason: String,
        _ call: Call,
        _ actor: Actor
    ) {
        guard let name else {
            return call.network.beginRaid(
                for: seconds,
                reason: reason,
                by: actor,
                call.awaiting { self.tell($0.until, $0.setter, $0.reason, "*", call) }
            )
        }
        call.network.setRaid(
            of: name,
            for: seconds,
            reason: reason,
            by: actor,
            call.awaiting { self.tell($0?.until, $0?.setter, $0?.reason, name.raw, call) }
        )
    }

    private static func tell(_ until: Int64?, _ setter: String?, _ reason: String?, _ place: String, _ call: Call) {
        guard let until, let setter, let reason else {
            return call.note("RAID_OFF", place, "The doors are open")
        }
        let text: Phrase = "The doors are closed by \(setter): \(reason); \(QuarantineCommands.end(until))"
        call.note("RAID_ON", place, text)
    }
}
