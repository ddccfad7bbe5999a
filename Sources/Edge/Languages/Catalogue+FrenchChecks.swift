// What is said of checks of messages, in French. Each by how it is in English.

extension Catalogue {
    static let frenchChecks: [String: String] = [
        "Your message was let through, but mind: {1}": "Votre message est passé, mais attention : {1}",
        "Your message was not sent: {1}": "Votre message n'a pas été envoyé : {1}",
        "Your message waits for a moderator: {1}": "Votre message attend la modération : {1}",
        "No such message waits": "Aucun message de ce genre n'attend",
        "This server holds no messages": "Ce serveur ne retient pas de messages",
        "A moderator has let your message to {1} through": "La modération a laissé passer votre message à {1}",
        "A moderator has rejected your message to {1}: {2}": "La modération a rejeté votre message à {1} : {2}",
        "too many messages in a short time": "trop de messages en peu de temps",
        "the same was said too often": "la même chose a été dite trop souvent",
        "too many capitals": "trop de majuscules",
        "too many colours and other formatting": "trop de couleurs et d'autres mises en forme",
        "a link that is not wanted here": "un lien qui n'est pas souhaité ici",
        "a word that is not wanted here": "un mot qui n'est pas souhaité ici",
        "a text that is not wanted here": "un texte qui n'est pas souhaité ici",
        "Messages that wait for a moderator: shows them, lets one through or rejects it. For operators.":
            "Messages qui attendent la modération : les montre, en laisse passer un ou le rejette. Pour les opérateurs.",
        "What messages are looked at for, and how often that was found; what would be said of a text. For operators.":
            "Ce qui est cherché dans les messages, et combien de fois cela a été trouvé ; ce qui serait dit d'un texte. Pour les opérateurs.",
        "End of the messages that wait": "Fin des messages en attente",
        "End of the message": "Fin du message",
        "The message was let through": "Le message est passé",
        "The message was rejected": "Le message a été rejeté",
        "HELD takes LIST, or SHOW, RELEASE or REJECT with an id":
            "HELD accepte LIST, ou bien SHOW, RELEASE ou REJECT avec un identifiant",
        "CHECKS takes LIST, or TEST with a channel or nickname and a text":
            "CHECKS accepte LIST, ou bien TEST avec un salon ou un pseudo et un texte",
        "End of the checks; hits are those of this server since it began, with {1} searches that took too long":
            "Fin des contrôles ; les résultats sont ceux de ce serveur depuis son début, avec {1} recherches trop longues",
        "That is what would be done": "Voilà ce qui serait fait",
        "The message would go through": "Le message passerait",
    ]
}
