// Reports and what else moderators do, in Spanish. Each by how it is in English.

extension Catalogue {
    static let spanishModeration: [String: String] = [
        "Tells the network's moderators of somebody or of a message, with what was said around it.":
            "Avisa a la moderación de la red de alguien o de un mensaje, con lo que se dijo alrededor.",
        "What people reported. For operators.": "Lo que se ha denunciado. Para operadores.",
        "Say why you report it": "Indica por qué lo denuncias",
        "Your report {1} waits to be looked at; you are told what becomes of it":
            "Tu denuncia {1} espera a ser revisada; recibirás un aviso de lo que se haga",
        "The report is yours": "La denuncia es tuya",
        "The report is closed": "La denuncia está cerrada",
        "REPORTS takes LIST, or SHOW, CLAIM or CLOSE with a report's number; CLOSE with what was done, too":
            "REPORTS quiere LIST, o SHOW, CLAIM o CLOSE con el número de una denuncia; CLOSE también con lo que se hizo",
        "End of the reports": "Fin de las denuncias",
        "End of the report": "Fin de la denuncia",
        "Report {1} by {2} about {3}: {4}": "Denuncia {1} de {2} sobre {3}: {4}",
        "Your report {1} is closed: {2}": "Tu denuncia {1} está cerrada: {2}",
        "This server takes no reports": "Este servidor no acepta denuncias",
        "You have reported a lot just now, try again in some minutes":
            "Acabas de denunciar mucho, inténtalo de nuevo en unos minutos",
        "Too many reports wait to be looked at, try later":
            "Demasiadas denuncias esperan a ser revisadas, inténtalo más tarde",
        "You cannot read a message with this id": "No puedes leer ningún mensaje con este identificador",
        "There is no report {1}": "No hay ninguna denuncia {1}",
        "{1} has closed it": "{1} la ha cerrado",
        "{1} has taken it on": "{1} se ocupa de ella",
        "Guests do not come into this channel for now: {1}": "Por ahora no entran invitados en este canal: {1}",
        "Cannot send to channel: guests do not speak here for now: {1}":
            "No se puede enviar al canal: por ahora aquí no hablan invitados: {1}",
        "This network is closed to newcomers for now: {1}": "Esta red está cerrada por ahora a quien llega: {1}",
        "Guests cannot do this for now: {1}": "Por ahora los invitados no pueden hacer esto: {1}",
        "Closes a channel, or the network, to guests for a while (1h); opens it; or says how it is. For those who run it.":
            "Cierra un canal, o la red, a los invitados por un tiempo (1h), lo abre, o dice cómo está. Para quienes lo llevan.",
        "Doors are closed for 7d at most": "Se cierra por 7d como máximo",
        "RAID takes ON with a duration and a reason, or OFF; behind a channel or alone":
            "RAID quiere ON con una duración y un motivo, u OFF; detrás de un canal o solo",
        "The doors are open": "Está abierto",
        "The doors are closed by {1}: {2}; {3}": "Cerrado por {1}: {2}; {3}",
        "They are banned or in quarantine already": "Ya hay una prohibición o una cuarentena",
        "{1} is not muted": "{1} no está en silencio",
        "You are muted: {1}": "Estás en silencio: {1}",
        "Cannot send to channel: you are muted": "No se puede enviar al canal: estás en silencio",
        "You can only write to operators, STATS p shows them; {1}":
            "Solo puedes escribir a operadores, STATS p los muestra; {1}",
        "You are not muted any more": "Ya no estás en silencio",
        "Has somebody say nothing but to operators, on the whole network; 90m, 7d. For operators.":
            "Hace que alguien hable solo con operadores, en toda la red; 90m, 7d. Para operadores.",
        "Has somebody speak again. For operators.": "Deja hablar de nuevo a alguien. Para operadores.",
        "Who is muted, why and until when. For operators.":
            "Quién está en silencio, por qué y hasta cuándo. Para operadores.",
        "They may speak again": "Pueden hablar de nuevo",
        "End of the mutes": "Fin de los silencios",
        "Guests are in {1} channels at most: log in to an account":
            "Los invitados están en {1} canales como máximo: identifícate con una cuenta",
        "There is no such channel, and guests begin none: log in to an account":
            "No existe ese canal, y los invitados no crean ninguno: identifícate con una cuenta",
        "Guests write in channels and to operators alone: log in to an account":
            "Los invitados escriben solo en canales y a operadores: identifícate con una cuenta",
        "Guests send links once they have been here for a while: in {1} minutes, or logged in":
            "Los invitados envían enlaces tras un tiempo: en {1} minutos, o identificados",
        "This server keeps no invite links": "Este servidor no guarda enlaces de invitación",
        "A channel has {1} invite links at most: revoke one first":
            "Un canal tiene {1} enlaces de invitación como máximo: anula uno primero",
        "There is no such invite link": "No existe ese enlace de invitación",
        "There is no such invite link, or it lets nobody in any more":
            "No existe ese enlace de invitación, o ya no deja entrar a nadie",
        "You have tried many codes, try again in a minute":
            "Has probado muchos códigos, inténtalo de nuevo en un minuto",
        "That channel is not there any more": "Ese canal ya no existe",
        "Makes a code that lets so many (1) into a registered channel for a while (1d), shows and ends such, or comes in by one.":
            "Crea un código que deja entrar a tantos (1) en un canal registrado por un tiempo (1d), los muestra y anula, o entra con uno.",
        "The link lets nobody in any more": "El enlace ya no deja entrar a nadie",
        "INVITELINK takes CREATE, LIST or REVOKE with a channel, or USE with a code":
            "INVITELINK quiere CREATE, LIST o REVOKE con un canal, o USE con un código",
        "A link is for 1 to 1000 uses, and for 30d at most: CREATE #channel 5 12h":
            "Un enlace vale de 1 a 1000 usos, y 30d como máximo: CREATE #canal 5 12h",
        "Who knows this code comes in, {1} times; {2}": "Quien conoce este código entra, {1} veces; {2}",
        "{1} uses are left": "Quedan {1} usos",
        "End of the invite links": "Fin de los enlaces de invitación",
    ]
}
