// Reports and what else moderators do, in French. Each by how it is in English.

extension Catalogue {
    static let frenchModeration: [String: String] = [
        "Tells the network's moderators of somebody or of a message, with what was said around it.":
            "Signale quelqu'un ou un message à la modération du réseau, avec ce qui s'est dit autour.",
        "What people reported. For operators.": "Ce qui a été signalé. Pour les opérateurs.",
        "Say why you report it": "Il faut donner la raison du signalement",
        "Your report {1} waits to be looked at; you are told what becomes of it":
            "Le signalement {1} attend d'être examiné ; un message en dira la suite",
        "The report is yours": "Le signalement est pris en charge",
        "The report is closed": "Le signalement est clos",
        "REPORTS takes LIST, or SHOW, CLAIM or CLOSE with a report's number; CLOSE with what was done, too":
            "REPORTS veut LIST, ou SHOW, CLAIM ou CLOSE avec le numéro d'un signalement ; CLOSE aussi avec ce qui a été fait",
        "End of the reports": "Fin des signalements",
        "End of the report": "Fin du signalement",
        "Report {1} by {2} about {3}: {4}": "Signalement {1} de {2} sur {3} : {4}",
        "Your report {1} is closed: {2}": "Le signalement {1} est clos : {2}",
        "This server takes no reports": "Ce serveur n'accepte pas de signalements",
        "You have reported a lot just now, try again in some minutes":
            "Beaucoup de signalements à l'instant, il faut réessayer dans quelques minutes",
        "Too many reports wait to be looked at, try later":
            "Trop de signalements attendent d'être examinés, il faut réessayer plus tard",
        "You cannot read a message with this id": "Aucun message de cet identifiant ne peut être lu ici",
        "There is no report {1}": "Il n'y a pas de signalement {1}",
        "{1} has closed it": "{1} l'a clos",
        "{1} has taken it on": "{1} s'en occupe",
        "Guests do not come into this channel for now: {1}":
            "Les invités n'entrent pas dans ce canal pour le moment : {1}",
        "Cannot send to channel: guests do not speak here for now: {1}":
            "Impossible d'écrire dans le canal : les invités n'y parlent pas pour le moment : {1}",
        "This network is closed to newcomers for now: {1}":
            "Ce réseau est fermé aux nouveaux venus pour le moment : {1}",
        "Guests cannot do this for now: {1}": "Les invités ne peuvent pas faire cela pour le moment : {1}",
        "Closes a channel, or the network, to guests for a while (1h); opens it; or says how it is. For those who run it.":
            "Ferme un canal, ou le réseau, aux invités pour un temps (1h), le rouvre, ou dit ce qu'il en est. Pour ceux qui le gèrent.",
        "Doors are closed for 7d at most": "La fermeture dure 7d au plus",
        "RAID takes ON with a duration and a reason, or OFF; behind a channel or alone":
            "RAID veut ON avec une durée et une raison, ou OFF ; derrière un canal ou seul",
        "The doors are open": "C'est ouvert",
        "The doors are closed by {1}: {2}; {3}": "Fermé par {1} : {2} ; {3}",
        "They are banned or in quarantine already": "Il y a déjà une interdiction ou une quarantaine",
        "{1} is not muted": "{1} n'est pas réduit au silence",
        "You are muted: {1}": "Parole retirée : {1}",
        "Cannot send to channel: you are muted": "Impossible d'écrire dans le canal : parole retirée",
        "You can only write to operators, STATS p shows them; {1}":
            "Seuls les opérateurs peuvent recevoir des messages, STATS p les montre ; {1}",
        "You are not muted any more": "La parole est rendue",
        "Has somebody say nothing but to operators, on the whole network; 90m, 7d. For operators.":
            "Fait que quelqu'un ne parle plus qu'aux opérateurs, sur tout le réseau ; 90m, 7d. Pour les opérateurs.",
        "Has somebody speak again. For operators.": "Rend la parole à quelqu'un. Pour les opérateurs.",
        "Who is muted, why and until when. For operators.":
            "Qui n'a plus la parole, pourquoi et jusqu'à quand. Pour les opérateurs.",
        "They may speak again": "La parole est rendue",
        "End of the mutes": "Fin des paroles retirées",
        "Guests are in {1} channels at most: log in to an account":
            "Les invités sont dans {1} canaux au plus : il faut s'identifier à un compte",
        "There is no such channel, and guests begin none: log in to an account":
            "Ce canal n'existe pas, et les invités n'en créent pas : il faut s'identifier à un compte",
        "Guests write in channels and to operators alone: log in to an account":
            "Les invités n'écrivent que dans les canaux et aux opérateurs : il faut s'identifier à un compte",
        "Guests send links once they have been here for a while: in {1} minutes, or logged in":
            "Les invités envoient des liens après un moment : dans {1} minutes, ou identifiés",
        "This server keeps no invite links": "Ce serveur ne tient pas de liens d'invitation",
        "A channel has {1} invite links at most: revoke one first":
            "Un canal a {1} liens d'invitation au plus : il faut d'abord en révoquer un",
        "There is no such invite link": "Ce lien d'invitation n'existe pas",
        "There is no such invite link, or it lets nobody in any more":
            "Ce lien d'invitation n'existe pas, ou ne laisse plus entrer personne",
        "You have tried many codes, try again in a minute":
            "Beaucoup de codes essayés, il faut réessayer dans une minute",
        "That channel is not there any more": "Ce canal n'existe plus",
        "Makes a code that lets so many (1) into a registered channel for a while (1d), shows and ends such, or comes in by one.":
            "Fait un code qui laisse entrer tant de gens (1) dans un canal enregistré pour un temps (1d), les montre et les révoque, ou fait entrer par l'un d'eux.",
        "The link lets nobody in any more": "Le lien ne laisse plus entrer personne",
        "INVITELINK takes CREATE, LIST or REVOKE with a channel, or USE with a code":
            "INVITELINK veut CREATE, LIST ou REVOKE avec un canal, ou USE avec un code",
        "A link is for 1 to 1000 uses, and for 30d at most: CREATE #channel 5 12h":
            "Un lien vaut pour 1 à 1000 usages, et 30d au plus : CREATE #canal 5 12h",
        "Who knows this code comes in, {1} times; {2}": "Qui connaît ce code entre, {1} fois ; {2}",
        "{1} uses are left": "Il reste {1} usages",
        "End of the invite links": "Fin des liens d'invitation",
    ]
}
