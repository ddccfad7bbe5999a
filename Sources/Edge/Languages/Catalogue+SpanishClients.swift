// What is said of an account's sessions and clients, in Spanish. Each by how it is in English.

extension Catalogue {
    static let spanishClients: [String: String] = [
        "Logged out by {1}": "Sesión cerrada por {1}",
        "Logged out by an administrator": "Sesión cerrada por la administración",
        "Logged out by another client of the account": "Sesión cerrada por otro cliente de la cuenta",
        "Nothing that is logged in has the id {1}": "Nada de lo que tiene sesión abierta se llama {1}",
        "That has ended already": "Eso ya terminó",
        "That has changed just now, look again": "Eso acaba de cambiar, mira otra vez",
        "This network is for those who are logged in: QUIT leaves it":
            "Esta red es para quienes tienen sesión abierta: QUIT la abandona",
        "Other clients take part in your session: end them (CLIENTS LOGOUT), or QUIT to leave it to them":
            "Otros clientes participan en tu sesión: termínalos (CLIENTS LOGOUT), o déjasela con QUIT",
        "Shows the sessions, clients and devices of your account, and ends one or all of them.":
            "Muestra las sesiones, los clientes y los dispositivos de tu cuenta, y termina uno o todos.",
        "Logs you out: your session goes on without an account.":
            "Cierra tu sesión de cuenta: sigues en la red sin cuenta.",
        "That is logged out": "Eso queda desconectado de la cuenta",
        "Session {1} of {2}, since {3}": "Sesión {1} de {2}, desde {3}",
        "It stays when no client is there": "Se queda cuando no hay ningún cliente",
        "No client is there since {1}": "No hay ningún cliente desde {1}",
        "It is away: {1}": "Está ausente: {1}",
        "Client {1} is gone, and may come back without logging in until {2}":
            "El cliente {1} se fue, y puede volver sin identificarse hasta {2}",
        "Device {1} is pushed to by {2}": "El dispositivo {1} recibe avisos por {2}",
        "Clients of {1}: {2}": "Clientes de {1}: {2}",
        "Client {1}, since {2}, from {3}, by {4}": "Cliente {1}, desde {2}, de {3}, por {4}",
        "That is the one that you write with": "Es el que usas ahora",
        "Its certificate is {1}": "Su certificado es {1}",
        "It calls itself {1}": "Se presenta como {1}",
        "Nobody is before it": "No hay nadie delante",
        "You are logged out": "Has cerrado la sesión de tu cuenta",
        "IRC over TLS": "IRC por TLS",
        "WebSocket over TLS": "WebSocket por TLS",
        "Other clients that lose their connection have to log in again; CLIENTS LOGOUT all ends them":
            "Los demás clientes que pierdan la conexión deben identificarse; CLIENTS LOGOUT all los termina",
        "Who gave you the token cannot be asked for its keys now, try again":
            "No se pueden pedir ahora las claves de quien te dio el token, inténtalo de nuevo",
        "The name that your token has cannot be an account's: {1}":
            "El nombre de tu token no puede ser el de una cuenta: {1}",
        "Somebody is left on the network who had the account before, try again later":
            "Queda alguien en la red que tenía antes la cuenta, inténtalo más tarde",
    ]
}
