// What HELP says, in German. Each by how it is in English.

extension Catalogue {
    static let germanHelp: [String: String] = [
        "Commands: {1}": "Befehle: {1}",
        "HELP <command> says more.": "HELP <Befehl> sagt mehr.",
        "Modes of channels:": "Modi von Kanälen:",
        "Extended bans, in +b, +e and +I:": "Erweiterte Banns, in +b, +e und +I:",
        "End of HELP": "Ende der Hilfe",
        "Owner: runs the channel and makes others owner or host.":
            "Besitzer: leitet den Kanal und macht andere zu Besitzern oder Operatoren.",
        "Ban: these masks may neither join nor speak.": "Bann: diese Masken dürfen weder hinein noch sprechen.",
        "Exception: bans do not hold for these masks.": "Ausnahme: Banns gelten nicht für diese Masken.",
        "Invite exception: these masks need no invitation.":
            "Einladungsausnahme: diese Masken brauchen keine Einladung.",
        "Forward: who is kept out by +i, +j, +l or +R comes into this channel instead.":
            "Weiterleitung: wer wegen +i, +j, +l oder +R nicht hereinkommt, kommt stattdessen in diesen Kanal.",
        "Throttle: so many come in, in so many seconds (5:10).":
            "Drosselung: so viele kommen in so vielen Sekunden herein (5:10).",
        "Slow: members without a rank wait so many seconds between messages.":
            "Langsam: Mitglieder ohne Rang warten so viele Sekunden zwischen zwei Nachrichten.",
        "No CTCP but ACTION.": "Kein CTCP außer ACTION.",
        "No colours and other formatting.": "Keine Farben und anderen Formatierungen.",
        "Hosts of any channel may forward to this one.": "Operatoren jedes Kanals dürfen hierher weiterleiten.",
        "Only who is invited comes in.": "Nur wer eingeladen ist, kommt herein.",
        "The past can be read since one joined, not before.":
            "Lesbar ist nur, was seit dem eigenen Beitritt gesagt wurde.",
        "Only who is logged in or has a rank speaks.": "Nur wer angemeldet ist oder einen Rang hat, spricht.",
        "Only members with a rank speak.": "Nur Mitglieder mit einem Rang sprechen.",
        "Only hosts change their nicknames.": "Nur Operatoren wechseln ihren Nickname.",
        "Only members speak.": "Nur Mitglieder sprechen.",
        "Others see the name, not who is in it.": "Andere sehen den Namen, nicht wer darin ist.",
        "Only who is logged in comes in.": "Nur wer angemeldet ist, kommt herein.",
        "Registered to an account; the server sets it.": "Für ein Konto registriert; das setzt der Server.",
        "Others do not see that it exists.": "Andere sehen nicht, dass es ihn gibt.",
        "No notices.": "Keine Notices.",
        "Only hosts change the topic.": "Nur Operatoren ändern das Thema.",
        "What members without a rank say only hosts hear.": "Was Mitglieder ohne Rang sagen, hören nur Operatoren.",
        "Members without a rank are seen by hosts only.": "Mitglieder ohne Rang sind nur für Operatoren zu sehen.",
        "Only who is connected securely comes in.": "Nur wer sicher verbunden ist, kommt herein.",
        "Host: runs the channel.": "Operator: leitet den Kanal.",
        "Voice: may speak in a moderated channel.": "Voice: darf in einem moderierten Kanal sprechen.",
        "Key: who joins has to know it.": "Schlüssel: wer hinein will, muss ihn kennen.",
        "Limit: so many members at most.": "Limit: höchstens so viele Mitglieder.",
        "a:<account>: who is logged in to it.": "a:<Konto>: wer darin angemeldet ist.",
        "i:<mask or network>: the address behind the host; for operators of the network.":
            "i:<Maske oder Netz>: die Adresse hinter dem Host; für Operatoren des Netzwerks.",
        "c:<channel>: who is in it, if everybody may know.": "c:<Kanal>: wer darin ist, wenn es alle wissen dürfen.",
        "f:<channel>:<mask>: who comes into that channel instead.":
            "f:<Kanal>:<Maske>: wer stattdessen in diesen Kanal kommt.",
        "m:<mask>: who comes in, but does not speak.": "m:<Maske>: wer hereinkommt, aber nicht spricht.",
        "r:<pattern>: whose real name is like that; ? stands for a space.":
            "r:<Muster>: wessen Realname so ist; ? steht für ein Leerzeichen.",
        "z:<SHA-256>: whose client has a certificate of this fingerprint.":
            "z:<SHA-256>: wessen Client ein Zertifikat mit diesem Fingerabdruck hat.",
        "Begins or ends a message of several lines.": "Beginnt oder beendet eine mehrzeilige Nachricht.",
        "Enters channels; JOIN 0 leaves all.": "Betritt Kanäle; JOIN 0 verlässt alle.",
        "Leaves channels.": "Verlässt Kanäle.",
        "Shows or changes a channel's topic; an empty one clears it.":
            "Zeigt oder ändert das Thema eines Kanals; ein leeres löscht es.",
        "Asks somebody into a channel; into an invite-only one hosts only.":
            "Lädt jemanden in einen Kanal ein; in einen mit +i nur durch Operatoren.",
        "Removes people from a channel, or each from the channel at the same place.":
            "Wirft Leute aus einem Kanal, oder jeden aus dem Kanal an gleicher Stelle.",
        "Shows or changes modes.": "Zeigt oder ändert Modi.",
        "What was said. A reference is msgid=… or timestamp=…, with LATEST also *.":
            "Was gesagt wurde. Eine Referenz ist msgid=… oder timestamp=…, mit LATEST auch *.",
        "Up to where you have read, on all of your clients.": "Bis wohin gelesen wurde, auf allen eigenen Clients.",
        "Takes a message back: your own, or in a channel that you run.":
            "Nimmt eine Nachricht zurück: eine eigene, oder in einem selbst geleiteten Kanal.",
        "Looks for messages: text= from= in= before= after= limit=.":
            "Sucht Nachrichten: text= from= in= before= after= limit=.",
        "Asks those who run a closed channel to let you in.":
            "Bittet die Leitung eines geschlossenen Kanals um Einlass.",
        "In which language this server speaks to you: en, de, es, fr; * for the language of the network.":
            "In welcher Sprache der Server spricht: en, de, es, fr; * für die des Netzwerks.",
        "Who is in a channel.": "Wer in einem Kanal ist.",
        "Lists channels. Conditions: >n <n C>n C<n T>n T<n mask !mask.":
            "Listet Kanäle auf. Bedingungen: >n <n C>n C<n T>n T<n Maske !Maske.",
        "Sends a message to people or channels.": "Sendet eine Nachricht an Leute oder Kanäle.",
        "Sends a message that nothing answers by itself.":
            "Sendet eine Nachricht, auf die nichts von selbst antwortet.",
        "Sends client-only tags without a text.": "Sendet Tags von Client zu Client, ohne Text.",
        "What people and channels say of themselves.": "Was Leute und Kanäle von sich angeben.",
        "The keys of which your client is told.": "Die Schlüssel, von denen der eigene Client erfährt.",
        "Tells you when people come and go.": "Sagt, wann Leute kommen und gehen.",
        "Gives you the rights of an account's roles.": "Gibt die Rechte, die die Rollen eines Kontos verleihen.",
        "Disconnects somebody. For operators.": "Trennt jemanden vom Netzwerk. Für Operatoren.",
        "Tells everybody with user mode w. For operators.": "Sagt es allen mit dem Benutzermodus w. Für Operatoren.",
        "Reads tenants and certificates again. For operators.":
            "Liest Mandanten und Zertifikate neu ein. Für Operatoren.",
        "Whether you stay on the network while no client is there.":
            "Ob man im Netzwerk bleibt, während kein Client da ist.",
        "Negotiates what your client understands.": "Handelt aus, was der Client versteht.",
        "Changes your nickname.": "Wechselt den Nickname.",
        "Logs in to an account (SASL).": "Meldet in einem Konto an (SASL).",
        "Asks for a PONG.": "Bittet um ein PONG.",
        "Says what somebody elsewhere said, as a bridge; for hosts of the channel.":
            "Sagt als Brücke, was jemand anderswo gesagt hat; für Operatoren des Kanals.",
        "Gives a channel another name; all in it come along.":
            "Gibt einem Kanal einen anderen Namen; alle darin kommen mit.",
        "The message of the day.": "Die Nachricht des Tages.",
        "How many people and channels there are.": "Wie viele Leute und Kanäle es gibt.",
        "The server's version and what it supports.": "Die Version des Servers und was er unterstützt.",
        "The server's time, in UTC.": "Die Zeit des Servers, in UTC.",
        "What this server is.": "Was dieser Server ist.",
        "Who runs this network.": "Wer dieses Netzwerk betreibt.",
        "The servers: there is one for everybody.": "Die Server: es gibt einen für alle.",
        "How long the server is up; which operators are here; whose accounts are operators', for operators.":
            "Wie lange der Server läuft; welche Operatoren hier sind; welche Konten Operatoren gehören, für Operatoren.",
        "The servers as a tree: there is one for everybody.": "Die Server als Baum: es gibt einen für alle.",
        "What there is, or what a command or a mode does.": "Was es gibt, oder was ein Befehl oder Modus tut.",
        "Of whom you want no messages and invitations, whatever their host if it is an account; alone, who they are.":
            "Von wem keine Nachrichten und Einladungen erwünscht sind, bei einem Konto unter jedem Host; allein, wer das ist.",
        "Neither a mask nor an account, which is written account:name":
            "Weder eine Maske noch ein Konto, das als account:name geschrieben wird",
        "What this network is like, for your client.": "Wie dieses Netzwerk ist, für den Client.",
        "Marks you as away, or as back without a reason.": "Meldet abwesend, oder ohne Grund wieder da.",
        "Changes your real name.": "Ändert den Realnamen.",
        "The hosts of up to five people.": "Die Hosts von bis zu fünf Leuten.",
        "The addresses of up to five people.": "Die Adressen von bis zu fünf Leuten.",
        "Which of these people are here.": "Wer von diesen Leuten da ist.",
        "Who somebody is.": "Wer jemand ist.",
        "Who had a nickname before.": "Wer einen Nickname vorher hatte.",
        "Who is there (WHOX). Flags: o operators; n u h i s r a what the mask is matched with.":
            "Wer da ist (WHOX). Flags: o Operatoren; n u h i s r a womit die Maske verglichen wird.",
        "Has what you would want to know at once be pushed to a device of yours.":
            "Lässt an ein Gerät senden, was man sofort wissen möchte.",
        "Gives you an account, called like your nickname.": "Legt ein Konto an, das wie der Nick heißt.",
        "Which client certificates log in to your account; ADD alone takes the one that you show.":
            "Welche Clientzertifikate an diesem Konto anmelden; ADD allein nimmt das gezeigte.",
    ]
}
