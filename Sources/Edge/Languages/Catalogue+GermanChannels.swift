// What MemoServ, HostServ, HELP and templates of channels say, in German. Each by how it is in English.

extension Catalogue {
    static let germanChannels: [String: String] = [
        "This network keeps no messages for who is away": "Dieses Netzwerk hebt keine Nachrichten für Abwesende auf",
        "Log in first: messages are left for accounts, by accounts":
            "Zuerst anmelden: Nachrichten hinterlassen Konten für Konten",
        "There is no text to leave": "Es gibt keinen Text zu hinterlassen",
        "{1} has as many messages as there may be": "{1} hat schon so viele Nachrichten, wie es geben darf",
        "Wait until what you left before is read": "Erst muss gelesen sein, was du vorher hinterlassen hast",
        "MemoServ keeps messages for who is away. They are direct messages of two accounts.":
            "MemoServ hebt Nachrichten für Abwesende auf. Es sind direkte Nachrichten zweier Konten.",
        "Leaves a message for an account, which is told of it when somebody logs in to it.":
            "Hinterlässt einem Konto eine Nachricht; wer sich daran anmeldet, erfährt davon.",
        "Your message waits for {1}": "Deine Nachricht wartet auf {1}",
        "Which messages there are for you.": "Welche Nachrichten es für dich gibt.",
        "Shows a message, or all that you have not read.":
            "Zeigt eine Nachricht, oder alle, die du nicht gelesen hast.",
        "Takes a message off your list, or all; they stay in the history of both.":
            "Nimmt eine Nachricht von deiner Liste, oder alle; im Verlauf beider bleiben sie.",
        "Of whom you want no messages; they are not told.": "Von wem du keine Nachrichten willst; es erfährt niemand.",
        "Messages that wait for you: {1}. /msg MemoServ READ NEW shows them":
            "Nachrichten, die auf dich warten: {1}. /msg MemoServ READ NEW zeigt sie",
        "Messages for you: {1}, not read: {2}": "Nachrichten für dich: {1}, nicht gelesen: {2}",
        "You have read all messages": "Alle Nachrichten sind gelesen",
        "Message {1} of {2}, at {3}:": "Nachricht {1} von {2}, am {3}:",
        "It cannot be shown just now, try again later":
            "Sie kann gerade nicht gezeigt werden, versuche es später",
        "It is not kept any more": "Sie ist nicht mehr aufgehoben",
        "Messages taken off your list: {1}": "Von deiner Liste genommene Nachrichten: {1}",
        "You want no messages of: {1}": "Du willst keine Nachrichten von: {1}",
        "You get no messages of {1} any more": "Von {1} bekommst du keine Nachrichten mehr",
        "Your list is full": "Deine Liste ist voll",
        "You get messages of {1} again": "Von {1} bekommst du wieder Nachrichten",
        "{1} is not in your list": "{1} steht nicht auf deiner Liste",
        "{1} left a message for you: /msg MemoServ READ NEW shows it":
            "{1} hat dir eine Nachricht hinterlassen: /msg MemoServ READ NEW zeigt sie",
        "The same as HELP.": "Dasselbe wie HELP.",
        "Services take commands, too: HELP {1}": "Auch Dienste nehmen Befehle entgegen: HELP {1}",
        "For example: {1}": "Zum Beispiel: {1}",
        "Answers the server's PING: your client does it by itself.":
            "Antwortet auf das PING des Servers: Das tut dein Client von selbst.",
        "What servers say to each other; from a client it does nothing.":
            "Was Server einander sagen; von einem Client tut es nichts.",
        "A password, before you are here: <account>:<password>, or that of your nickname's account.":
            "Ein Passwort, bevor du da bist: <Konto>:<Passwort>, oder das vom Konto deines Nicknames.",
        "Who you are, before you are here: your client sends it with NICK.":
            "Wer du bist, bevor du da bist: Dein Client schickt es mit NICK.",
        "By which a gateway says for whom it speaks, before anything else.":
            "Womit ein Gateway sagt, für wen es spricht, vor allem anderen.",
        "Log in first: hosts belong to accounts": "Zuerst anmelden: Hosts gehören Konten",
        "A host is two names at least of letters, digits and dashes, with dots between; no address, and none of this network":
            "Ein Host sind mindestens zwei Namen aus Buchstaben, Ziffern und Strichen mit Punkten dazwischen; keine Adresse und keiner dieses Netzwerks",
        "This server keeps no hosts": "Dieser Server merkt sich keine Hosts",
        "That host was not asked for": "Um diesen Host wurde nicht gebeten",
        "Nothing was asked for": "Es wurde um nichts gebeten",
        "There is no such host": "Einen solchen Host gibt es nicht",
        "Another account has that host, or asks for it": "Ein anderes Konto hat diesen Host oder bittet darum",
        "Too many ask for hosts just now, try again later": "Gerade bitten zu viele um Hosts, versuche es später",
        "HostServ has accounts shown under a host of their own, once those agreed who look after the network.":
            "HostServ lässt Konten unter einem eigenen Host zeigen, wenn die zugestimmt haben, die sich um das Netzwerk kümmern.",
        "Asks for a host.": "Bittet um einen Host.",
        "You asked for {1}: those decide who look after the network":
            "Du hast um {1} gebeten: Es entscheidet, wer sich um das Netzwerk kümmert",
        "Has your host shown.": "Lässt deinen Host zeigen.",
        "Your host is shown": "Dein Host wird gezeigt",
        "Has the host shown that is made of your account's name.":
            "Lässt den Host zeigen, der aus dem Namen deines Kontos gemacht ist.",
        "Your host is not shown": "Dein Host wird nicht gezeigt",
        "Who asks for a host. For operators.": "Wer um einen Host bittet. Für Operatoren.",
        "Gives an account the host that it asked for. For operators.":
            "Gibt einem Konto den Host, um den es gebeten hat. Für Operatoren.",
        "{1} has the host {2} now": "{1} hat jetzt den Host {2}",
        "Refuses an account the host that it asked for; the reason is noted. For operators.":
            "Verweigert einem Konto den Host, um den es gebeten hat; der Grund wird vermerkt. Für Operatoren.",
        "{1} does not get what it asked for": "{1} bekommt nicht, worum es gebeten hat",
        "Gives an account a host that it did not ask for. For operators.":
            "Gibt einem Konto einen Host, um den es nicht gebeten hat. Für Operatoren.",
        "Takes an account's host. For operators.": "Nimmt einem Konto den Host. Für Operatoren.",
        "{1} has no host of its own any more": "{1} hat keinen eigenen Host mehr",
        "Accounts that ask for a host: {1}": "Konten, die um einen Host bitten: {1}",
    ]
}
