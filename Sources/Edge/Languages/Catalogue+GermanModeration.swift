// Reports and what else moderators do, in German. Each by how it is in English.

extension Catalogue {
    static let germanModeration: [String: String] = [
        "Tells the network's moderators of somebody or of a message, with what was said around it.":
            "Meldet der Moderation des Netzes jemanden oder eine Nachricht, mit dem, was ringsum gesagt wurde.",
        "What people reported. For operators.": "Was gemeldet wurde. Für Operatoren.",
        "Say why you report it": "Bitte einen Grund für die Meldung angeben",
        "Your report {1} waits to be looked at; you are told what becomes of it":
            "Die Meldung {1} wartet darauf, angesehen zu werden; was daraus wird, kommt als Nachricht",
        "The report is yours": "Die Meldung ist übernommen",
        "The report is closed": "Die Meldung ist abgeschlossen",
        "REPORTS takes LIST, or SHOW, CLAIM or CLOSE with a report's number; CLOSE with what was done, too":
            "REPORTS will LIST, oder SHOW, CLAIM oder CLOSE mit der Nummer einer Meldung; CLOSE auch damit, was getan wurde",
        "End of the reports": "Ende der Meldungen",
        "End of the report": "Ende der Meldung",
        "Report {1} by {2} about {3}: {4}": "Meldung {1} von {2} über {3}: {4}",
        "Your report {1} is closed: {2}": "Die Meldung {1} ist abgeschlossen: {2}",
        "This server takes no reports": "Dieser Server nimmt keine Meldungen an",
        "You have reported a lot just now, try again in some minutes":
            "Das waren gerade viele Meldungen, bitte in einigen Minuten wieder versuchen",
        "Too many reports wait to be looked at, try later":
            "Zu viele Meldungen warten darauf, angesehen zu werden, bitte später versuchen",
        "You cannot read a message with this id": "Eine Nachricht mit dieser Kennung ist hier nicht zu lesen",
        "There is no report {1}": "Es gibt keine Meldung {1}",
        "{1} has closed it": "{1} hat sie abgeschlossen",
        "{1} has taken it on": "{1} hat sie übernommen",
        "Guests do not come into this channel for now: {1}": "Gäste kommen vorerst nicht in diesen Kanal: {1}",
        "Cannot send to channel: guests do not speak here for now: {1}":
            "Senden in den Kanal nicht möglich: Gäste sprechen hier vorerst nicht: {1}",
        "This network is closed to newcomers for now: {1}": "Dieses Netz nimmt vorerst niemanden neu auf: {1}",
        "Guests cannot do this for now: {1}": "Für Gäste geht das vorerst nicht: {1}",
        "Closes a channel, or the network, to guests for a while (1h); opens it; or says how it is. For those who run it.":
            "Schließt einen Kanal oder das Netz für eine Weile (1h) für Gäste, öffnet ihn wieder, oder sagt, wie es steht. Für die, die ihn führen.",
        "Doors are closed for 7d at most": "Geschlossen wird für höchstens 7d",
        "RAID takes ON with a duration and a reason, or OFF; behind a channel or alone":
            "RAID will ON mit einer Dauer und einem Grund, oder OFF; hinter einem Kanal oder allein",
        "The doors are open": "Es ist offen",
        "The doors are closed by {1}: {2}; {3}": "Geschlossen von {1}: {2}; {3}",
        "They are banned or in quarantine already": "Da gibt es schon eine Sperre oder eine Quarantäne",
        "{1} is not muted": "{1} ist nicht stummgeschaltet",
        "You are muted: {1}": "Stummgeschaltet: {1}",
        "Cannot send to channel: you are muted": "Senden in den Kanal nicht möglich: stummgeschaltet",
        "You can only write to operators, STATS p shows them; {1}":
            "Schreiben geht nur an Operatoren, STATS p zeigt sie; {1}",
        "You are not muted any more": "Nicht mehr stummgeschaltet",
        "Has somebody say nothing but to operators, on the whole network; 90m, 7d. For operators.":
            "Lässt jemanden im ganzen Netz nur noch mit Operatoren sprechen; 90m, 7d. Für Operatoren.",
        "Has somebody speak again. For operators.": "Lässt jemanden wieder sprechen. Für Operatoren.",
        "Who is muted, why and until when. For operators.":
            "Wer stummgeschaltet ist, warum und bis wann. Für Operatoren.",
        "They may speak again": "Sprechen geht wieder",
        "End of the mutes": "Ende der Stummschaltungen",
        "Guests are in {1} channels at most: log in to an account":
            "Gäste sind in höchstens {1} Kanälen: bitte mit einem Konto anmelden",
        "There is no such channel, and guests begin none: log in to an account":
            "Diesen Kanal gibt es nicht, und Gäste beginnen keine: bitte mit einem Konto anmelden",
        "Guests write in channels and to operators alone: log in to an account":
            "Gäste schreiben nur in Kanälen und an Operatoren: bitte mit einem Konto anmelden",
        "Guests send links once they have been here for a while: in {1} minutes, or logged in":
            "Gäste senden Links erst nach einer Weile: in {1} Minuten, oder angemeldet",
        "This server keeps no invite links": "Dieser Server führt keine Einladungslinks",
        "A channel has {1} invite links at most: revoke one first":
            "Ein Kanal hat höchstens {1} Einladungslinks: zuerst einen zurückziehen",
        "There is no such invite link": "Diesen Einladungslink gibt es nicht",
        "There is no such invite link, or it lets nobody in any more":
            "Diesen Einladungslink gibt es nicht, oder er lässt niemanden mehr ein",
        "You have tried many codes, try again in a minute":
            "Das waren viele Codes, bitte in einer Minute wieder versuchen",
        "That channel is not there any more": "Diesen Kanal gibt es nicht mehr",
        "Makes a code that lets so many (1) into a registered channel for a while (1d), shows and ends such, or comes in by one.":
            "Macht einen Code, der so viele (1) für eine Weile (1d) in einen registrierten Kanal einlässt, zeigt und beendet solche, oder tritt mit einem ein.",
        "The link lets nobody in any more": "Der Link lässt niemanden mehr ein",
        "INVITELINK takes CREATE, LIST or REVOKE with a channel, or USE with a code":
            "INVITELINK will CREATE, LIST oder REVOKE mit einem Kanal, oder USE mit einem Code",
        "A link is for 1 to 1000 uses, and for 30d at most: CREATE #channel 5 12h":
            "Ein Link gilt für 1 bis 1000 Male und höchstens 30d: CREATE #kanal 5 12h",
        "Who knows this code comes in, {1} times; {2}": "Wer diesen Code kennt, kommt hinein, {1} Mal; {2}",
        "{1} uses are left": "{1} Male sind übrig",
        "End of the invite links": "Ende der Einladungslinks",
    ]
}
