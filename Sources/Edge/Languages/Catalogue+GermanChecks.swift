// What is said of checks of messages, in German. Each by how it is in English.

extension Catalogue {
    static let germanChecks: [String: String] = [
        "Your message was let through, but mind: {1}": "Deine Nachricht ging durch, aber bedenke: {1}",
        "Your message was not sent: {1}": "Deine Nachricht wurde nicht gesendet: {1}",
        "Your message waits for a moderator: {1}": "Deine Nachricht wartet auf die Moderation: {1}",
        "No such message waits": "Eine solche Nachricht wartet nicht",
        "This server holds no messages": "Dieser Server hält keine Nachrichten zurück",
        "A moderator has let your message to {1} through": "Die Moderation hat deine Nachricht an {1} durchgelassen",
        "A moderator has rejected your message to {1}: {2}": "Die Moderation hat deine Nachricht an {1} abgelehnt: {2}",
        "too many messages in a short time": "zu viele Nachrichten in kurzer Zeit",
        "the same was said too often": "dasselbe wurde zu oft gesagt",
        "too many capitals": "zu viele Großbuchstaben",
        "too many colours and other formatting": "zu viele Farben und andere Formatierung",
        "a link that is not wanted here": "ein Link, der hier nicht erwünscht ist",
        "a word that is not wanted here": "ein Wort, das hier nicht erwünscht ist",
        "a text that is not wanted here": "ein Text, der hier nicht erwünscht ist",
        "Messages that wait for a moderator: shows them, lets one through or rejects it. For operators.":
            "Nachrichten, die auf die Moderation warten: zeigt sie, lässt eine durch oder lehnt sie ab. Für Operatoren.",
        "What messages are looked at for, and how often that was found; what would be said of a text. For operators.":
            "Worauf Nachrichten angesehen werden, und wie oft das gefunden wurde; was von einem Text gesagt würde. Für Operatoren.",
        "End of the messages that wait": "Ende der wartenden Nachrichten",
        "End of the message": "Ende der Nachricht",
        "The message was let through": "Die Nachricht wurde durchgelassen",
        "The message was rejected": "Die Nachricht wurde abgelehnt",
        "HELD takes LIST, or SHOW, RELEASE or REJECT with an id":
            "HELD nimmt LIST, oder SHOW, RELEASE oder REJECT mit einer Kennung",
        "CHECKS takes LIST, or TEST with a channel or nickname and a text":
            "CHECKS nimmt LIST, oder TEST mit einem Kanal oder Nickname und einem Text",
        "End of the checks; hits are those of this server since it began, with {1} searches that took too long":
            "Ende der Prüfungen; Treffer sind die dieses Servers, seit er läuft, mit {1} Suchen, die zu lange dauerten",
        "That is what would be done": "Das würde getan",
        "The message would go through": "Die Nachricht ginge durch",
    ]
}
