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
    ]
}
