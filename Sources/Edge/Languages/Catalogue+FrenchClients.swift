// What is said of an account's sessions and clients, in French. Each by how it is in English.

extension Catalogue {
    static let frenchClients: [String: String] = [
        "Logged out by {1}": "Déconnecté par {1}",
        "Logged out by an administrator": "Déconnecté par l'administration",
        "Logged out by another client of the account": "Déconnecté par un autre client du compte",
        "Nothing that is logged in has the id {1}": "Rien de ce qui est connecté n'a l'identifiant {1}",
        "That has ended already": "C'est déjà terminé",
        "That has changed just now, look again": "Cela vient de changer, regardez à nouveau",
        "This network is for those who are logged in: QUIT leaves it":
            "Ce réseau est pour ceux qui sont connectés à un compte : QUIT le quitte",
        "Other clients take part in your session: end them (CLIENTS LOGOUT), or QUIT to leave it to them":
            "D'autres clients participent à votre session : CLIENTS LOGOUT les termine, QUIT la leur laisse",
        "Shows the sessions, clients and devices of your account, and ends one or all of them.":
            "Montre les sessions, les clients et les appareils de votre compte, et en termine un ou tous.",
        "Logs you out: your session goes on without an account.":
            "Vous déconnecte du compte : votre session continue sans compte.",
        "That is logged out": "C'est déconnecté",
        "Session {1} of {2}, since {3}": "Session {1} de {2}, depuis {3}",
        "It stays when no client is there": "Elle reste quand aucun client n'est là",
        "No client is there since {1}": "Aucun client n'est là depuis {1}",
        "It is away: {1}": "Elle est absente : {1}",
        "Client {1} is gone, and may come back without logging in until {2}":
            "Le client {1} est parti, et peut revenir sans s'identifier jusqu'à {2}",
        "Device {1} is pushed to by {2}": "L'appareil {1} reçoit des notifications par {2}",
        "Clients of {1}: {2}": "Clients de {1} : {2}",
        "Client {1}, since {2}, from {3}, by {4}": "Client {1}, depuis {2}, de {3}, par {4}",
        "That is the one that you write with": "C'est celui avec lequel vous écrivez",
        "Its certificate is {1}": "Son certificat est {1}",
        "It calls itself {1}": "Il se nomme {1}",
        "Nobody is before it": "Personne n'est devant",
        "You are logged out": "Vous êtes déconnecté de votre compte",
        "IRC over TLS": "IRC par TLS",
        "WebSocket over TLS": "WebSocket par TLS",
        "Other clients that lose their connection have to log in again; CLIENTS LOGOUT all ends them":
            "Les autres clients qui perdent la connexion devront s'identifier ; CLIENTS LOGOUT all les termine",
        "Who gave you the token cannot be asked for its keys now, try again":
            "On ne peut pas demander ses clés à qui vous a donné le jeton, réessayez",
        "The name that your token has cannot be an account's: {1}":
            "Le nom de votre jeton ne peut pas être celui d'un compte : {1}",
        "Somebody is left on the network who had the account before, try again later":
            "Il reste sur le réseau quelqu'un qui avait le compte avant, réessayez plus tard",
    ]
}
