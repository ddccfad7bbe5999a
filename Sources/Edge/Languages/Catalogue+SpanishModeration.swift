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
    ]
}
