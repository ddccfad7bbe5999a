// What is said of checks of messages, in Spanish. Each by how it is in English.

extension Catalogue {
    static let spanishChecks: [String: String] = [
        "Your message was let through, but mind: {1}": "Tu mensaje ha pasado, pero ten en cuenta: {1}",
        "Your message was not sent: {1}": "Tu mensaje no se ha enviado: {1}",
        "Your message waits for a moderator: {1}": "Tu mensaje espera a la moderación: {1}",
        "No such message waits": "No hay tal mensaje en espera",
        "This server holds no messages": "Este servidor no retiene mensajes",
        "A moderator has let your message to {1} through": "La moderación ha dejado pasar tu mensaje a {1}",
        "A moderator has rejected your message to {1}: {2}": "La moderación ha rechazado tu mensaje a {1}: {2}",
        "too many messages in a short time": "demasiados mensajes en poco tiempo",
        "the same was said too often": "se ha dicho lo mismo demasiadas veces",
        "too many capitals": "demasiadas mayúsculas",
        "too many colours and other formatting": "demasiados colores y otros formatos",
        "a link that is not wanted here": "un enlace que no se quiere aquí",
        "a word that is not wanted here": "una palabra que no se quiere aquí",
        "a text that is not wanted here": "un texto que no se quiere aquí",
        "Messages that wait for a moderator: shows them, lets one through or rejects it. For operators.":
            "Mensajes que esperan a la moderación: los muestra, deja pasar uno o lo rechaza. Para operadores.",
        "What messages are looked at for, and how often that was found; what would be said of a text. For operators.":
            "Qué se busca en los mensajes y cuántas veces se ha encontrado; qué se diría de un texto. Para operadores.",
        "End of the messages that wait": "Fin de los mensajes en espera",
        "End of the message": "Fin del mensaje",
        "The message was let through": "El mensaje ha pasado",
        "The message was rejected": "El mensaje ha sido rechazado",
        "HELD takes LIST, or SHOW, RELEASE or REJECT with an id":
            "HELD admite LIST, o bien SHOW, RELEASE o REJECT con un identificador",
        "CHECKS takes LIST, or TEST with a channel or nickname and a text":
            "CHECKS admite LIST, o bien TEST con un canal o apodo y un texto",
        "End of the checks; hits are those of this server since it began, with {1} searches that took too long":
            "Fin de las comprobaciones; los aciertos son los de este servidor desde que empezó, con {1} búsquedas demasiado largas",
        "That is what would be done": "Eso es lo que se haría",
        "The message would go through": "El mensaje pasaría",
    ]
}
