// What is said of an account's sessions and clients, in German. Each by how it is in English.

extension Catalogue {
    static let germanClients: [String: String] = [
        "Logged out by {1}": "Abgemeldet von {1}",
        "Logged out by an administrator": "Von der Verwaltung abgemeldet",
        "Logged out by another client of the account": "Von einem anderen Client des Kontos abgemeldet",
        "Nothing that is logged in has the id {1}": "Nichts, was angemeldet ist, hat die Kennung {1}",
        "That has ended already": "Das ist schon beendet",
        "That has changed just now, look again": "Das hat sich gerade geändert, noch einmal ansehen",
        "This network is for those who are logged in: QUIT leaves it":
            "Dieses Netzwerk ist für Angemeldete: QUIT verlässt es",
        "Other clients take part in your session: end them (CLIENTS LOGOUT), or QUIT to leave it to them":
            "An deiner Sitzung nehmen andere Clients teil: CLIENTS LOGOUT beendet sie, QUIT überlässt sie ihnen",
        "Shows the sessions, clients and devices of your account, and ends one or all of them.":
            "Zeigt Sitzungen, Clients und Geräte deines Kontos, und beendet eines davon oder alle.",
        "Logs you out: your session goes on without an account.":
            "Meldet dich ab: deine Sitzung geht ohne Konto weiter.",
        "That is logged out": "Das ist abgemeldet",
        "Session {1} of {2}, since {3}": "Sitzung {1} von {2}, seit {3}",
        "It stays when no client is there": "Sie bleibt, wenn kein Client da ist",
        "No client is there since {1}": "Seit {1} ist kein Client da",
        "It is away: {1}": "Sie ist abwesend: {1}",
        "Client {1} is gone, and may come back without logging in until {2}":
            "Client {1} ist fort und darf bis {2} ohne Anmeldung zurückkommen",
        "Device {1} is pushed to by {2}": "Gerät {1} bekommt Meldungen über {2}",
        "Clients of {1}: {2}": "Clients von {1}: {2}",
        "Client {1}, since {2}, from {3}, by {4}": "Client {1}, seit {2}, von {3}, über {4}",
        "That is the one that you write with": "Das ist der, mit dem du schreibst",
        "Its certificate is {1}": "Sein Zertifikat ist {1}",
        "It calls itself {1}": "Er nennt sich {1}",
        "Nobody is before it": "Niemand sitzt davor",
        "You are logged out": "Du bist abgemeldet",
        "IRC over TLS": "IRC über TLS",
        "WebSocket over TLS": "WebSocket über TLS",
        "Other clients that lose their connection have to log in again; CLIENTS LOGOUT all ends them":
            "Andere Clients, deren Verbindung abbricht, müssen sich neu anmelden; CLIENTS LOGOUT all beendet sie",
        "Who gave you the token cannot be asked for its keys now, try again":
            "Wer dir das Token gab, kann gerade nicht nach seinen Schlüsseln gefragt werden, noch einmal versuchen",
        "The name that your token has cannot be an account's: {1}":
            "Der Name in deinem Token kann nicht der eines Kontos sein: {1}",
        "Somebody is left on the network who had the account before, try again later":
            "Im Netzwerk ist noch jemand, der das Konto vorher hatte, später noch einmal versuchen",
    ]
}
