// What services say and what channels' people are told, in German. Each by how it is in English.

extension Catalogue {
    static let germanServices: [String: String] = [
        "Log in first: channels belong to accounts": "Zuerst anmelden: Kanäle gehören Konten",
        "The channel is registered already": "Der Kanal ist schon registriert",
        "The founder cannot be the successor": "Wem der Kanal gehört, kann ihn nicht auch erben",
        "Only who owns the channel by its registration does this":
            "Das kann nur, wer den Kanal laut seiner Registrierung besitzt",
        "The founder is an owner already": "Wem der Kanal gehört, besitzt ihn schon",
        "Your account has no rank in this channel": "Das Konto hat in diesem Kanal keinen Rang",
        "The channel is not registered": "Der Kanal ist nicht registriert",
        "Only the founder of the channel does this": "Das kann nur, wem der Kanal gehört",
        "is a service of the network": "ist ein Dienst des Netzwerks",
        "ChanServ looks after registered channels: they stay, and know their people by their accounts.":
            "ChanServ kümmert sich um registrierte Kanäle: Sie bleiben und kennen ihre Leute an deren Konten.",
        "Has a channel that you own belong to your account.":
            "Lässt einen Kanal, den man besitzt, dem eigenen Konto gehören.",
        "{1} belongs to you now": "{1} gehört jetzt deinem Konto",
        "Has a channel belong to nobody any more: it goes with its last member.":
            "Lässt einen Kanal niemandem mehr gehören: Er endet mit dem letzten Mitglied.",
        "{1} belongs to nobody now": "{1} gehört jetzt niemandem",
        "To whom a channel belongs, and since when.": "Wem ein Kanal gehört und seit wann.",
        "What accounts are in the channel whenever they come in.":
            "Was Konten im Kanal sind, wann immer sie hereinkommen.",
        "The same as modes are written.": "Dasselbe, wie Modi geschrieben werden.",
        "Gives you the rank that your account has in the channel.": "Gibt den Rang, den das Konto im Kanal hat.",
        "You have your rank in {1}": "Der Rang in {1} ist gegeben",
        "Makes somebody a host of the channel, or you what your account is there.":
            "Macht jemanden zum Host des Kanals, oder dich zu dem, was dein Konto dort ist.",
        "Has somebody, or you, be a host no more.": "Nimmt jemandem, oder dir, den Rang Host.",
        "Gives somebody voice in the channel, or you what your account is there.":
            "Gibt jemandem Stimme im Kanal, oder dir, was dein Konto dort ist.",
        "Takes voice from somebody, or from you.": "Nimmt jemandem, oder dir, die Stimme.",
        "Whose the channel is, and after you; which modes are always on or off; ON or OFF; what it is about; * for nothing.":
            "Wem der Kanal gehört, und wem danach; welche Modi immer an oder aus sind; ON oder OFF; worum es geht; * für nichts.",
        "{1} is not registered": "{1} ist nicht registriert",
        "{1} belongs to {2}": "{1} gehört {2}",
        "It was registered at {1}": "Registriert wurde er am {1}",
        "After that it goes to {1}": "Danach geht er an {1}",
        "Its topic is {1}": "Sein Thema ist {1}",
        "Its modes are {1}": "Seine Modi sind {1}",
        "{1} is {2} in {3} from now on": "{1} ist ab jetzt {2} in {3}",
        "{1} has no rank in {2} any more": "{1} hat in {2} keinen Rang mehr",
        "You are not in {1}": "Du bist nicht in {1}",
        "Accounts with a rank in {1}: {2}": "Konten mit einem Rang in {1}: {2}",
        "{1} belongs to {2} now": "{1} gehört jetzt {2}",
        "{1} goes to {2} after you": "{1} geht danach an {2}",
        "{1} has no successor now": "{1} geht danach an niemanden",
        "NickServ looks after accounts. An account is called like your nickname when you register.":
            "NickServ kümmert sich um Konten. Ein Konto heißt wie der Nickname, mit dem man sich registriert.",
        "Since when an account is there, and more of your own.": "Seit wann es ein Konto gibt, und vom eigenen mehr.",
        "The channels that belong to you.": "Die Kanäle, die dir gehören.",
        "Ends a session that has your nickname.": "Beendet eine Sitzung, die deinen Nickname hat.",
        "Ends a session that has your nickname, and gives it to you.":
            "Beendet eine Sitzung, die deinen Nickname hat, und gibt ihn dir.",
        "Removes your account. Your channels go to their successors, or belong to nobody.":
            "Entfernt dein Konto. Deine Kanäle gehen an die, die sie danach haben, oder gehören niemandem.",
        "You have an account now: {1}": "Dein Konto ist da: {1}",
        "{1} was registered at {2}": "{1} wurde am {2} registriert",
        "It waits for an administrator of the network to agree":
            "Es wartet auf die Zustimmung der Verwaltung des Netzwerks",
        "Somebody logged in last at {1}": "Zuletzt angemeldet hat sich jemand am {1}",
        "Mail goes to {1}": "Mail geht an {1}",
        "No channel belongs to you": "Dir gehört kein Kanal",
        "Your channels: {1}": "Deine Kanäle: {1}",
        "Your account has the new password now": "Das Konto hat jetzt das neue Passwort",
        "{1} logs in to your account now": "{1} meldet jetzt in deinem Konto an",
        "Certificates of your account: {1}": "Zertifikate deines Kontos: {1}",
        "{1} is no nickname": "{1} ist kein Nickname",
        "You have the nickname now": "Der Nickname ist jetzt deiner",
        "That session ends": "Jene Sitzung endet",
        "A message to {1}: {2} HELP says which.": "Eine Nachricht an {1}: {2} HELP sagt, welche es gibt.",
        "There is no such command: /msg {1} HELP says which there are":
            "Diesen Befehl gibt es nicht: /msg {1} HELP sagt, welche es gibt",
        "There is no such command; did you mean {1}?": "Diesen Befehl gibt es nicht; war {1} gemeint?",
        "For example: /msg {1} {2}": "Zum Beispiel: /msg {1} {2}",
        "HELP <command> says how one is written": "HELP <command> sagt, wie einer geschrieben wird",
        "Write {1} {2}": "So wird es geschrieben: {1} {2}",
        "{1} is no channel": "{1} ist kein Kanal",
        "Your account is in the network's configuration: it is changed there":
            "Dein Konto steht in der Konfiguration des Netzwerks: Dort wird es geändert",
        "That is you": "Das bist du",
        "That nickname is not your account's": "Dieser Nickname gehört nicht deinem Konto",
        "There is no account {1}": "Es gibt kein Konto {1}",
        "Log in first: you have no account here": "Zuerst anmelden: Ohne Konto geht das nicht",
        "This server keeps no channels": "Dieser Server bewahrt keine Kanäle auf",
        "Only a channel whose name begins with # can be registered":
            "Nur ein Kanal, dessen Name mit # beginnt, kann registriert werden",
        "You may have {1} channels: give one up first": "Mehr als {1} Kanäle sind nicht möglich: zuerst einen aufgeben",
        "What is kept cannot be asked now, try again":
            "Was aufbewahrt wird, lässt sich gerade nicht abfragen, bitte erneut versuchen",
        "That nickname belongs to an account: log in to it, or choose another nickname":
            "Der Nickname gehört einem Konto: dort anmelden oder einen anderen wählen",
        "This nickname belongs to an account: log in to it by /msg NickServ IDENTIFY <password>":
            "Dieser Nickname gehört einem Konto: dort anmelden mit /msg NickServ IDENTIFY <password>",
        "Otherwise you get another nickname in {1} seconds": "Sonst gibt es in {1} Sekunden einen anderen Nickname",
        "Your account may have {1} more nicknames: give one up first":
            "Ein Konto kann {1} weitere Nicknames haben: zuerst einen aufgeben",
        "That is none of the nicknames that you gave to your account":
            "Diesen Nickname hat das Konto nicht dazubekommen",
        "Has your nickname belong to your account, too.": "Lässt auch den jetzigen Nickname dem Konto gehören.",
        "Has a nickname belong to your account no more.": "Lässt einen Nickname dem Konto nicht mehr gehören.",
        "{1} belongs to your account now": "{1} gehört jetzt dem Konto",
        "{1} belongs to your account no more": "{1} gehört dem Konto nicht mehr",
        "Its nicknames: {1}": "Seine Nicknames: {1}",
        "You are banned from this network: {1}": "Dieses Netzwerk ist für dich gesperrt: {1}",
        "There are {1} bans: lift one first": "Es gibt {1} Sperren: zuerst eine aufheben",
        "Say whom: nick!user@host, an address or network, a:<account>, r:<real name> or z:<certificate>":
            "Sag, wen: nick!user@host, eine Adresse oder ein Netz, a:<account>, r:<real name> oder z:<certificate>",
        "That would be you, too": "Das wärst auch du",
        "There is no such ban": "Eine solche Sperre gibt es nicht",
        "This server keeps no bans": "Dieser Server bewahrt keine Sperren auf",
        "The ban is lifted": "Die Sperre ist aufgehoben",
        "End of the network's bans": "Ende der Sperren des Netzwerks",
        "A duration is written like 90m, 12h or 7d": "Eine Dauer wird wie 90m, 12h oder 7d geschrieben",
        "It holds until {1}": "Sie gilt bis {1}",
        "It holds until it is lifted": "Sie gilt, bis sie aufgehoben wird",
        "no reason was given": "ohne Angabe eines Grundes",
        "Who may not be on the network, by mask, address, network, a:<account>, r:<real name> or z:<certificate>; 90m, 7d.":
            "Wer nicht ins Netzwerk darf, nach Maske, Adresse, Netz, a:<account>, r:<real name> oder z:<certificate>; 90m, 7d.",
        "{1} has as many channels as an account may": "{1} hat so viele Kanäle, wie ein Konto haben kann",
        "is a guide of the network": "hilft im Netzwerk als Guide",
        "is a moderator of the network": "moderiert das Netzwerk",
        "is an administrator of the network": "verwaltet das Netzwerk",
        "You are now a guide of the network": "Ab jetzt Guide des Netzwerks",
        "You are now a moderator of the network": "Du moderierst ab jetzt das Netzwerk",
        "You are now an administrator of the network": "Du verwaltest ab jetzt das Netzwerk",
        "{1} has rights that you lack": "{1} hat Rechte, die dir fehlen",
        "Cannot send to channel: you are in quarantine": "Kann nicht an den Kanal senden: du bist in Quarantäne",
        "You are in quarantine: you can only talk to operators":
            "Du bist in Quarantäne und kannst nur mit Operatoren reden",
        "You are in quarantine: {1}": "Du bist in Quarantäne: {1}",
        "You can only talk to operators, STATS p shows them; {1}":
            "Du kannst nur mit Operatoren reden, STATS p zeigt sie; {1}",
        "You are not in quarantine any more": "Du bist nicht mehr in Quarantäne",
        "{1} is not in quarantine": "{1} ist nicht in Quarantäne",
        "The quarantine is ended": "Die Quarantäne ist beendet",
        "UBAN takes ADD, QUARANTINE, REQUIRE-SASL or DEL with a mask, or LIST":
            "UBAN will ADD, QUARANTINE, REQUIRE-SASL oder DEL mit einer Maske, oder LIST",
        "Has somebody talk to operators and to nobody else; 90m, 7d. For operators.":
            "Lässt jemanden nur mit Operatoren reden; 90m, 7d. Für Operatoren.",
        "Ends somebody's quarantine. For operators.": "Beendet jemandes Quarantäne. Für Operatoren.",
        "Takes somebody into channels. For operators.": "Nimmt jemanden in Kanäle hinein. Für Operatoren.",
        "Takes somebody out of channels. For operators.": "Nimmt jemanden aus Kanälen heraus. Für Operatoren.",
        "Gives somebody another nickname. For operators.": "Gibt jemandem einen anderen Nickname. Für Operatoren.",
        "Changes a channel's modes, as MODE does. For operators.":
            "Ändert die Modi eines Kanals, wie MODE. Für Operatoren.",
        "Tells everybody on the network. For operators.": "Sagt es allen im Netzwerk. Für Operatoren.",
        "This server keeps no audit log": "Dieser Server führt kein Protokoll",
        "End of the audit log": "Ende des Protokolls",
        "What was done by right: who, what, to whom, why. For operators.":
            "Was kraft eines Rechts getan wurde: wer, was, an wem, warum. Für Operatoren.",
        "{1} has the rights that you have": "{1} hat dieselben Rechte wie du",
        "Whom the channel keeps out, and why: by mask, a:<account> or r:<real name>; for 90m, 7d, or for good.":
            "Wen der Kanal aussperrt und warum: nach Maske, a:<account> oder r:<real name>; für 90m, 7d oder auf Dauer.",
        "{1} does not keep {2} out any more": "{1} sperrt {2} nicht mehr aus",
        "{1} keeps {2} out until {3}": "{1} sperrt {2} aus bis {3}",
        "{1} keeps {2} out from now on": "{1} sperrt {2} ab jetzt aus",
        "Kept out of {1}: {2}": "Ausgesperrt aus {1}: {2}",
        "You are kept out of this channel: {1}": "Dieser Kanal sperrt dich aus: {1}",
        "A reason has {1} bytes at most": "Ein Grund hat höchstens {1} Bytes",
        "Say whom: nick!user@host, a:<account> or r:<real name>":
            "Sag, wen: nick!user@host, a:<account> oder r:<real name>",
        "The channel keeps out as many as it may: lift one first":
            "Mehr kann der Kanal nicht aussperren: zuerst eine Sperre aufheben",
        "The channel keeps nobody out by that mask": "Nach dieser Maske sperrt der Kanal niemanden aus",
        "There is no mode {1}": "Einen Modus {1} gibt es nicht",
        "Mode {1} can only be locked off": "Modus {1} lässt sich nur als aus festlegen",
        "Mode {1} cannot be locked": "Modus {1} lässt sich nicht festlegen",
        "Say which modes are always on or off, such as +nt-s": "Sag, welche Modi immer an oder aus sind, etwa +nt-s",
        "A channel is private or secret, not both": "Ein Kanal ist privat oder geheim, nicht beides",
        "The topic is locked: accounts change it that are host or owner of the channel":
            "Das Thema ist festgelegt: Es ändern Konten, die Host oder Owner des Kanals sind",
        "A description has {1} bytes at most": "Eine Beschreibung hat höchstens {1} Bytes",
        "Only accounts that are host or owner of the channel do this":
            "Das können nur Konten, die Host oder Owner des Kanals sind",
        "Only accounts that are host or owner of {1} change its topic now":
            "Das Thema von {1} ändern jetzt nur Konten, die dort Host oder Owner sind",
        "The topic of {1} is not locked any more": "Das Thema von {1} ist nicht mehr festgelegt",
        "{1} has no description now": "{1} hat jetzt keine Beschreibung",
        "{1} is described so now": "{1} ist jetzt so beschrieben",
        "Only its people are told of {1} now": "Von {1} erfahren jetzt nur seine Leute",
        "Everybody is told of {1} now": "Von {1} erfahren jetzt alle",
        "No modes of {1} are locked now": "In {1} sind jetzt keine Modi festgelegt",
        "The modes of {1} are locked now": "Die Modi von {1} sind jetzt festgelegt",
        "{1} is private: only its people are told of it": "{1} ist privat: Davon erfahren nur seine Leute",
        "It is about {1}": "Es geht um {1}",
        "Its topic is locked": "Sein Thema ist festgelegt",
        "Of those are locked: {1}": "Davon sind festgelegt: {1}",
        "Asks you into a channel where your account has a rank; hosts and owners ask others, too.":
            "Lädt dich in einen Kanal ein, in dem dein Konto einen Rang hat; Hosts und Owner auch andere.",
        "{1} is invited to {2}": "{1} ist nach {2} eingeladen",
        "Lifts the bans of the channel that keep you, or somebody, out.":
            "Hebt die Sperren des Kanals auf, die dich, oder jemanden, fernhalten.",
        "The bans of {1} that mean {2} are lifted": "Die Sperren von {1}, die {2} meinen, sind aufgehoben",
        "No ban of {1} means {2}": "Keine Sperre von {1} meint {2}",
        "The key of a channel of which your account is host or owner.":
            "Der Schlüssel eines Kanals, dessen Host oder Owner dein Konto ist.",
        "The key of {1} is {2}": "Der Schlüssel von {1} ist {2}",
        "{1} has no key": "{1} hat keinen Schlüssel",
        "Lifts all bans, kicks everybody without a rank by account, or takes ranks that are by no account.":
            "Hebt alle Sperren auf, entfernt alle ohne Rang nach Konto, oder nimmt Ränge, die kein Konto hat.",
        "The registered channels that you may know of.": "Die registrierten Kanäle, von denen du wissen darfst.",
        "{1} is not on the network": "{1} ist nicht im Netzwerk",
        "{1} has no bans now": "{1} hat jetzt keine Sperren",
        "Only accounts that are host or owner of {1} are so now":
            "Host und Owner von {1} sind jetzt nur Konten, die es dort sind",
        "Members taken out of {1}: {2}": "Aus {1} entfernte Mitglieder: {2}",
        "Registered channels: {1}": "Registrierte Kanäle: {1}",
        "There are more: say which by a mask, such as LIST *tea*":
            "Es gibt mehr: Sag mit einer Maske, welche, etwa LIST *tea*",
        "MODE cannot be set due to channel having an active MLOCK restriction policy":
            "MODE geht hier nicht: Der Kanal hat diesen Modus mit MLOCK festgelegt",
        "Somebody with rights that you lack has said so": "Das hat jemand mit Rechten gesagt, die dir fehlen",
    ]
}
